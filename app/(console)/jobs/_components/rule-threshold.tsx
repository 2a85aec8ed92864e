"use client";

import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { RuleDraft } from "./rule-draft";

interface Props {
  rule: RuleDraft;
  channelName: string;
  path: string;
  errors: Record<string, string>;
  onChange: (part: Partial<RuleDraft>) => void;
}

/** What a problem has to reach before the channel is notified: so often in a row, so long without a success. */
export function RuleThreshold({ rule, channelName, path, errors, onChange }: Props) {
  const error = errors[`${path}.afterCount`] ?? errors[`${path}.afterHours`];
  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-muted text-xs">
        <span className="inline-flex items-center gap-2 whitespace-nowrap">
          <span aria-hidden="true">Only after</span>
          <Field label={`Problems in a row before ${channelName} is notified`} hideLabel className="w-16">
            <Input
              type="number"
              min={2}
              max={100}
              inputMode="numeric"
              placeholder="1"
              aria-invalid={errors[`${path}.afterCount`] ? true : undefined}
              value={rule.afterCount}
              onChange={(event) => onChange({ afterCount: event.target.value })}
            />
          </Field>
          <span aria-hidden="true">in a row,</span>
        </span>
        <span className="inline-flex items-center gap-2 whitespace-nowrap">
          <span aria-hidden="true">and</span>
          <Field label={`Hours without success before ${channelName} is notified`} hideLabel className="w-20">
            <Input
              type="number"
              min={1}
              max={8760}
              inputMode="numeric"
              placeholder="0"
              aria-invalid={errors[`${path}.afterHours`] ? true : undefined}
              value={rule.afterHours}
              onChange={(event) => onChange({ afterHours: event.target.value })}
            />
          </Field>
          <span aria-hidden="true">hours without success.</span>
        </span>
      </div>
      {error && <p className="text-failure text-xs">{error}</p>}
    </div>
  );
}
