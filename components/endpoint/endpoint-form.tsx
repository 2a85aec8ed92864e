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

/** A kind of source or destination, as its registry describes it. */
export interface EndpointKind {
  kind: string;
  label: string;
  schema: Record<string, unknown>;
}

export interface EndpointActions {
  create(input: { name: string; kind: string; config: Record<string, unknown> }): Promise<ActionResult<{ id: string }>>;
  update(input: { id: string; name?: string; config?: Record<string, unknown> }): Promise<ActionResult<unknown>>;
  testDraft(input: {
    id?: string;
    kind: string;
    config: Record<string, unknown>;
  }): Promise<ActionResult<{ message?: string }>>;
}

interface Props {
  noun: "source" | "destination";
  kinds: readonly EndpointKind[];
  place?: { id: string; name: string; kind: string; config: Record<string, unknown> };
  actions: EndpointActions;
  /** Where to go once it is made. */
  next?: string;
  /** What a new one starts with. */
  proposal?: { name: string; config: Record<string, unknown> };
}

const PURPOSE: Record<string, string> = {
  sqlite: "A database in one file. Copied consistently while it is in use.",
  directory: "A folder with all that is in it, as a tar archive.",
  postgres: "One database of a server, with pg_dump.",
  local: "A folder on this machine, or one that is mounted here.",
};

/** Makes or changes a source or a destination: its kind, its name, and whatever fields that kind declares. */
export function EndpointForm({ kinds, place, ...rest }: Props) {
  const [kindId, setKindId] = useState(place?.kind ?? kinds[0]?.kind ?? "");
  const [name, setName] = useState(place?.name ?? rest.proposal?.name ?? "");
  const kind = kinds.find((one) => one.kind === kindId);
  return (
    <FieldStack>
      {!place && kinds.length > 1 && (
        <ChoiceList
          legend="Kind"
          name="kind"
          value={kindId}
          onChange={setKindId}
          options={kinds.map((one) => ({ value: one.kind, label: one.label, description: PURPOSE[one.kind] }))}
        />
      )}
      {kind && <KindForm key={kind.kind} kind={kind} place={place} name={name} setName={setName} {...rest} />}
    </FieldStack>
  );
}

interface KindFormProps extends Omit<Props, "kinds"> {
  kind: EndpointKind;
  name: string;
  setName: (name: string) => void;
}

function KindForm({ noun, kind, place, actions, next, proposal, name, setName }: KindFormProps) {
  const router = useRouter();
  const [typed, setTyped] = useState(false);
  const [found, setFound] = useState<string>();
  const [testFields, setTestFields] = useState<Record<string, string>>({});
  const config = useSchemaForm(kind.schema, place?.config ?? proposal?.config);
  const save = (input: { name: string; config: Record<string, unknown> }) =>
    place ? actions.update({ id: place.id, ...input }) : actions.create({ kind: kind.kind, ...input });
  const form = useVerbForm(save, {
    success: place ? "Saved" : `The ${noun} is set up`,
    onSuccess: (value) => {
      setTyped(false);
      if (place) router.refresh();
      else router.push(next ?? `/${noun}s/${(value as { id: string }).id}`);
    },
  });
  const errors = { ...testFields, ...form.fields };
  return (
    <form {...form.bind(() => ({ name: name.trim(), config: config.config }))}>
      <FieldStack>
        <FormError error={form.error} />
        <Field label="Name" error={errors.name} help={`How this ${noun} is called in jobs and messages.`}>
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
        <SaveBar pending={form.pending} dirty={place ? typed : undefined} saveLabel={place ? "Save" : `Save ${noun}`}>
          <TestButton
            done={found}
            run={async () => {
              form.clear();
              const answer = await actions.testDraft({ id: place?.id, kind: kind.kind, config: config.config });
              setTestFields(answer.ok ? {} : (answer.error.fields ?? {}));
              setFound(answer.ok ? answer.value.message : undefined);
              return answer.ok ? { ok: true, value: null } : answer;
            }}
          />
        </SaveBar>
      </FieldStack>
    </form>
  );
}
