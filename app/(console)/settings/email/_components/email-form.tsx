"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormError } from "@/components/form/form-error";
import type { FormPreset } from "@/components/form/preset-bar";
import { SaveBar } from "@/components/form/save-bar";
import { SchemaForm, useSchemaForm } from "@/components/form/schema-form";
import { TestButton } from "@/components/form/test-button";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { toast } from "@/components/ui/toast";
import { testEmail, updateEmail } from "../actions";

interface Props {
  settings: {
    schema: Record<string, unknown>;
    presets: FormPreset[];
    /** Secrets as their stored marks; null: none is set. */
    config: Record<string, unknown> | null;
  };
  ownAddress: string;
}

/** The system mail server: a form, and a Test that delivers to an address of one's choice. */
export function EmailForm({ settings, ownAddress }: Props) {
  const { schema, presets, config } = settings;
  const router = useRouter();
  const schemaForm = useSchemaForm(schema, config ?? undefined);
  const [to, setTo] = useState(ownAddress);
  const [testFields, setTestFields] = useState<Record<string, string>>({});
  const form = useVerbForm(updateEmail, {
    success: "Saved",
    onSuccess: (saved) => {
      setTestFields({});
      schemaForm.reset(saved.config ?? {});
      router.refresh();
    },
  });
  const test = async () => {
    form.clear();
    const answer = await testEmail({ config: schemaForm.config, to });
    setTestFields(answer.ok ? {} : (answer.error.fields ?? {}));
    return answer;
  };
  const errors = { ...testFields, ...form.fields };
  const { values, onChange, stored } = schemaForm;
  return (
    <form
      ref={form.formRef}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit({ config: schemaForm.config });
      }}
    >
      <Panel title="System mail server" aside="sends invitations; Email channels may use it">
        <div className="flex flex-col gap-4">
          <FormError error={form.error} known={Object.keys(errors)} />
          <SchemaForm
            schema={schema}
            values={values}
            onChange={onChange}
            stored={stored}
            errors={errors}
            presets={presets}
          />
        </div>
      </Panel>
      <Panel title="Test" headingLevel={2}>
        <div className="flex flex-col gap-3">
          <Field label="Send a test mail to" error={errors.to} help="A real mail with what stands above, saved or not">
            <Input
              type="email"
              autoComplete="email"
              value={to}
              onChange={(event) => setTo(event.target.value)}
              className="sm:max-w-80"
            />
          </Field>
          <TestButton run={test} label="Send test mail" done={`The server took it. Look into the mailbox of ${to}.`} />
        </div>
      </Panel>
      <SaveBar pending={form.pending}>
        {config && (
          <ConfirmDialog
            trigger={<Button variant="ghost">Remove…</Button>}
            title="Remove the system mail server?"
            confirmLabel="Remove"
            danger
            onConfirm={() => updateEmail({ config: null })}
            onDone={() => {
              toast.success("The system mail server was removed.");
              schemaForm.reset({});
              router.refresh();
            }}
          >
            Its stored password is deleted. Invitations can no longer be mailed, and Email channels that use this server
            fail until they have one of their own.
          </ConfirmDialog>
        )}
      </SaveBar>
    </form>
  );
}
