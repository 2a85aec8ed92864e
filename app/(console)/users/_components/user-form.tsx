"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ChoiceList } from "@/components/form/choice-list";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import type { UserBadgeStatus } from "@/components/status/user-status-badge";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { type ChoosableClient, ClientsField } from "@/components/user/clients-field";
import { ROLE_CHOICES } from "@/components/user/role-choices";
import { includesRole, type Role } from "@/lib/core/role";
import { updateUserAction } from "../actions";
import { KeysAtStake, type OwnKey } from "./keys-at-stake";

interface Props {
  user: { id: string; name: string; email: string; role: Role; status: UserBadgeStatus; clientIds: string[] | null };
  clients: readonly ChoosableClient[];
  isSelf: boolean;
  keys: readonly OwnKey[];
}

/** Sends only changed fields, so that concurrent changes by others are kept. */
export function UserForm({ user, clients, isSelf, keys }: Props) {
  const router = useRouter();
  const [role, setRole] = useState(user.role);
  const [clientIds, setClientIds] = useState(user.clientIds);
  const [password, setPassword] = useState("");
  const [kept, setKept] = useState<string[]>([]);
  // An administrator sees everything.
  const seen = role === "admin" ? null : clientIds;
  const losesKeys = !includesRole(role, user.role);
  const form = useVerbForm(updateUserAction, {
    success: "Saved",
    onSuccess: () => {
      setPassword("");
      setKept([]);
      router.refresh();
    },
  });
  return (
    <ScriptForm
      className="flex flex-col gap-4"
      {...form.bind((data) => {
        const name = String(data.get("name"));
        const email = String(data.get("email"));
        return {
          id: user.id,
          ...(name !== user.name && { name }),
          ...(email !== user.email && { email }),
          ...(role !== user.role && { role }),
          ...(seen !== user.clientIds && { clientIds: seen }),
          ...(losesKeys && { keepKeys: kept }),
          ...(password && { password }),
        };
      })}
    >
      <Panel title="Account">
        <FieldStack>
          <FormRow>
            <Field label="Name" error={form.fields.name}>
              <Input name="name" defaultValue={user.name} autoComplete="off" required maxLength={100} />
            </Field>
            <Field
              label="Mail address"
              error={form.fields.email}
              help={isSelf ? "Change your own on your profile" : undefined}
            >
              <Input
                name="email"
                type="email"
                defaultValue={user.email}
                autoComplete="off"
                readOnly={isSelf}
                className="read-only:text-muted"
                required
              />
            </Field>
          </FormRow>
          <ChoiceList legend="Role" name="role" value={role} onChange={setRole} options={ROLE_CHOICES} />
          {role !== "admin" && (
            <ClientsField clients={clients} value={clientIds} onChange={setClientIds} error={form.fields.clientIds} />
          )}
          {role !== user.role && user.status === "active" && (
            <p className="text-muted text-sm">Another role signs {isSelf ? "you" : user.name} out everywhere.</p>
          )}
          {losesKeys && <KeysAtStake keys={keys} kept={kept} onChange={setKept} isSelf={isSelf} />}
          {user.status === "invited" && (
            <p className="text-muted text-sm">
              Another mail address or a higher role makes the invitation void; send a new one afterwards.
            </p>
          )}
          {user.status !== "invited" && !isSelf && (
            <NewPassword value={password} onChange={setPassword} error={form.fields.password} />
          )}
          <SaveBar isInset form={form} known={["name", "email", "role", "password", "clientIds"]} />
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}

function NewPassword(props: { value: string; onChange: (value: string) => void; error?: string }) {
  return (
    <Field
      label="New password"
      optional
      error={props.error}
      help="Leave blank to keep the current one. A new password ends all sessions of this user."
    >
      <Input
        name="password"
        type="password"
        autoComplete="new-password"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </Field>
  );
}
