"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useEscalationChoices } from "@/components/escalation/escalation-options";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { ConditionEditor, type DraftCondition } from "@/components/matching/condition-editor";
import { EverythingDialog } from "@/components/matching/everything-dialog";
import { MatchPreview } from "@/components/matching/match-preview";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { Select } from "@/components/ui/select";
import type { ConditionField, MatchMode } from "@/lib/core/matching";
import { createRouteAction, previewRouteAction, updateRouteAction } from "../actions";

const FIELDS: ConditionField[] = ["event", "severity", "job", "client", "label", "name", "time"];

export interface RouteDraft {
  name: string;
  enabled: boolean;
  match: MatchMode;
  conditions: DraftCondition[];
  channels: string[];
  escalationPolicyId: string;
}

interface Props {
  channels: readonly { id: string; name: string; providerLabel: string }[];
  /** A route that is being changed; none: a new one. */
  route?: { id: string } & RouteDraft;
}

const EMPTY: RouteDraft = {
  name: "",
  enabled: true,
  match: "all",
  conditions: [{ key: 1, field: "severity", op: "matches", value: "warning" }],
  channels: [],
  escalationPolicyId: "",
};

/** Makes or changes a route. One without conditions is confirmed, with how much it takes. */
export function RouteForm({ channels, route }: Props) {
  const router = useRouter();
  const [draft, setDraft] = useState<RouteDraft>(route ?? EMPTY);
  const [isConfirming, setConfirming] = useState(false);
  const set = (part: Partial<RouteDraft>) => setDraft((now) => ({ ...now, ...part }));
  const input = () => ({
    name: draft.name,
    enabled: draft.enabled,
    match: draft.match,
    conditions: plainConditions(draft),
    channels: draft.channels,
    escalationPolicyId: draft.escalationPolicyId || null,
  });
  const save = async (values: ReturnType<typeof input>) =>
    route ? await updateRouteAction({ id: route.id, ...values }) : await createRouteAction(values);
  const form = useVerbForm(save, {
    success: "Saved",
    leaves: true,
    onSuccess: () => {
      router.push("/routing/routes");
      router.refresh();
    },
  });
  const preview = <MatchPreview match={draft.match} conditions={plainConditions(draft)} preview={previewRouteAction} />;
  return (
    <ScriptForm
      ref={form.formRef}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.conditions.length === 0) setConfirming(true);
        else void form.submit(input());
      }}
    >
      <Panel title="What">
        <FieldStack>
          <Field label="Name" error={form.fields.name} className="sm:w-96">
            <Input value={draft.name} maxLength={100} onChange={(event) => set({ name: event.target.value })} />
          </Field>
          <ConditionEditor
            match={draft.match}
            conditions={draft.conditions}
            fields={FIELDS}
            errors={form.fields}
            onMatch={(match) => set({ match })}
            onChange={(conditions) => set({ conditions })}
          />
          {preview}
        </FieldStack>
      </Panel>
      <Targets channels={channels} draft={draft} errors={form.fields} onChange={set} />
      <SaveBar
        form={form}
        known={["name", "channels", "escalationPolicyId"]}
        saveLabel={route ? "Save" : "Create route"}
      />
      <EverythingDialog
        open={isConfirming}
        onOpenChange={setConfirming}
        title="This route takes everything"
        confirmLabel="Send everything"
        submit={() => form.submit(input())}
      >
        <p>It has no condition, so every event of this installation goes to its channels.</p>
        <div className="mt-2">{preview}</div>
      </EverythingDialog>
    </ScriptForm>
  );
}

interface TargetsProps extends Pick<Props, "channels"> {
  draft: RouteDraft;
  errors: Record<string, string>;
  onChange: (part: Partial<RouteDraft>) => void;
}

function Targets({ channels, draft, errors, onChange }: TargetsProps) {
  const policies = useEscalationChoices(draft.escalationPolicyId);
  const toggle = (id: string, isOn: boolean) =>
    onChange({ channels: isOn ? [...draft.channels, id] : draft.channels.filter((one) => one !== id) });
  return (
    <Panel title="Notifies">
      <FieldStack>
        <fieldset className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
          <legend className="mb-1.5 font-medium text-sm">Channels</legend>
          {channels.length === 0 && (
            <p className="text-muted text-sm">
              There is no channel yet. <TextLink href="/channels/new">Add the first one</TextLink>.
            </p>
          )}
          {channels.map(({ id, name, providerLabel }) => (
            <Checkbox
              key={id}
              label={name}
              description={providerLabel}
              checked={draft.channels.includes(id)}
              onChange={(event) => toggle(id, event.target.checked)}
            />
          ))}
          {errors.channels && <p className="col-span-full text-failure text-xs">{errors.channels}</p>}
        </fieldset>
        <Field
          label="Escalation"
          optional
          error={errors.escalationPolicyId}
          help="Who is notified when nobody acknowledges the alert"
          className="sm:w-96"
        >
          <Select
            value={draft.escalationPolicyId}
            onChange={(event) => onChange({ escalationPolicyId: event.target.value })}
            options={policies}
          />
        </Field>
        <Checkbox
          label="Enabled"
          checked={draft.enabled}
          onChange={(event) => onChange({ enabled: event.target.checked })}
        />
      </FieldStack>
    </Panel>
  );
}

function plainConditions({ conditions }: RouteDraft) {
  return conditions.map(({ key: _, ...condition }) => condition);
}
