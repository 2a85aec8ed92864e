"use client";

import { Plus } from "lucide-react";
import { type ReactElement, useId, useState } from "react";
import { FormError } from "@/components/form/form-error";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ScriptForm } from "@/components/ui/script-form";
import { MAX_STEPS } from "@/lib/core/escalation";
import type { EscalationPolicyView } from "@/lib/services/escalation-policies/view";
import { createPolicyAction, updatePolicyAction } from "../actions";

/** A channel or a person to choose. */
export interface Choice {
  id: string;
  name: string;
}

interface StepDraft {
  /** Of the row on the form. */
  key: number;
  /** Text until it is sent. */
  afterMinutes: string;
  channels: string[];
  users: string[];
}

interface Props {
  /** None: a new one. */
  policy?: EscalationPolicyView;
  channels: readonly Choice[];
  users: readonly Choice[];
  trigger: ReactElement;
}

function draftOf(policy: EscalationPolicyView | undefined) {
  const steps = policy?.steps ?? [{ afterMinutes: 15, channels: [], users: [] }];
  return {
    name: policy?.name ?? "",
    repeat: String(policy?.repeat ?? 0),
    steps: steps.map(
      (step, key): StepDraft => ({
        key,
        afterMinutes: String(step.afterMinutes),
        channels: [...step.channels],
        users: [...step.users],
      }),
    ),
  };
}

/** Makes or changes an escalation policy. */
export function PolicyDialog({ policy, channels, users, trigger }: Props) {
  const formId = useId();
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState(() => draftOf(policy));
  const form = useVerbForm(
    (input: Parameters<typeof createPolicyAction>[0]) =>
      policy ? updatePolicyAction({ id: policy.id, ...input }) : createPolicyAction(input),
    { success: "Saved", onSuccess: () => setOpen(false) },
  );
  const change = (key: number, part: Partial<StepDraft>) =>
    setDraft({ ...draft, steps: draft.steps.map((step) => (step.key === key ? { ...step, ...part } : step)) });
  const addStep = () => {
    const last = draft.steps.at(-1);
    const afterMinutes = String(Number(last?.afterMinutes ?? 0) + 15);
    const next = { key: (last?.key ?? 0) + 1, afterMinutes, channels: [], users: [] };
    setDraft({ ...draft, steps: [...draft.steps, next] });
  };
  return (
    <Dialog
      trigger={trigger}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setDraft(draftOf(policy));
        form.clear();
      }}
      title={policy ? `Edit ${policy.name}` : "New escalation policy"}
      description="Who is notified next while nobody acknowledges an alert. Acknowledging or resolving ends it."
      footer={<Footer formId={formId} saveLabel={policy ? "Save" : "Create policy"} pending={form.pending} />}
    >
      <ScriptForm id={formId} {...form.bind(() => requestOf(draft))}>
        <FieldStack>
          <FormError error={form.error} known={Object.keys(form.fields)} />
          <Field label="Name" error={form.fields.name}>
            <Input value={draft.name} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />
          </Field>
          {draft.steps.map((step, index) => (
            <StepFields
              key={step.key}
              step={step}
              number={index + 1}
              channels={channels}
              users={users}
              errors={form.fields}
              onChange={(part) => change(step.key, part)}
              onRemove={
                draft.steps.length > 1
                  ? () => setDraft({ ...draft, steps: draft.steps.filter(({ key }) => key !== step.key) })
                  : undefined
              }
            />
          ))}
          {draft.steps.length < MAX_STEPS && (
            <Button size="sm" icon={<Plus aria-hidden="true" className="size-3.5" />} onClick={addStep}>
              Add step
            </Button>
          )}
          <Field
            label="Repeat the steps"
            help="How many times the steps follow again after the last one"
            error={form.fields.repeat}
          >
            <Input
              inputMode="numeric"
              value={draft.repeat}
              onChange={(event) => setDraft({ ...draft, repeat: event.target.value })}
              className="w-24"
            />
          </Field>
        </FieldStack>
      </ScriptForm>
    </Dialog>
  );
}

function Footer({ formId, saveLabel, pending }: { formId: string; saveLabel: string; pending: boolean }) {
  return (
    <>
      <DialogClose>
        <Button>Cancel</Button>
      </DialogClose>
      <Button type="submit" form={formId} variant="primary" pending={pending}>
        {saveLabel}
      </Button>
    </>
  );
}

function requestOf({ name, repeat, steps }: ReturnType<typeof draftOf>) {
  return {
    name,
    repeat: Number(repeat),
    steps: steps.map(({ afterMinutes, channels, users }) => ({ afterMinutes: Number(afterMinutes), channels, users })),
  };
}

interface StepProps {
  step: StepDraft;
  number: number;
  channels: readonly Choice[];
  users: readonly Choice[];
  errors: Record<string, string>;
  onChange: (part: Partial<StepDraft>) => void;
  onRemove: (() => void) | undefined;
}

function StepFields({ step, number, channels, users, errors, onChange, onRemove }: StepProps) {
  const path = `steps[${number - 1}]`;
  const recipients = Object.entries(errors).find(
    ([name]) => name.startsWith(`${path}.channels`) || name.startsWith(`${path}.users`),
  );
  return (
    <fieldset className="flex flex-col gap-3 rounded-md border border-line p-3">
      <legend className="px-1 font-medium text-sm">Step {number}</legend>
      <Field
        label={
          <>
            Minutes without acknowledgement<span className="sr-only">, step {number}</span>
          </>
        }
        error={errors[`${path}.afterMinutes`]}
      >
        <Input
          inputMode="decimal"
          value={step.afterMinutes}
          onChange={(event) => onChange({ afterMinutes: event.target.value })}
          className="w-24"
        />
      </Field>
      <Choices
        label="Channels"
        all={channels}
        chosen={step.channels}
        onChange={(next) => onChange({ channels: next })}
      />
      <Choices label="People, by mail" all={users} chosen={step.users} onChange={(next) => onChange({ users: next })} />
      {recipients && (
        <p className="text-failure text-xs" role="alert">
          {recipients[1]}
        </p>
      )}
      {onRemove && (
        <Button size="sm" className="self-start" onClick={onRemove} aria-label={`Remove step ${number}`}>
          Remove step
        </Button>
      )}
    </fieldset>
  );
}

interface ChoicesProps {
  label: string;
  all: readonly Choice[];
  chosen: string[];
  onChange: (ids: string[]) => void;
}

/** Check marks; what was deleted since stays visible until it is removed. */
function Choices({ label, all, chosen, onChange }: ChoicesProps) {
  const gone = chosen.filter((id) => !all.some((one) => one.id === id)).map((id) => ({ id, name: "deleted" }));
  const shown = [...all, ...gone];
  if (shown.length === 0) return null;
  const toggle = (id: string, isOn: boolean) => onChange(isOn ? [...chosen, id] : chosen.filter((one) => one !== id));
  return (
    <fieldset>
      <legend className="mb-1 text-muted text-xs">{label}</legend>
      <div className="flex max-h-40 flex-wrap gap-x-4 gap-y-1.5 overflow-y-auto">
        {shown.map(({ id, name }) => (
          <Checkbox
            key={id}
            label={<span className="text-sm">{name}</span>}
            checked={chosen.includes(id)}
            onChange={(event) => toggle(id, event.target.checked)}
          />
        ))}
      </div>
    </fieldset>
  );
}
