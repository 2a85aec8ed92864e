"use client";

import { formatDayTime } from "@/components/format";
import { TimezoneSelect } from "@/components/settings/timezone-select";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useNow } from "@/components/ui/relative-time";
import { CRON_PRESETS, readCron } from "./cron-description";

export interface CronSchedule {
  cron: string;
  timezone: string;
}

interface Props extends CronSchedule {
  onChange: (schedule: CronSchedule) => void;
  error?: string;
  timezoneError?: string;
  /** Prefix of the names of the controls. */
  name?: string;
  disabled?: boolean;
}

/** A cron expression and its zone, with a description and the next three runs. */
export function CronField({ cron, timezone, onChange, error, timezoneError, name = "schedule", disabled }: Props) {
  const now = useNow();
  const reading = readCron(cron, timezone, now);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend */}
      <div role="group" aria-label="Presets" className="flex flex-wrap gap-2">
        {CRON_PRESETS.map((preset) => (
          <Button
            key={preset.cron}
            size="sm"
            disabled={disabled}
            aria-pressed={cron.trim() === preset.cron}
            className="aria-pressed:border-ink"
            onClick={() => onChange({ cron: preset.cron, timezone })}
          >
            {preset.label}
          </Button>
        ))}
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Schedule" error={error}>
          <Input
            name={`${name}.cron`}
            value={cron}
            disabled={disabled}
            spellCheck={false}
            autoCapitalize="off"
            placeholder="0 2 * * *"
            className="font-mono"
            onChange={(event) => onChange({ cron: event.target.value, timezone })}
          />
        </Field>
        <Field label="Time zone" error={timezoneError}>
          <TimezoneSelect
            name={`${name}.timezone`}
            value={timezone}
            disabled={disabled}
            onChange={(event) => onChange({ cron, timezone: event.target.value })}
          />
        </Field>
      </div>
      <div aria-live="polite" className="text-muted text-sm">
        {reading.ok ? (
          <>
            <p className="text-ink" suppressHydrationWarning>
              {reading.sentence}
            </p>
            <ol aria-label="Next runs" className="mt-1 flex flex-wrap gap-x-5 gap-y-0.5">
              {reading.next.map((at, index) => (
                <li key={at} className={index === 0 ? "text-ink" : undefined}>
                  <time dateTime={new Date(at).toISOString()} className="num text-xs" suppressHydrationWarning>
                    {formatDayTime(at, timezone)}
                  </time>
                </li>
              ))}
            </ol>
          </>
        ) : (
          <p>{reading.reason}</p>
        )}
      </div>
    </div>
  );
}
