"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { DrawnFieldProps } from "./field-props";

/** A number. What is not one is handed on as typed, so that the answer can say what is wrong with it. */
export function NumberField({ field, path, value, onChange, error, disabled }: DrawnFieldProps) {
  const given = value === undefined || value === null ? "" : String(value);
  const [typed, setTyped] = useState(given);
  const shown = parsed(typed) === (value ?? "") ? typed : given;
  return (
    <Field label={field.label} help={field.help} error={error} optional={field.isOptional}>
      <Input
        name={path}
        inputMode={field.isInteger ? "numeric" : "decimal"}
        value={shown}
        placeholder={field.placeholder ?? (field.default === undefined ? undefined : String(field.default))}
        disabled={disabled}
        className="num max-w-40"
        onChange={(event) => {
          setTyped(event.target.value);
          onChange(parsed(event.target.value));
        }}
      />
    </Field>
  );
}

function parsed(text: string): number | string {
  const trimmed = text.trim();
  return trimmed === "" || Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed);
}
