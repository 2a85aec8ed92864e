"use client";

import { useEscalationChoices } from "@/components/escalation/escalation-options";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { RuleDraft } from "./rule-draft";

interface Props {
  rule: RuleDraft;
  channelName: string;
  path: string;
  errors: Record<string, string>;
  onChange: (part: Partial<RuleDraft>) => void;
}

/** Who is notified next when nobody acknowledges; nothing to choose where there is no policy. */
export function RuleEscalation({ rule, channelName, path, errors, onChange }: Props) {
  const choices = useEscalationChoices(rule.escalationPolicyId);
  if (choices.length <= 1 && !rule.escalationPolicyId) return null;
  return (
    <Field
      label={`Who is notified next about ${channelName}`}
      hideLabel
      error={errors[`${path}.escalationPolicyId`]}
      className="w-full sm:mr-11 sm:w-48"
    >
      <Select
        value={rule.escalationPolicyId}
        onChange={(event) => onChange({ escalationPolicyId: event.target.value })}
        options={choices}
      />
    </Field>
  );
}
