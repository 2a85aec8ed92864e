"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ChoiceList } from "@/components/form/choice-list";
import { FormError } from "@/components/form/form-error";
import { SaveBar } from "@/components/form/save-bar";
import { SchemaForm, useSchemaForm } from "@/components/form/schema-form";
import { TestButton } from "@/components/form/test-button";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { ActionResult } from "@/lib/core/action-error";
import type { EndpointNoun } from "./endpoint-text";

/** A kind of source or destination, as its registry describes it. */
export interface EndpointFormKind {
  kind: string;
  label: string;
  /** What it is for, in one short line. */
  tagline: string;
  schema: Record<string, unknown>;
}

export interface EndpointActions {
  create(input: { name: string; kind: string; config: Record<string, unknown> }): Promise<ActionResult<{ id: string }>>;
  update(input: { id: string; name?: string; config?: Record<string, unknown> }): Promise<ActionResult<unknown>>;
  testDraft(input: {
    id?: string;
    kind: string;
    config: Record<string, unknown>;
  }): Promise<ActionResult<{ message?: string; details?: string[] }>>;
}

interface Props {
  noun: EndpointNoun;
  kinds: readonly EndpointFormKind[];
  endpoint?: { id: string; name: string; kind: string; config: Record<string, unknown> };
  actions: EndpointActions;
  /** Where to go once it is created. */
  next?: string;
  /** What a new one starts with, as long as its kind is chosen. */
  proposal?: { name: string; kind: string; config: Record<string, unknown> };
}

/** Creates or changes a source or a destination: its kind, its name, and the fields that the kind declares. */
export function EndpointForm({ kinds, endpoint, ...rest }: Props) {
  const [kindId, setKindId] = useState(endpoint?.kind ?? rest.proposal?.kind ?? kinds[0]?.kind ?? "");
  const [name, setName] = useState(endpoint?.name ?? rest.proposal?.name ?? "");
  const kind = kinds.find((one) => one.kind === kindId);
  return (
    <FieldStack>
      {!endpoint && kinds.length > 1 && (
        <ChoiceList
          legend="Kind"
          name="kind"
          value={kindId}
          onChange={setKindId}
          options={kinds.map((one) => ({ value: one.kind, label: one.label, description: one.tagline }))}
        />
      )}
      {kind && <KindForm key={kind.kind} kind={kind} endpoint={endpoint} name={name} setName={setName} {...rest} />}
    </FieldStack>
  );
}

interface KindFormProps extends Omit<Props, "kinds"> {
  kind: EndpointFormKind;
  name: string;
  setName: (name: string) => void;
}

function KindForm({ noun, kind, endpoint, actions, next, proposal, name, setName }: KindFormProps) {
  const router = useRouter();
  const [typed, setTyped] = useState(false);
  const [found, setFound] = useState<{ message?: string; details?: string[] }>();
  const [testFields, setTestFields] = useState<Record<string, string>>({});
  const config = useSchemaForm(
    kind.schema,
    endpoint?.config ?? (proposal?.kind === kind.kind ? proposal.config : undefined),
  );
  const save = (input: { name: string; config: Record<string, unknown> }) =>
    endpoint ? actions.update({ id: endpoint.id, ...input }) : actions.create({ kind: kind.kind, ...input });
  const form = useVerbForm(save, {
    success: endpoint ? "Saved" : `The ${noun} was created`,
    onSuccess: (value) => {
      setTyped(false);
      if (endpoint) router.refresh();
      else router.push(next ?? `/${noun}s/${(value as { id: string }).id}`);
    },
  });
  const errors = { ...testFields, ...form.fields };
  return (
    <form {...form.bind(() => ({ name: name.trim(), config: config.config }))}>
      <FieldStack>
        <FormError error={form.error} />
        <Field label="Name" error={errors.name} help={`The name of this ${noun} in jobs and messages.`}>
          <Input
            name="name"
            value={name}
            maxLength={200}
            onChange={(event) => {
              setName(event.target.value);
              setTyped(true);
            }}
          />
        </Field>
        <SchemaForm
          schema={kind.schema}
          values={config.values}
          stored={config.stored}
          errors={errors}
          onChange={(values) => {
            setTyped(true);
            setTestFields({});
            config.onChange(values);
          }}
        />
        <SaveBar
          pending={form.pending}
          dirty={endpoint ? typed : undefined}
          saveLabel={endpoint ? "Save" : `Save ${noun}`}
        >
          <TestButton
            done={found?.message}
            details={found?.details}
            run={async () => {
              form.clear();
              const answer = await actions.testDraft({ id: endpoint?.id, kind: kind.kind, config: config.config });
              setTestFields(answer.ok ? {} : (answer.error.fields ?? {}));
              setFound(answer.ok ? answer.value : undefined);
              return answer.ok ? { ok: true, value: null } : answer;
            }}
          />
        </SaveBar>
      </FieldStack>
    </form>
  );
}
