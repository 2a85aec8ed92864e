"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { type JobDraft, newJobDraft, newJobRequest } from "@/app/(console)/jobs/_components/job-draft";
import { newRule } from "@/app/(console)/jobs/_components/rule-draft";
import { CronField } from "@/components/cron/cron-field";
import { FormError } from "@/components/form/form-error";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ScriptForm } from "@/components/ui/script-form";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";
import { type FirstCondition, FirstRule } from "./first-rule";

interface Named {
  id: string;
  name: string;
}

interface Props {
  timezone: string;
  sources: readonly (Named & { storesItself: boolean })[];
  destinations: readonly Named[];
  channels: readonly Named[];
  create: (input: ReturnType<typeof newJobRequest>) => Promise<ActionResult<{ id: string }>>;
  run: (input: { id: string }) => Promise<ActionResult<{ runId: string }>>;
}

/** The first job with what a newcomer has to decide; everything else can be set on the job's own page. */
export function FirstJob({ timezone, sources, destinations, channels, create, run }: Props) {
  const router = useRouter();
  const newest = sources.at(-1);
  const [draft, setDraft] = useState(() => ({
    ...newJobDraft({
      timezone,
      sourceId: newest?.id ?? "",
      storesItself: newest?.storesItself ?? false,
      destinationId: destinations.at(-1)?.id ?? "",
    }),
    name: newest?.name ?? "",
  }));
  const [channelId, setChannelId] = useState(channels.at(-1)?.id ?? "");
  const [condition, setCondition] = useState<FirstCondition>("always");
  const form = useVerbForm(create, {
    onSuccess: async ({ id }) => {
      const answer = await run({ id });
      if (!answer.ok) toast.error(answer.error.message);
      router.push(answer.ok ? `/welcome?step=run&run=${answer.value.runId}` : "/welcome?step=run");
    },
  });
  const { fields } = form;
  const rules = channelId && condition !== "none" ? [newRule(channelId, condition)] : [];
  return (
    <ScriptForm {...form.bind(() => newJobRequest({ ...draft, rules }))}>
      <FieldStack>
        <FormError error={form.error} />
        <Field label="Name of the job" error={fields.name}>
          <Input
            value={draft.name}
            maxLength={200}
            onChange={(event) => setDraft({ ...draft, name: event.target.value })}
          />
        </Field>
        {(sources.length > 1 || destinations.length > 1) && (
          <Places
            {...{ sources, destinations, fields, draft }}
            onChange={(changed) => setDraft({ ...draft, ...changed })}
          />
        )}
        <CronField
          cron={draft.cron}
          timezone={draft.timezone}
          onChange={({ cron, timezone: zone }) => setDraft({ ...draft, cron, timezone: zone })}
          error={fields["schedule.cron"] ?? fields.schedule}
          timezoneError={fields["schedule.timezone"]}
        />
        {channels.length > 0 && (
          <FirstRule
            channels={channels}
            channelId={channelId}
            condition={condition}
            onChannel={setChannelId}
            onCondition={setCondition}
          />
        )}
        <div className="flex justify-end">
          <Button type="submit" variant="primary" pending={form.pending}>
            Save and run now
          </Button>
        </div>
      </FieldStack>
    </ScriptForm>
  );
}

interface PlacesProps extends Pick<Props, "sources" | "destinations"> {
  fields: Record<string, string>;
  draft: JobDraft;
  onChange: (changed: Partial<JobDraft>) => void;
}

/** What is backed up, and where to, unless the source knows that by itself. */
function Places({ sources, destinations, fields, draft, onChange }: PlacesProps) {
  const choose = (id: string) =>
    onChange({ sourceId: id, storesItself: sources.find((source) => source.id === id)?.storesItself ?? false });
  return (
    <FormRow>
      <Field label="Source" error={fields.sourceId}>
        <Select
          value={draft.sourceId}
          onChange={(event) => choose(event.target.value)}
          options={sources.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Field>
      {!draft.storesItself && (
        <Field label="Destination" error={fields.destinationIds}>
          <Select
            value={draft.destinationIds[0]}
            onChange={(event) => onChange({ destinationIds: [event.target.value] })}
            options={destinations.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Field>
      )}
    </FormRow>
  );
}
