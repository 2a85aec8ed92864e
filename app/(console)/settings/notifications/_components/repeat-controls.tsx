"use client";

import { useId } from "react";
import { useEscalationChoices } from "@/components/escalation/escalation-options";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { REPEATS, type Repeat } from "@/lib/core/job";
import type { EventSetting } from "@/lib/core/routing";

const LABELS: Record<Repeat, string> = {
  every: "Every time",
  first: "First time only",
  remind: "First time, then remind",
};
const DEFAULT_HOURS = 24;
/** One year, the limit of the server. */
const MAX_HOURS = 8_760;

interface Props {
  setting: EventSetting;
  save: (change: Partial<EventSetting>) => void;
}

/** How often an open alert is notified, and whether its recovery is. */
export function RepeatControls({ setting, save }: Props) {
  const id = useId();
  const choices = useEscalationChoices(setting.escalationPolicyId ?? "");
  const hours = setting.remindHours ?? DEFAULT_HOURS;
  const choose = (repeat: Repeat) => save(repeat === "remind" ? { repeat, remindHours: hours } : { repeat });
  const commit = (input: HTMLInputElement) => {
    const next = Number(input.value);
    if (next === hours) return;
    if (Number.isInteger(next) && next >= 1 && next <= MAX_HOURS) save({ remindHours: next });
    else input.value = String(hours);
  };
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 text-muted text-xs">
      <span className="flex flex-wrap items-center gap-2">
        <label htmlFor={id}>Repeat</label>
        <Select
          id={id}
          size="sm"
          className="w-auto"
          value={setting.repeat}
          onChange={(event) => choose(REPEATS.find((one) => one === event.target.value) ?? "first")}
          options={REPEATS.map((value) => ({ value, label: LABELS[value] }))}
        />
        {setting.repeat === "remind" && (
          <span className="flex items-center gap-2">
            every
            <Input
              key={hours}
              type="number"
              aria-label="Hours between reminders"
              min={1}
              max={MAX_HOURS}
              defaultValue={hours}
              onBlur={(event) => commit(event.currentTarget)}
              onKeyDown={(event) => event.key === "Enter" && commit(event.currentTarget)}
              className="num h-7 w-16 text-xs"
            />
            hours
          </span>
        )}
      </span>
      {choices.length > 1 && (
        <Select
          size="sm"
          className="w-auto"
          aria-label="Who is notified next"
          value={setting.escalationPolicyId ?? ""}
          onChange={(event) => save({ escalationPolicyId: event.target.value || null })}
          options={choices}
        />
      )}
      <Checkbox
        label={<span className="text-xs">Notify on recovery</span>}
        checked={setting.notifyOnRecovery}
        onChange={(event) => save({ notifyOnRecovery: event.target.checked })}
      />
    </div>
  );
}
