"use client";

import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { changePasswordAction } from "../actions";

/** Changes the password after checking the current one. */
export function PasswordForm({ email }: { email: string }) {
  const form = useVerbForm(changePasswordAction, {
    success: "Password changed. Your other sessions were ended.",
    onSuccess: () => form.formRef.current?.reset(),
  });
  return (
    <ScriptForm
      className="flex flex-col gap-4"
      {...form.bind((data) => ({ current: String(data.get("current")), password: String(data.get("password")) }))}
    >
      <Panel title="Password">
        <FieldStack>
          {/* For password managers. */}
          <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
          <FormRow>
            <Field label="Current password" error={form.fields.current}>
              <Input name="current" type="password" autoComplete="current-password" required />
            </Field>
            <Field
              label="New password"
              error={form.fields.password}
              help="At least 10 characters, and not easy to guess"
            >
              <Input name="password" type="password" autoComplete="new-password" required />
            </Field>
          </FormRow>
          <SaveBar isInset form={form} known={["current", "password"]} saveLabel="Change password" />
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}
