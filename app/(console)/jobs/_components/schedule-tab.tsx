"use client";

import { CronField } from "@/components/cron/cron-field";
import { ChoiceList } from "@/components/form/choice-list";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ExternalSchedule } from "./external-schedule";
import type { TabProps } from "./tab-props";

export function ScheduleTab(props: TabProps) {
  const { draft, change, errors } = props;
  const isExternal = draft.executor === "external";
  return (
    <>
      {isExternal ? <ExternalSchedule {...props} /> : <StartSchedule {...props} />}
      {(isExternal ? draft.external.expected !== "none" : draft.isScheduled) && (
        <Field
          label="Grace period, in minutes"
          error={errors.graceMinutes}
          help={
            isExternal
              ? "A report that has not come this long after its time counts as missed and is notified."
              : "A run that has not started this long after its time counts as missed and is notified."
          }
        >
          <Input
            type="number"
            min={isExternal ? 0 : 1}
            inputMode="numeric"
            className="max-w-32"
            value={draft.graceMinutes}
            onChange={(event) => change({ graceMinutes: event.target.value })}
          />
        </Field>
      )}
      <Field
        label="Overdue after, in hours"
        error={errors.overdueAfterHours}
        help={
          draft.isScheduled
            ? "A job without a backup for so long is overdue and is notified, also when its runs fail. Blank: twice the longest pause of its schedule, 24 hours at least. 0: never."
            : "A job without a backup for so long is overdue and is notified. Blank or 0: never."
        }
      >
        <Input
          type="number"
          min={0}
          inputMode="numeric"
          className="max-w-32"
          value={draft.overdueAfterHours}
          onChange={(event) => change({ overdueAfterHours: event.target.value })}
        />
      </Field>
    </>
  );
}

/** When Belfry starts the job. */
function StartSchedule({ draft, change, errors }: TabProps) {
  return (
    <>
      <ChoiceList
        legend="When does it run?"
        name="when"
        value={draft.isScheduled ? "schedule" : "manual"}
        onChange={(value) => change({ isScheduled: value === "schedule" })}
        columns={2}
        options={[
          { value: "schedule", label: "On a schedule", description: "By a cron expression in a time zone." },
          { value: "manual", label: "Manual only", description: "With “Run now”, or through the API." },
        ]}
      />
      {draft.isScheduled && (
        <CronField
          cron={draft.cron}
          timezone={draft.timezone}
          onChange={({ cron, timezone }) => change({ cron, timezone })}
          error={errors["schedule.cron"] ?? errors.schedule}
          timezoneError={errors["schedule.timezone"]}
        />
      )}
    </>
  );
}
