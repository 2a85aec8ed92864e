"use client";

import { FormError } from "@/components/form/form-error";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Field, FieldStack, FormRule } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { changePassword } from "../actions";

/** A new password, for whoever knows the present one. */
export function PasswordForm({ email }: { email: string }) {
  const form = useVerbForm(changePassword, {
    success: "Your password was changed. Other sessions of yours have ended.",
    onSuccess: () => form.formRef.current?.reset(),
  });
  return (
    <form
      className="flex flex-col gap-4"
      {...form.bind((data) => ({ current: String(data.get("current")), password: String(data.get("password")) }))}
    >
      <Panel title="Password">
        <FieldStack>
          <FormError error={form.error} known={["current", "password"]} />
          {/* Password managers want to know whose it is. */}
          <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
          <FormRule>
            <Field label="Present password" error={form.fields.current}>
              <Input name="current" type="password" autoComplete="current-password" required />
            </Field>
            <Field label="New password" error={form.fields.password} help="At least 10 characters">
              <Input name="password" type="password" autoComplete="new-password" required />
            </Field>
          </FormRule>
        </FieldStack>
      </Panel>
      <SaveBar pending={form.pending} saveLabel="Change password" />
    </form>
  );
}
