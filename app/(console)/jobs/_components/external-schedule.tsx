"use client";

import { CronField } from "@/components/cron/cron-field";
import { ChoiceList } from "@/components/form/choice-list";
import { TimezoneSelect } from "@/components/settings/timezone-select";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import type { TabProps } from "./tab-props";

/** When an external job is expected to report. */
export function ExternalSchedule({ draft, change, errors }: TabProps) {
  const { external } = draft;
  const set = (part: Partial<typeof external>) => change({ external: { ...external, ...part } });
  return (
    <>
      <ChoiceList
        legend="When is it expected to report?"
        name="expected"
        value={external.expected}
        onChange={(expected) => set({ expected })}
        columns={2}
        options={[
          { value: "period", label: "Every so often", description: "So long after its last report." },
          { value: "cron", label: "On a schedule", description: "By a cron expression in a time zone." },
          { value: "onCalendar", label: "By a systemd timer", description: "By its OnCalendar= lines." },
          { value: "none", label: "At no certain time", description: "It is never late." },
        ]}
      />
      {external.expected === "period" && (
        <Field label="Reports at least every" error={errors["schedule.periodMinutes"] ?? errors.schedule}>
          <div className="flex gap-2">
            <Input
              type="number"
              min={1}
              inputMode="numeric"
              className="max-w-24"
              value={external.period}
              onChange={({ target }) => set({ period: target.value })}
            />
            <Select
              aria-label="Unit"
              className="max-w-32"
              value={external.periodUnit}
              onChange={({ target }) => set({ periodUnit: target.value as typeof external.periodUnit })}
              options={[
                { value: "minutes", label: "minutes" },
                { value: "hours", label: "hours" },
                { value: "days", label: "days" },
              ]}
            />
          </div>
        </Field>
      )}
      {external.expected === "cron" && (
        <CronField
          cron={draft.cron}
          timezone={draft.timezone}
          onChange={({ cron, timezone }) => change({ cron, timezone })}
          error={errors["schedule.cron"] ?? errors.schedule}
          timezoneError={errors["schedule.timezone"]}
        />
      )}
      {external.expected === "onCalendar" && (
        <>
          <Field
            label="OnCalendar"
            error={errors["schedule.onCalendar"] ?? errors.schedule}
            help="As in the timer's unit, a line for each expression: Mon..Fri 02:00, or daily."
          >
            <Textarea
              rows={2}
              className="font-mono"
              spellCheck={false}
              value={external.onCalendar}
              onChange={({ target }) => set({ onCalendar: target.value })}
            />
          </Field>
          <Field label="Time zone" error={errors["schedule.timezone"]}>
            <TimezoneSelect
              name="schedule.timezone"
              value={draft.timezone}
              onChange={({ target }) => change({ timezone: target.value })}
            />
          </Field>
        </>
      )}
    </>
  );
}
