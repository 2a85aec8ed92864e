"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { TimezoneSelect } from "@/components/settings/timezone-select";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { updateProfileAction } from "../actions";

/** Name, mail address and time zone of the signed-in user. */
export function ProfileForm({
  profile,
}: {
  profile: { name: string; email: string; timezone: string; isAdmin: boolean };
}) {
  const router = useRouter();
  const [email, setEmail] = useState(profile.email);
  const form = useVerbForm(updateProfileAction, { success: "Saved", onSuccess: () => router.refresh() });
  const hasOtherAddress = email !== profile.email;
  return (
    <ScriptForm
      className="flex flex-col gap-4"
      {...form.bind((data) => {
        const [name, timezone] = ["name", "timezone"].map((field) => String(data.get(field)));
        return {
          ...(name !== profile.name && { name }),
          ...(hasOtherAddress && { email, current: String(data.get("current")) }),
          ...(timezone !== profile.timezone && { timezone }),
        };
      })}
    >
      <Panel title="Account">
        <FieldStack>
          <FormRow>
            <Field label="Name" error={form.fields.name}>
              <Input name="name" defaultValue={profile.name} autoComplete="name" required maxLength={100} />
            </Field>
            <Field
              label="Mail address"
              error={form.fields.email}
              help={profile.isAdmin ? "Used to sign in and for mail to you" : "An administrator can change it"}
            >
              <Input
                name="email"
                type="email"
                value={email}
                onChange={(event) => setEmail(event.target.value)}
                autoComplete="email"
                readOnly={!profile.isAdmin}
                className="read-only:text-muted"
                required
              />
            </Field>
          </FormRow>
          {hasOtherAddress && (
            <Field
              label="Current password"
              error={form.fields.current}
              help="You sign in with the new address from then on"
            >
              <Input name="current" type="password" autoComplete="current-password" required />
            </Field>
          )}
          <Field label="Time zone" error={form.fields.timezone} help="For times in the console and in mail to you">
            <TimezoneSelect name="timezone" defaultValue={profile.timezone} emptyLabel="Installation default" />
          </Field>
          <SaveBar isInset form={form} known={["name", "email", "current", "timezone"]} />
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}
