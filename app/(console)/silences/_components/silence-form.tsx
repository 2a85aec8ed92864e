"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { CronField } from "@/components/cron/cron-field";
import { ChoiceList } from "@/components/form/choice-list";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { ConditionEditor, type DraftCondition } from "@/components/matching/condition-editor";
import { EverythingDialog } from "@/components/matching/everything-dialog";
import { MatchPreview } from "@/components/matching/match-preview";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import type { ConditionField, MatchCondition, MatchMode } from "@/lib/core/matching";
import type { SilenceEffect } from "@/lib/core/silence";
import { createSilenceAction, previewMatchAction, updateSilenceAction } from "../actions";
import { inputOf, newSilenceDraft, type SilenceDraft, type WhenMode } from "./silence-draft";
import { SpanChoice } from "./span-choice";

const FIELDS: ConditionField[] = ["job", "client", "event", "channel", "severity", "label", "name", "time"];

interface Props {
  /** Of the reader, IANA name. */
  timezone: string;
  /** A silence that is being changed; none: a new one. */
  silence?: { id: string } & SilenceDraft;
  /** What a new one starts with: the job or alert that it was opened from. */
  conditions?: readonly MatchCondition[];
}

/** Makes or changes a silence: what, when, and what happens to the notifications. */
export function SilenceForm({ timezone, silence, conditions = [] }: Props) {
  const router = useRouter();
  const [draft, setDraft] = useState<SilenceDraft>(silence ?? newSilenceDraft(conditions, timezone));
  const [isConfirming, setConfirming] = useState(false);
  const set = (part: Partial<SilenceDraft>) => setDraft((now) => ({ ...now, ...part }));
  const save = async (input: ReturnType<typeof inputOf>) =>
    silence ? await updateSilenceAction({ id: silence.id, ...input }) : await createSilenceAction(input);
  const form = useVerbForm(save, {
    success: silence ? "Saved" : "Silence created",
    leaves: true,
    onSuccess: () => router.push("/silences"),
  });
  const { fields } = form;
  const preview = (
    <MatchPreview
      match={draft.match}
      conditions={draft.conditions.map(({ key: _, ...condition }) => condition)}
      preview={previewMatchAction}
    />
  );
  return (
    <ScriptForm
      ref={form.formRef}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.conditions.length === 0) setConfirming(true);
        else void form.submit(inputOf(draft, timezone));
      }}
    >
      <Panel title="What">
        <FieldStack>
          <ConditionEditor
            match={draft.match}
            conditions={draft.conditions}
            fields={FIELDS}
            errors={fields}
            onMatch={(match: MatchMode) => set({ match })}
            onChange={(next: DraftCondition[]) => set({ conditions: next })}
          />
          {preview}
        </FieldStack>
      </Panel>
      <WhenPanel draft={draft} timezone={timezone} fields={fields} set={set} />
      <EffectPanel draft={draft} fields={fields} set={set} />
      <SaveBar
        form={form}
        known={["reason", "startsAt", "endsAt", "recurring.cron", "recurring.minutes"]}
        saveLabel={silence ? "Save" : "Create silence"}
      />
      <EverythingDialog
        open={isConfirming}
        onOpenChange={setConfirming}
        title="This silences everything"
        confirmLabel="Silence everything"
        submit={() => form.submit(inputOf(draft, timezone))}
      >
        <p>It has no condition, so nobody is notified of anything while it is on.</p>
        <div className="mt-2">{preview}</div>
      </EverythingDialog>
    </ScriptForm>
  );
}

interface PartProps {
  draft: SilenceDraft;
  fields: Record<string, string>;
  set: (part: Partial<SilenceDraft>) => void;
}

function WhenPanel({ draft, timezone, fields, set }: PartProps & Pick<Props, "timezone">) {
  return (
    <Panel title="When">
      <FieldStack>
        <ChoiceList<WhenMode>
          legend="When"
          hideLegend
          name="when"
          columns={2}
          value={draft.mode}
          onChange={(mode) => set({ mode })}
          options={[
            { value: "once", label: "Once", description: "From now or a later time on" },
            { value: "recurring", label: "Recurring", description: "From each time of a schedule, for some minutes" },
          ]}
        />
        {draft.mode === "once" ? (
          <SpanChoice draft={draft} timezone={timezone} errors={fields} onChange={set} />
        ) : (
          <FieldStack>
            <CronField
              cron={draft.cron}
              timezone={draft.cronTimezone}
              onChange={(next) => set({ cron: next.cron, cronTimezone: next.timezone })}
              error={fields["recurring.cron"]}
              timezoneError={fields["recurring.timezone"]}
            />
            <Field label="Minutes each time" error={fields["recurring.minutes"]} className="sm:w-56">
              <Input
                type="number"
                min={1}
                max={10_080}
                value={draft.minutes}
                onChange={(event) => set({ minutes: event.target.value })}
              />
            </Field>
          </FieldStack>
        )}
      </FieldStack>
    </Panel>
  );
}

function EffectPanel({ draft, fields, set }: PartProps) {
  return (
    <Panel title="Notifications meanwhile">
      <FieldStack>
        <ChoiceList<SilenceEffect>
          legend="Notifications meanwhile"
          hideLegend
          name="effect"
          value={draft.effect}
          onChange={(effect) => set({ effect })}
          options={[
            {
              value: "hold",
              label: "Hold, and deliver at the end",
              description: "What was held for one recipient arrives as one summary that says what is still open",
            },
            {
              value: "drop",
              label: "Drop",
              description: "Never sent; the delivery log says so. Recoveries of problems that were sent are held",
            },
          ]}
        />
        <FormRow>
          <Field label="Reason" error={fields.reason} help="Those who miss a notification read it">
            <Input value={draft.reason} maxLength={500} onChange={(event) => set({ reason: event.target.value })} />
          </Field>
        </FormRow>
      </FieldStack>
    </Panel>
  );
}
