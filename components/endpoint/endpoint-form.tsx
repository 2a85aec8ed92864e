"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ChoiceList } from "@/components/form/choice-list";
import { SaveBar } from "@/components/form/save-bar";
import type { Values } from "@/components/form/schema-fields";
import { SchemaForm, useSchemaForm } from "@/components/form/schema-form";
import { TestButton } from "@/components/form/test-button";
import { useVerbForm } from "@/components/form/use-verb-form";
import { LabelsField, type SuggestLabels } from "@/components/label/labels-field";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ScriptForm } from "@/components/ui/script-form";
import type { ActionResult } from "@/lib/core/action-error";
import type { DestinationWatch } from "@/lib/core/destination-watch";
import type { Labels } from "@/lib/core/label";
import type { StorageThreshold } from "@/lib/core/storage";
import { CreateFolderField } from "./create-folder-field";
import type { EndpointNoun } from "./endpoint-text";
import { FieldProposals } from "./field-proposals";
import { ThresholdField, useThreshold } from "./threshold-field";
import { type TestDraft, useEndpointTest } from "./use-endpoint-test";
import { useWatch, WatchFields } from "./watch-fields";

/** A kind of source or destination, as its registry describes it. */
export interface EndpointFormKind {
  kind: string;
  label: string;
  /** What it is for, in one short line. */
  tagline: string;
  schema: Record<string, unknown>;
  /** A destination that is a folder, which may be created when it is saved. */
  hasFolder: boolean;
}

export interface EndpointActions {
  create(input: {
    name: string;
    kind: string;
    config: Record<string, unknown>;
    labels: Labels;
    threshold?: StorageThreshold;
    watch?: Partial<DestinationWatch>;
    createFolder?: boolean;
  }): Promise<ActionResult<{ id: string }>>;
  update(input: {
    id: string;
    name?: string;
    config?: Record<string, unknown>;
    labels?: Labels;
    threshold?: StorageThreshold;
    watch?: Partial<DestinationWatch>;
    createFolder?: boolean;
  }): Promise<ActionResult<unknown>>;
  suggestLabels: SuggestLabels;
  testDraft: TestDraft;
}

interface Props {
  noun: EndpointNoun;
  kinds: readonly EndpointFormKind[];
  endpoint?: {
    id: string;
    name: string;
    kind: string;
    config: Record<string, unknown>;
    labels: Labels;
    threshold?: StorageThreshold;
    watch?: DestinationWatch;
  };
  actions: EndpointActions;
  /** Where to go once it is created. */
  next?: string;
  /** What a new one starts with, as long as its kind is chosen. */
  proposal?: { name: string; kind: string; config: Record<string, unknown>; createFolder?: boolean };
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

function KindForm(props: KindFormProps) {
  const { noun, kind, endpoint, name, setName } = props;
  const { form, test, config, folder, labels, threshold, watch, typed, touch, changeConfig } = useKindForm(props);
  const errors = { ...test.error?.fields, ...form.fields };
  const shown = { schema: kind.schema, values: config.values };
  const more = noun === "destination" ? sentOfDestination(threshold.sent, watch.sent, folder.isCreated) : {};
  return (
    <ScriptForm {...form.bind(() => ({ name: name.trim(), config: config.config, labels: labels.value, ...more }))}>
      <FieldStack>
        <Field label="Name" error={errors.name} help={`The name of this ${noun} in jobs and messages.`}>
          <Input name="name" value={name} maxLength={200} onChange={({ target }) => touch(setName)(target.value)} />
        </Field>
        <SchemaForm {...shown} stored={config.stored} errors={errors} onChange={changeConfig} />
        <FieldProposals
          {...shown}
          proposal={form.error?.proposal ?? test.error?.proposal}
          accept={(values) => {
            form.clear();
            changeConfig(values);
          }}
        />
        {kind.hasFolder && (
          <CreateFolderField
            checked={folder.isCreated}
            onChange={touch(folder.setCreated)}
            error={errors.createFolder}
          />
        )}
        {noun === "destination" && (
          <>
            <ThresholdField value={threshold.typed} errors={errors} onChange={touch(threshold.change)} />
            <WatchFields watch={watch} errors={errors} onChange={touch(watch.change)} />
          </>
        )}
        <LabelsField
          labels={labels.value}
          onChange={touch(labels.set)}
          suggest={props.actions.suggestLabels}
          errors={errors}
        />
        <SaveBar
          isInset
          form={form}
          dirty={endpoint ? typed : undefined}
          saveLabel={endpoint ? "Save" : `Save ${noun}`}
        >
          <TestButton
            done={test.found?.message}
            details={test.found?.details}
            run={() => {
              form.clear();
              return test.run({ id: endpoint?.id, kind: kind.kind, config: config.config });
            }}
          />
        </SaveBar>
      </FieldStack>
    </ScriptForm>
  );
}

function sentOfDestination(
  threshold: StorageThreshold | undefined,
  watch: Partial<DestinationWatch>,
  createFolder: boolean,
) {
  return {
    ...(threshold && { threshold }),
    ...(Object.keys(watch).length > 0 && { watch }),
    ...(createFolder && { createFolder }),
  };
}

/** What is typed, whether anything was, and what saving and testing it answered. */
function useKindForm({ noun, kind, endpoint, actions, next, proposal }: KindFormProps) {
  const router = useRouter();
  const [typed, setTyped] = useState(false);
  const [labels, setLabels] = useState<Labels>(endpoint?.labels ?? {});
  const proposed = proposal?.kind === kind.kind ? proposal : undefined;
  const [isFolderCreated, setFolderCreated] = useState(proposed?.createFolder ?? false);
  const threshold = useThreshold(endpoint?.threshold);
  const watch = useWatch(endpoint?.watch);
  const test = useEndpointTest(actions.testDraft);
  const config = useSchemaForm(kind.schema, endpoint?.config ?? proposed?.config);
  const save = (input: Omit<Parameters<EndpointActions["create"]>[0], "kind">) =>
    endpoint ? actions.update({ id: endpoint.id, ...input }) : actions.create({ kind: kind.kind, ...input });
  const form = useVerbForm(save, {
    success: endpoint ? "Saved" : `The ${noun} was created`,
    onSuccess: (value) => {
      setTyped(false);
      if (endpoint) router.refresh();
      else router.push(next ?? `/${noun}s/${(value as { id: string }).id}`);
    },
  });
  /** Notes that something was typed, and takes it over. */
  const touch =
    <T,>(take: (value: T) => void) =>
    (value: T) => {
      setTyped(true);
      take(value);
    };
  const changeConfig = touch((values: Values) => {
    test.clear();
    config.onChange(values);
  });
  return {
    form,
    test,
    config,
    folder: { isCreated: isFolderCreated && kind.hasFolder, setCreated: setFolderCreated },
    labels: { value: labels, set: setLabels },
    threshold,
    watch,
    typed,
    touch,
    changeConfig,
  };
}
