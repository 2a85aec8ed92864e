"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ChoiceList } from "@/components/form/choice-list";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { LinkButton } from "@/components/ui/link-button";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { SecretNote } from "@/components/ui/secret-note";
import { toast } from "@/components/ui/toast";
import { type ChoosableClient, ClientsField } from "@/components/user/clients-field";
import { ROLE_CHOICES } from "@/components/user/role-choices";
import type { Role } from "@/lib/core/role";
import { createUserAction } from "../actions";

/** Creates a user with a role, by invitation or with an initial password. */
export function NewUserForm({ clients }: { clients: readonly ChoosableClient[] }) {
  const router = useRouter();
  const [role, setRole] = useState<Role>("operator");
  const [clientIds, setClientIds] = useState<string[] | null>(null);
  const [method, setMethod] = useState<"invitation" | "password">("invitation");
  const [unsent, setUnsent] = useState<{ name: string; reason: string; url: string } | null>(null);
  const form = useVerbForm(createUserAction, {
    onSuccess: (user) => {
      if (user.invitation?.status === "not_sent") {
        setUnsent({ name: user.name, reason: user.invitation.reason, url: user.invitation.url });
        return;
      }
      toast.success(user.invitation ? `${user.name} was invited.` : `${user.name} can sign in now.`);
      router.push("/users");
    },
  });

  if (unsent) return <UnsentInvitation {...unsent} />;
  return (
    <ScriptForm
      className="flex flex-col gap-4"
      {...form.bind((data) => ({
        name: String(data.get("name")),
        email: String(data.get("email")),
        role,
        ...(role !== "admin" && clientIds !== null && { clientIds }),
        ...(method === "password" && { password: String(data.get("password")) }),
      }))}
    >
      <Panel>
        <FieldStack>
          <FormRow>
            <Field label="Name" error={form.fields.name}>
              <Input name="name" autoComplete="off" required maxLength={100} />
            </Field>
            <Field label="Mail address" error={form.fields.email} help="Used to sign in">
              <Input name="email" type="email" autoComplete="off" required />
            </Field>
          </FormRow>
          <ChoiceList legend="Role" name="role" value={role} onChange={setRole} options={ROLE_CHOICES} />
          {role !== "admin" && (
            <ClientsField clients={clients} value={clientIds} onChange={setClientIds} error={form.fields.clientIds} />
          )}
          <ChoiceList
            legend="Password"
            name="method"
            value={method}
            onChange={setMethod}
            options={[
              {
                value: "invitation",
                label: "Invite by mail",
                description: "Sends a link to choose a password",
              },
              { value: "password", label: "Set password now", description: "Share it in person; it is never mailed" },
            ]}
          />
          {method === "password" ? (
            <Field
              label="Initial password"
              error={form.fields.password}
              help="At least 10 characters, and not easy to guess"
            >
              <Input name="password" type="password" autoComplete="new-password" required />
            </Field>
          ) : (
            form.fields.password && <Note tone="warning">{form.fields.password}</Note>
          )}
          <SaveBar
            isInset
            form={form}
            known={["name", "email", "role", "password", "clientIds"]}
            saveLabel={method === "invitation" ? "Create and invite" : "Create user"}
          />
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}

function UnsentInvitation({ name, reason, url }: { name: string; reason: string; url: string }) {
  return (
    <div className="flex flex-col gap-4">
      <Note tone="warning" title={`${name} was created, but the invitation could not be sent`}>
        {reason}
      </Note>
      <SecretNote secret={url} label="invitation link">
        Share this link with {name} to choose a password. It works once, expires after 7 days and is shown only now.
      </SecretNote>
      <div>
        <LinkButton href="/users" variant="primary">
          Done
        </LinkButton>
      </div>
    </div>
  );
}
