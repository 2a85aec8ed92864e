"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ChoiceList } from "@/components/form/choice-list";
import { FormError } from "@/components/form/form-error";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Field, FieldStack, FormRule } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { LinkButton } from "@/components/ui/link-button";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { SecretNote } from "@/components/ui/secret-note";
import { toast } from "@/components/ui/toast";
import { ROLE_CHOICES } from "@/components/user/role-choices";
import type { Role } from "@/lib/core/role";
import { createUser } from "../actions";

/** RoutingPreview it is, what they may do, and how they come to a password. */
export function NewUserForm() {
  const router = useRouter();
  const [role, setRole] = useState<Role>("operator");
  const [entry, setEntry] = useState<"invitation" | "password">("invitation");
  const [unsent, setUnsent] = useState<{ name: string; reason: string; url: string } | null>(null);
  const form = useVerbForm(createUser, {
    onSuccess: (user) => {
      if (user.invitation?.status === "not_sent") {
        setUnsent({ name: user.name, reason: user.invitation.reason, url: user.invitation.url });
        return;
      }
      toast.success(
        user.invitation ? `${user.name} was invited by mail.` : `${user.name} can sign in with that password.`,
      );
      router.push("/users");
    },
  });

  if (unsent) {
    return (
      <div className="flex flex-col gap-4">
        <Note tone="warning" title={`The account of ${unsent.name} is there, but the invitation was not mailed`}>
          {unsent.reason}
        </Note>
        <SecretNote secret={unsent.url} label="invitation link">
          Pass this link on yourself. It lets its currentUser choose the password, works once and for 7 days, and is
          shown only now.
        </SecretNote>
        <div>
          <LinkButton href="/users" variant="primary">
            Done
          </LinkButton>
        </div>
      </div>
    );
  }

  return (
    <form
      className="flex flex-col gap-4"
      {...form.bind((data) => ({
        name: String(data.get("name")),
        email: String(data.get("email")),
        role,
        ...(entry === "password" && { password: String(data.get("password")) }),
      }))}
    >
      <Panel>
        <FieldStack>
          <FormError error={form.error} known={["name", "email", "role", "password"]} />
          <FormRule>
            <Field label="Name" error={form.fields.name}>
              <Input name="name" autoComplete="off" required maxLength={100} />
            </Field>
            <Field label="Mail address" error={form.fields.email} help="They sign in with it">
              <Input name="email" type="email" autoComplete="off" required />
            </Field>
          </FormRule>
          <ChoiceList legend="Role" name="role" value={role} onChange={setRole} options={ROLE_CHOICES} />
          <ChoiceList
            legend="Password"
            name="entry"
            value={entry}
            onChange={setEntry}
            options={[
              {
                value: "invitation",
                label: "Invite by mail",
                description: "They get a link and choose the password themselves",
              },
              { value: "password", label: "Set it now", description: "You tell them in person; it is never mailed" },
            ]}
          />
          {entry === "password" ? (
            <Field label="Password for the first sign-in" error={form.fields.password} help="At least 10 characters">
              <Input name="password" type="password" autoComplete="new-password" required />
            </Field>
          ) : (
            form.fields.password && <Note tone="warning">{form.fields.password}</Note>
          )}
        </FieldStack>
      </Panel>
      <SaveBar pending={form.pending} saveLabel={entry === "invitation" ? "Create and invite" : "Create user"} />
    </form>
  );
}
