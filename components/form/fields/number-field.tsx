"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { FieldControlProps } from "./field-props";

/** A number. Anything else is passed on as typed, so that the server can name the error. */
export function NumberField({ field, path, value, onChange, error, disabled }: FieldControlProps) {
  const given = value === undefined || value === null ? "" : String(value);
  const [typed, setTyped] = useState(given);
  const shown = parseNumber(typed) === (value ?? "") ? typed : given;
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
          onChange(parseNumber(event.target.value));
        }}
      />
    </Field>
  );
}

function parseNumber(text: string): number | string {
  const trimmed = text.trim();
  return trimmed === "" || Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed);
}
