"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ChoiceList } from "@/components/form/choice-list";
import { FormError } from "@/components/form/form-error";
import { SaveBar } from "@/components/form/save-bar";
import { SchemaForm, useSchemaForm } from "@/components/form/schema-form";
import { TestButton } from "@/components/form/test-button";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/failure";
import type { ProviderView } from "@/lib/services/providers/list";

type Config = Record<string, unknown>;

interface Props {
  providers: readonly ProviderView[];
  globalChannels: readonly string[];
  create: (input: { name: string; provider: string; config: Config }) => Promise<ActionResult<{ id: string }>>;
  test: (input: { name: string; provider: string; config: Config }) => Promise<ActionResult<{ latencyMs?: number }>>;
  update: (input: { globalChannels: string[] }) => Promise<ActionResult<unknown>>;
}

/** Picks a service and fills in its form. */
export function FirstChannel({ providers, ...rest }: Props) {
  const [id, setId] = useState(providers[0]?.id ?? "");
  const provider = providers.find((one) => one.id === id);
  return (
    <FieldStack>
      <ChoiceList
        legend="Channel"
        name="provider"
        value={id}
        onChange={setId}
        columns={2}
        options={providers.map((one) => ({ value: one.id, label: one.label }))}
      />
      {provider && <ProviderForm key={provider.id} provider={provider} {...rest} />}
    </FieldStack>
  );
}

function ProviderForm({
  provider,
  globalChannels,
  create,
  test,
  update,
}: Omit<Props, "providers"> & { provider: ProviderView }) {
  const router = useRouter();
  const [name, setName] = useState(provider.label);
  const [tellsSystem, setTellsSystem] = useState(true);
  const [testFields, setTestFields] = useState<Record<string, string>>({});
  const state = useSchemaForm(provider.schema);
  const draft = () => ({ name: name.trim(), provider: provider.id, config: state.config });
  const form = useVerbForm(create, {
    success: `${name} is set up`,
    onSuccess: async ({ id }) => {
      if (tellsSystem) {
        const answer = await update({ globalChannels: [...globalChannels, id] });
        if (!answer.ok) toast.error(answer.error.message);
      }
      router.push("/welcome?step=source");
    },
  });
  const errors = { ...testFields, ...form.fields };
  return (
    <form {...form.bind(draft)}>
      <FieldStack>
        <FormError error={form.error} />
        <Field label="Name" error={errors.name} help="How this channel is called in Belfry.">
          <Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
        </Field>
        <SchemaForm
          schema={provider.schema}
          values={state.values}
          stored={state.stored}
          errors={errors}
          presets={provider.presets}
          onChange={(values) => {
            setTestFields({});
            state.onChange(values);
          }}
        />
        <Checkbox
          label="Also about Belfry itself"
          description="Failed restores, blocked sign-ins, a channel that stops working. What a job tells is set on the job."
          checked={tellsSystem}
          onChange={(event) => setTellsSystem(event.target.checked)}
        />
        <SaveBar pending={form.pending} saveLabel="Save and go on">
          <TestButton
            label="Send a test"
            run={async () => {
              form.clear();
              const answer = await test(draft());
              setTestFields(answer.ok ? {} : (answer.error.fields ?? {}));
              return answer;
            }}
          />
        </SaveBar>
      </FieldStack>
    </form>
  );
}
