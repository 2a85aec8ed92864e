"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { FormPreset } from "@/components/form/preset-bar";
import { SaveBar } from "@/components/form/save-bar";
import { SchemaForm, useSchemaForm } from "@/components/form/schema-form";
import { TestButton } from "@/components/form/test-button";
import { useDraftTest } from "@/components/form/use-draft-test";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { toast } from "@/components/ui/toast";
import { testEmailAction, updateEmailAction } from "../actions";

interface Props {
  settings: {
    schema: Record<string, unknown>;
    presets: FormPreset[];
    /** Stored secrets as placeholders; null: not configured. */
    config: Record<string, unknown> | null;
  };
  ownAddress: string;
}

/** The system mail server, with a Test that sends to a given address. */
export function EmailForm({ settings, ownAddress }: Props) {
  const { schema, presets, config } = settings;
  const router = useRouter();
  const schemaForm = useSchemaForm(schema, config ?? undefined);
  const [to, setTo] = useState(ownAddress);
  const form = useVerbForm(updateEmailAction, {
    success: "Saved",
    onSuccess: (saved) => {
      draftTest.clear();
      schemaForm.reset(saved.config ?? {});
      router.refresh();
    },
  });
  const draftTest = useDraftTest(form, () => testEmailAction({ config: schemaForm.config, to }));
  const errors = { ...draftTest.fields, ...form.fields };
  const { values, onChange, stored } = schemaForm;
  return (
    <ScriptForm
      ref={form.formRef}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit({ config: schemaForm.config });
      }}
    >
      <Panel
        title="System mail server"
        aside="Sends invitations and the mail to administrators; Email channels can use it"
      >
        <div className="flex flex-col gap-4">
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
          <Field label="Send a test mail to" error={errors.to} help="Uses the settings above, saved or not">
            <Input
              type="email"
              autoComplete="email"
              value={to}
              onChange={(event) => setTo(event.target.value)}
              className="sm:max-w-80"
            />
          </Field>
          <TestButton
            run={draftTest.test}
            label="Send test mail"
            done={`Accepted by the server. Check the mailbox of ${to}.`}
          />
        </div>
      </Panel>
      <SaveBar form={form} known={Object.keys(errors)}>
        {config && (
          <RemoveMailServer
            onRemoved={() => {
              schemaForm.reset({});
              router.refresh();
            }}
          />
        )}
      </SaveBar>
    </ScriptForm>
  );
}

function RemoveMailServer({ onRemoved }: { onRemoved: () => void }) {
  return (
    <ConfirmDialog
      trigger={<Button variant="ghost">Remove…</Button>}
      title="Remove the system mail server?"
      confirmLabel="Remove"
      danger
      onConfirm={() => updateEmailAction({ config: null })}
      onDone={() => {
        toast.success("The system mail server was removed.");
        onRemoved();
      }}
    >
      The stored password is deleted. Invitations can no longer be sent, administrators get no mail from Belfry itself,
      and Email channels that use this server fail until they have their own.
    </ConfirmDialog>
  );
}
