"use client";

import { useRouter } from "next/navigation";
import { FormError } from "@/components/form/form-error";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { TimezoneSelect } from "@/components/settings/timezone-select";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { updateProfileAction } from "../actions";

/** Name, mail address and time zone of the signed-in user. */
export function ProfileForm({ profile }: { profile: { name: string; email: string; timezone: string } }) {
  const router = useRouter();
  const form = useVerbForm(updateProfileAction, { success: "Saved", onSuccess: () => router.refresh() });
  return (
    <form
      className="flex flex-col gap-4"
      {...form.bind((data) => {
        const [name, email, timezone] = ["name", "email", "timezone"].map((field) => String(data.get(field)));
        return {
          ...(name !== profile.name && { name }),
          ...(email !== profile.email && { email }),
          ...(timezone !== profile.timezone && { timezone }),
        };
      })}
    >
      <Panel title="Account">
        <FieldStack>
          <FormError error={form.error} known={["name", "email", "timezone"]} />
          <FormRow>
            <Field label="Name" error={form.fields.name}>
              <Input name="name" defaultValue={profile.name} autoComplete="name" required maxLength={100} />
            </Field>
            <Field label="Mail address" error={form.fields.email} help="Used to sign in and for mail to you">
              <Input name="email" type="email" defaultValue={profile.email} autoComplete="email" required />
            </Field>
          </FormRow>
          <Field label="Time zone" error={form.fields.timezone} help="For times in the console and in mail to you">
            <TimezoneSelect name="timezone" defaultValue={profile.timezone} emptyLabel="Installation default" />
          </Field>
        </FieldStack>
      </Panel>
      <SaveBar pending={form.pending} />
    </form>
  );
}
