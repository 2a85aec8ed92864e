"use client";

import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { CONDITIONS, type Condition, REPEATS, type Repeat } from "@/lib/core/job";
import { CONDITION_NAME } from "./condition-labels";
import type { RuleDraft } from "./rule-draft";

const REPEAT_NAME: Record<Repeat, string> = {
  every: "Every time",
  first: "First time only",
  remind: "First time, then remind",
};

interface Props {
  rule: RuleDraft;
  channelName: string;
  path: string;
  errors: Record<string, string>;
  onChange: (part: Partial<RuleDraft>) => void;
}

/** When a rule's channel is notified, and how often. */
export function RuleConditions({ rule, channelName, path, errors, onChange }: Props) {
  return (
    <>
      <Field label={`When ${channelName} is notified`} hideLabel error={errors[`${path}.condition`]}>
        <Select
          value={rule.condition}
          onChange={(event) => onChange({ condition: event.target.value as Condition })}
          options={CONDITIONS.map((value) => ({ value, label: CONDITION_NAME[value] }))}
        />
      </Field>
      <div className="flex flex-col gap-2">
        <Field label={`How often ${channelName} is notified`} hideLabel error={errors[`${path}.repeat`]}>
          <Select
            value={rule.repeat}
            onChange={(event) => onChange({ repeat: event.target.value as Repeat })}
            options={REPEATS.map((value) => ({ value, label: REPEAT_NAME[value] }))}
          />
        </Field>
        {rule.repeat === "remind" && (
          <Field label="Hours between reminders" error={errors[`${path}.remindHours`]}>
            <Input
              type="number"
              min={1}
              inputMode="numeric"
              value={rule.remindHours}
              onChange={(event) => onChange({ remindHours: event.target.value })}
            />
          </Field>
        )}
      </div>
    </>
  );
}
