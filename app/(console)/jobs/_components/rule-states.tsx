"use client";

import { Checkbox } from "@/components/ui/checkbox";
import { JOB_STATES } from "@/lib/core/job";
import { STATE_NAME } from "./condition-labels";
import type { RuleDraft } from "./rule-draft";

interface Props {
  rule: RuleDraft;
  channelName: string;
  error?: string;
  onChange: (part: Partial<RuleDraft>) => void;
}

/** The outcomes of a custom condition. */
export function RuleStates({ rule, channelName, error, onChange }: Props) {
  return (
    <fieldset className="mt-1">
      <legend className="sr-only">Outcomes of which {channelName} is notified</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1 pl-1">
        {JOB_STATES.map((state) => (
          <Checkbox
            key={state}
            label={STATE_NAME[state]}
            aria-invalid={error ? true : undefined}
            checked={rule.states.includes(state)}
            onChange={(event) =>
              onChange({
                states: JOB_STATES.filter((one) => (one === state ? event.target.checked : rule.states.includes(one))),
              })
            }
          />
        ))}
      </div>
      {error && <p className="text-failure text-xs">{error}</p>}
    </fieldset>
  );
}
