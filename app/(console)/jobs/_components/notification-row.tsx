"use client";

import { ChevronRight, X } from "lucide-react";
import { useId, useState } from "react";
import type { ShowPreview } from "@/components/channel/texts/live-preview";
import { findInvalidTabs, hasCustomText, TEXT_TABS } from "@/components/channel/texts/text-draft";
import { classNames } from "@/components/class-names";
import { Button, IconButton } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { CONDITIONS, type Condition, JOB_STATES, REPEATS, type Repeat } from "@/lib/core/job";
import { CONDITION_MEANS, CONDITION_NAME, STATE_NAME } from "./condition-labels";
import type { RuleDraft } from "./job-draft";
import type { PickableChannel } from "./notifications-tab";
import { RuleText } from "./row-text";
import { SharedMonitor } from "./shared-monitor";

interface Props {
  row: RuleDraft;
  /** None: it was deleted meanwhile. */
  channel?: PickableChannel;
  /** Of its errors: `notifications[0]`. */
  path: string;
  errors: Record<string, string>;
  /** Whose name the previews bear. */
  jobName: string;
  /** None: a new job. */
  jobId?: string;
  show: ShowPreview;
  onChange: (part: Partial<RuleDraft>) => void;
  onRemove: () => void;
}

const REPEAT_NAME: Record<Repeat, string> = {
  every: "Every time",
  first: "First time only",
  remind: "First time, then remind",
};

/** One channel of the job: when it is told, how often, and in which words. */
export function NotificationRule({ row, channel, path, errors, jobName, jobId, show, onChange, onRemove }: Props) {
  const name = channel?.name ?? "Deleted channel";
  const isTextWrong = findInvalidTabs(errors, path).length > 0 || errors[`${path}.logLimit`] !== undefined;
  const [isOpen, setOpen] = useState(false);
  const textId = useId();
  const statesError = errors[`${path}.states`];
  const shown = isOpen || isTextWrong;
  const sharedWith = channel?.usedByJobs?.filter(({ id }) => id !== jobId) ?? [];
  return (
    <li className="relative border-line border-b px-4 py-3 last:border-b-0">
      <div className="grid items-start gap-x-3 gap-y-2 sm:grid-cols-[minmax(0,1fr)_130px_190px_auto]">
        <div className="min-w-0 pt-1 pr-10 text-sm sm:pr-0">
          <span className="font-medium [overflow-wrap:anywhere]">{name}</span>{" "}
          <span className="text-faint text-xs">
            {channel?.providerLabel}
            {channel && !channel.enabled && ", switched off"}
          </span>
          {errors[`${path}.channelId`] && <p className="text-failure text-xs">{errors[`${path}.channelId`]}</p>}
        </div>
        <Field label={`When ${name} is told`} hideLabel error={errors[`${path}.condition`]}>
          <Select
            value={row.condition}
            onChange={(event) => onChange({ condition: event.target.value as Condition })}
            options={CONDITIONS.map((value) => ({ value, label: CONDITION_NAME[value] }))}
          />
        </Field>
        <div className="flex flex-col gap-2">
          <Field label={`How often ${name} is told`} hideLabel error={errors[`${path}.repeat`]}>
            <Select
              value={row.repeat}
              onChange={(event) => onChange({ repeat: event.target.value as Repeat })}
              options={REPEATS.map((value) => ({ value, label: REPEAT_NAME[value] }))}
            />
          </Field>
          {row.repeat === "remind" && (
            <Field label="Hours between reminders" error={errors[`${path}.remindHours`]}>
              <Input
                type="number"
                min={1}
                inputMode="numeric"
                value={row.remindHours}
                onChange={(event) => onChange({ remindHours: event.target.value })}
              />
            </Field>
          )}
        </div>
        <div className="absolute top-2 right-3 sm:static">
          <IconButton label={`Remove ${name}`} onClick={onRemove}>
            <X aria-hidden="true" className="size-4" />
          </IconButton>
        </div>
      </div>
      <div className="mt-1.5 flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="text-muted text-xs">Told on {CONDITION_MEANS[row.condition]}.</p>
        <div className="flex flex-wrap items-center gap-x-3">
          {row.condition !== "success" && (
            <Checkbox
              label="Tell recovery"
              className="text-xs"
              checked={row.notifyOnRecovery}
              onChange={(event) => onChange({ notifyOnRecovery: event.target.checked })}
            />
          )}
          <Button
            variant="ghost"
            size="sm"
            aria-expanded={shown}
            aria-controls={textId}
            onClick={() => setOpen(!shown)}
            icon={
              <ChevronRight
                aria-hidden="true"
                className={classNames("size-3.5 transition-transform", shown && "rotate-90")}
              />
            }
          >
            Text: {ruleTextSummary(row)}
          </Button>
        </div>
      </div>
      {sharedWith.length > 0 && <SharedMonitor channelName={name} jobs={sharedWith} />}
      {row.condition === "custom" && (
        <fieldset className="mt-1">
          <legend className="sr-only">Outcomes of which {name} is told</legend>
          <div className="flex flex-wrap gap-x-5 gap-y-1 pl-1">
            {JOB_STATES.map((state) => (
              <Checkbox
                key={state}
                label={STATE_NAME[state]}
                aria-invalid={statesError ? true : undefined}
                checked={row.states.includes(state)}
                onChange={(event) =>
                  onChange({
                    states: JOB_STATES.filter((one) =>
                      one === state ? event.target.checked : row.states.includes(one),
                    ),
                  })
                }
              />
            ))}
          </div>
          {statesError && <p className="text-failure text-xs">{statesError}</p>}
        </fieldset>
      )}
      <div id={textId}>
        {shown && (
          <RuleText
            row={row}
            channel={channel}
            path={path}
            errors={errors}
            jobName={jobName}
            show={show}
            onChange={onChange}
          />
        )}
      </div>
    </li>
  );
}

function ruleTextSummary(row: RuleDraft): string {
  const own = TEXT_TABS.some((tab) => hasCustomText(row.text[tab])) ? "own" : "standard";
  return row.includeLog ? `${own}, with log (${row.logLimit} kB)` : own;
}
