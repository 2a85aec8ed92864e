"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ThresholdField } from "@/components/endpoint/threshold-field";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { TimezoneSelect } from "@/components/settings/timezone-select";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { Textarea } from "@/components/ui/textarea";
import { REPOSITORY_TASKS, RETENTION_SPANS } from "@/lib/core/repository";
import { updateRepositoryAction } from "../actions";
import { type RepositoryDraft, repositoryChanges } from "./repository-draft";

const KNOWN = [
  "name",
  "location",
  "passphrase",
  "hostKey",
  "retention",
  "schedules.timezone",
  "threshold",
  "threshold.percent",
  "threshold.freeBytes",
].concat(
  REPOSITORY_TASKS.map((task) => `schedules.${task}`),
  RETENTION_SPANS.map((span) => `retention.${span}`),
);

const SPAN_LABELS = {
  last: "Newest",
  hourly: "Hourly",
  daily: "Daily",
  weekly: "Weekly",
  monthly: "Monthly",
  yearly: "Yearly",
};
const TASK_LABELS = { check: "Check", compact: "Compact", prune: "Prune" };

/** Changes the settings of a repository. */
export function RepositoryForm({ id, saved }: { id: string; saved: RepositoryDraft }) {
  const router = useRouter();
  const [draft, setDraft] = useState(saved);
  const change = (part: Partial<RepositoryDraft>) => setDraft((now) => ({ ...now, ...part }));
  const form = useVerbForm(
    (input: RepositoryDraft) => updateRepositoryAction({ id, ...repositoryChanges(saved, input) }),
    {
      success: "Saved",
      onSuccess: () => {
        change({ passphrase: "" });
        router.refresh();
      },
    },
  );
  const shownKey = form.error?.proposal?.hostKey;
  const part = { draft, change, fields: form.fields };
  return (
    <ScriptForm
      ref={form.formRef}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit(draft);
      }}
    >
      <Panel title="Repository">
        <FieldStack>
          <AccessFields {...part} />
        </FieldStack>
      </Panel>
      {!draft.location.includes("://") && (
        <Panel title="Space">
          <ThresholdField
            value={draft.threshold}
            onChange={(threshold) => change({ threshold })}
            errors={form.fields}
          />
        </Panel>
      )}
      <Panel title="Retention">
        <FieldStack>
          <RetentionFields {...part} />
        </FieldStack>
      </Panel>
      <Panel title="Schedules">
        <FieldStack>
          <ScheduleFields {...part} />
        </FieldStack>
      </Panel>
      <SaveBar form={form} known={KNOWN}>
        {shownKey && <Button onClick={() => change({ hostKey: shownKey })}>Accept this host key</Button>}
      </SaveBar>
    </ScriptForm>
  );
}

interface Part {
  draft: RepositoryDraft;
  change: (part: Partial<RepositoryDraft>) => void;
  fields: Record<string, string>;
}

function AccessFields({ draft, change, fields }: Part) {
  return (
    <>
      <Field label="Name" error={fields.name} className="sm:w-96">
        <Input name="name" value={draft.name} onChange={(event) => change({ name: event.target.value })} />
      </Field>
      <Field
        label="Location"
        error={fields.location}
        help="Saving it says that a repository which was moved there is the same."
      >
        <Input name="location" value={draft.location} onChange={(event) => change({ location: event.target.value })} />
      </Field>
      <Field
        label="Passphrase"
        optional
        error={fields.passphrase}
        help="Blank keeps the stored one."
        className="sm:w-96"
      >
        <Input
          name="passphrase"
          type="password"
          autoComplete="new-password"
          value={draft.passphrase}
          onChange={(event) => change({ passphrase: event.target.value })}
        />
      </Field>
      {draft.location.includes("://") && (
        <Field label="Host key" optional error={fields.hostKey}>
          <Textarea
            name="hostKey"
            rows={2}
            value={draft.hostKey}
            onChange={(event) => change({ hostKey: event.target.value })}
          />
        </Field>
      )}
    </>
  );
}

function RetentionFields({ draft, change, fields }: Part) {
  return (
    <>
      <p className="text-muted text-sm">
        How many archives of each job stay: the newest, and the newest of so many hours, days and so on. With none of
        them set, each job keeps as many as its own settings say, and prunes are refused.
      </p>
      {fields.retention && <p className="text-failure text-xs">{fields.retention}</p>}
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
        {RETENTION_SPANS.map((span) => (
          <Field key={span} label={SPAN_LABELS[span]} optional error={fields[`retention.${span}`]}>
            <Input
              name={`retention.${span}`}
              inputMode="numeric"
              value={draft.keep[span]}
              onChange={(event) => change({ keep: { ...draft.keep, [span]: event.target.value } })}
            />
          </Field>
        ))}
      </div>
      <Checkbox
        label="Compact after a prune"
        description="Otherwise the space stays taken until the next compact."
        checked={draft.compactsAfterPrune}
        onChange={(event) => change({ compactsAfterPrune: event.target.checked })}
      />
    </>
  );
}

function ScheduleFields({ draft, change, fields }: Part) {
  return (
    <>
      <p className="text-muted text-sm">
        Cron expressions, such as 0 4 * * 0 for Sundays at 04:00. A task with none runs manually only.
      </p>
      <div className="grid gap-4 sm:grid-cols-2">
        {REPOSITORY_TASKS.map((task) => (
          <Field key={task} label={TASK_LABELS[task]} optional error={fields[`schedules.${task}`]}>
            <Input
              name={`schedules.${task}`}
              className="font-mono"
              spellCheck={false}
              value={draft[task]}
              onChange={(event) => change({ [task]: event.target.value })}
            />
          </Field>
        ))}
        <Field label="Time zone" error={fields["schedules.timezone"]}>
          <TimezoneSelect
            name="schedules.timezone"
            value={draft.timezone}
            onChange={(event) => change({ timezone: event.target.value })}
          />
        </Field>
      </div>
    </>
  );
}
