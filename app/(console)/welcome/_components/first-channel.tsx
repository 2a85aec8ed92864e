"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { type PastedChannel, PasteField, type Recognise } from "@/components/channel/paste-field";
import { ProviderIcon } from "@/components/channel/provider-icon";
import { ProviderPicker } from "@/components/channel/provider-picker";
import { SaveBar } from "@/components/form/save-bar";
import { SchemaForm, useSchemaForm } from "@/components/form/schema-form";
import { TestButton } from "@/components/form/test-button";
import { useVerbForm } from "@/components/form/use-verb-form";
import { useGoTo } from "@/components/shell/pending-page";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Note } from "@/components/ui/note";
import { ScriptForm } from "@/components/ui/script-form";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";
import type { ProviderView } from "@/lib/services/providers/list";

type Config = Record<string, unknown>;

interface Props {
  providers: readonly ProviderView[];
  globalChannels: readonly string[];
  recognise: Recognise;
  create: (input: { name: string; provider: string; config: Config }) => Promise<ActionResult<{ id: string }>>;
  test: (input: { name: string; provider: string; config: Config }) => Promise<ActionResult<{ latencyMs?: number }>>;
  update: (input: { globalChannels: string[] }) => Promise<ActionResult<unknown>>;
}

/** Those that most people begin with. */
const FIRST = ["discord", "slack", "telegram", "email", "ntfy", "webhook"];
const PICKER = "/welcome?step=channel";

/** Finds the service by a pasted address or by its name, and shows its form. The address of the page names the service. */
export function FirstChannel({ providers, recognise, ...rest }: Props) {
  const goTo = useGoTo();
  const wanted = useSearchParams().get("provider");
  // In memory only: it may hold secrets.
  const [pasted, setPasted] = useState<PastedChannel | null>(null);
  const provider = providers.find(({ id }) => id === wanted);
  const choose = (id: string, found: PastedChannel | null) => {
    setPasted(found);
    goTo(`${PICKER}&provider=${id}`);
  };
  if (!provider) {
    return (
      <FieldStack>
        <PasteField
          recognise={recognise}
          onRecognised={(found) => {
            if (providers.every(({ id }) => id !== found.provider))
              return "This service monitors single jobs. Add it under Channels once there is a job.";
            choose(found.provider, found);
            return undefined;
          }}
        />
        <ProviderPicker providers={providers} first={FIRST} onChoose={(id) => choose(id, null)} />
      </FieldStack>
    );
  }
  const found = pasted?.provider === provider.id ? pasted : null;
  return (
    <FieldStack>
      <div className="flex items-center gap-3">
        <ProviderIcon path={provider.icon.path} />
        <h3 className="min-w-0 flex-1 font-medium">{provider.label}</h3>
        <Button variant="ghost" onClick={() => goTo(PICKER)}>
          Other services
        </Button>
      </div>
      {found?.note && <Note tone="info">{found.note}</Note>}
      <ProviderForm key={provider.id} provider={provider} pasted={found ?? undefined} {...rest} />
    </FieldStack>
  );
}

function ProviderForm({
  provider,
  pasted,
  globalChannels,
  create,
  test,
  update,
}: Omit<Props, "providers" | "recognise"> & { provider: ProviderView; pasted?: PastedChannel }) {
  const router = useRouter();
  const [name, setName] = useState(pasted?.name ?? provider.label);
  const [notifiesSystem, setNotifiesSystem] = useState(true);
  const [testFields, setTestFields] = useState<Record<string, string>>({});
  const state = useSchemaForm(provider.schema, pasted?.config);
  const draft = () => ({ name: name.trim(), provider: provider.id, config: state.config });
  const form = useVerbForm(create, {
    success: `${name} was created`,
    onSuccess: async ({ id }) => {
      if (notifiesSystem) {
        const answer = await update({ globalChannels: [...globalChannels, id] });
        if (!answer.ok) toast.error(answer.error.message);
      }
      router.push("/welcome?step=source");
    },
  });
  const errors = { ...testFields, ...form.fields };
  return (
    <ScriptForm {...form.bind(draft)}>
      <FieldStack>
        <Field label="Name" error={errors.name} help="The name of this channel in Belfry.">
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
          label="Also notify of system events"
          description="Failed restores, blocked sign-ins, a failing channel. Notifications of a job are set on the job."
          checked={notifiesSystem}
          onChange={(event) => setNotifiesSystem(event.target.checked)}
        />
        <SaveBar isInset form={form} saveLabel="Save and continue">
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
    </ScriptForm>
  );
}
