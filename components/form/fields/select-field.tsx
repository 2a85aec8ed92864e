"use client";

import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { FieldControlProps } from "./field-props";

/** One of a few options. */
export function SelectField({ field, path, value, onChange, error, disabled }: FieldControlProps) {
  const mayBeEmpty = !field.required && field.default === undefined;
  return (
    <Field label={field.label} help={field.help} error={error} optional={field.isOptional}>
      <Select
        name={path}
        value={typeof value === "string" ? value : ""}
        onChange={(event) => onChange(event.target.value)}
        disabled={disabled}
        className="max-w-72"
      >
        {(mayBeEmpty || value === undefined) && <option value="">{field.placeholder ?? "Choose…"}</option>}
        {field.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </Select>
    </Field>
  );
}
