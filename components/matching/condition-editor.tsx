"use client";

import { Plus, X } from "lucide-react";
import { SEVERITY_STYLE } from "@/components/inbox/severity-badge";
import { Button, IconButton } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Note } from "@/components/ui/note";
import { Select } from "@/components/ui/select";
import type { ConditionField, MatchCondition, MatchMode } from "@/lib/core/matching";
import { SEVERITIES } from "@/lib/core/severity";
import { FIELD_HELP, FIELD_LABEL } from "./condition-labels";

/** What is being written: a key keeps a row's controls apart from the others'. */
export type DraftCondition = MatchCondition & { key: number };

interface Props {
  match: MatchMode;
  conditions: readonly DraftCondition[];
  /** The fields that may be asked for. */
  fields: readonly ConditionField[];
  /** One sentence per field, by its path: `conditions[0].value`. */
  errors: Record<string, string>;
  onMatch: (match: MatchMode) => void;
  onChange: (conditions: DraftCondition[]) => void;
}

const OPS: Record<"text" | "severity" | "time", { value: string; label: string }[]> = {
  text: [
    { value: "is", label: "is" },
    { value: "is not", label: "is not" },
    { value: "matches", label: "matches" },
    { value: "matches not", label: "does not match" },
  ],
  severity: [
    { value: "is", label: "is" },
    { value: "is not", label: "is not" },
    { value: "matches", label: "is at least" },
    { value: "matches not", label: "is below" },
  ],
  time: [
    { value: "is", label: "is within" },
    { value: "is not", label: "is outside" },
  ],
};
/** What a condition starts with when its field is chosen. */
const FIRST_VALUE: Partial<Record<ConditionField, string>> = { severity: "warning" };

/** Conditions, one to a line, with how they are joined. */
export function ConditionEditor({ match, conditions, fields, errors, onMatch, onChange }: Props) {
  const change = (key: number, part: Partial<MatchCondition>) =>
    onChange(conditions.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const add = () => {
    const key = Math.max(0, ...conditions.map((one) => one.key)) + 1;
    onChange([...conditions, { key, field: fields[0] ?? "job", op: "is", value: "" }]);
  };
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {conditions.length === 0 && (
        <Note tone="warning">Without a condition this takes everything that happens in this installation.</Note>
      )}
      {conditions.length > 1 && (
        <Field label="Conditions" className="sm:w-56">
          <Select
            value={match}
            onChange={(event) => onMatch(event.target.value === "any" ? "any" : "all")}
            options={[
              { value: "all", label: "All of them" },
              { value: "any", label: "Any of them" },
            ]}
          />
        </Field>
      )}
      {conditions.map((condition, index) => (
        <ConditionRow
          key={condition.key}
          condition={condition}
          fields={fields}
          number={index + 1}
          error={errors[`conditions[${index}].value`] ?? errors[`conditions[${index}].field`]}
          onChange={(part) => change(condition.key, part)}
          onRemove={() => onChange(conditions.filter((one) => one.key !== condition.key))}
        />
      ))}
      <div>
        <Button size="sm" onClick={add}>
          <Plus aria-hidden="true" className="size-3.5" />
          Add condition
        </Button>
      </div>
    </div>
  );
}

interface RowProps {
  condition: DraftCondition;
  fields: readonly ConditionField[];
  number: number;
  error?: string;
  onChange: (part: Partial<MatchCondition>) => void;
  onRemove: () => void;
}

function ConditionRow({ condition, fields, number, error, onChange, onRemove }: RowProps) {
  const { field, op, value, not } = condition;
  const ops = OPS[field === "time" || field === "severity" ? field : "text"];
  // An operator that the field has not would be shown as another one.
  const startWith = (next: ConditionField) =>
    onChange({ field: next, value: FIRST_VALUE[next] ?? "", ...(next === "time" && { op: "is" as const }) });
  const setOp = (text: string) =>
    onChange({ op: text.startsWith("matches") ? "matches" : "is", not: text.endsWith("not") || undefined });
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 border-line border-b pb-3 sm:grid-cols-[9rem_10rem_minmax(0,1fr)_auto] sm:border-0 sm:pb-0">
      <Field label={`Field of condition ${number}`} hideLabel>
        <Select
          value={field}
          onChange={(event) => startWith(fields.find((one) => one === event.target.value) ?? field)}
          options={fields.map((one) => ({ value: one, label: FIELD_LABEL[one] }))}
        />
      </Field>
      <IconButton label={`Remove condition ${number}`} onClick={onRemove} className="sm:order-last">
        <X aria-hidden="true" className="size-4" />
      </IconButton>
      <Field label={`Comparison of condition ${number}`} hideLabel className="col-span-2 sm:col-span-1">
        <Select value={not ? `${op} not` : op} onChange={(event) => setOp(event.target.value)} options={ops} />
      </Field>
      <Field
        label={`Value of condition ${number}`}
        hideLabel
        error={error}
        help={FIELD_HELP[field]}
        className="col-span-2 sm:col-span-1"
      >
        {field === "severity" ? (
          <Select
            value={value}
            onChange={(event) => onChange({ value: event.target.value })}
            options={SEVERITIES.map((one) => ({ value: one, label: SEVERITY_STYLE[one].label }))}
          />
        ) : (
          <Input value={value} maxLength={200} onChange={(event) => onChange({ value: event.target.value })} />
        )}
      </Field>
    </div>
  );
}
