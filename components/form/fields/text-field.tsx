"use client";

import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import type { FieldControlProps } from "./field-props";

/** A line or a paragraph of text. */
export function TextField({ field, path, value, onChange, error, disabled }: FieldControlProps) {
  const shared = {
    name: path,
    value: typeof value === "string" ? value : "",
    placeholder: field.placeholder,
    disabled,
    spellCheck: false,
    autoCapitalize: "off",
  } as const;
  return (
    <Field label={field.label} help={field.help} error={error} optional={field.isOptional}>
      {field.kind === "textarea" ? (
        <Textarea {...shared} className="font-mono text-xs" onChange={(event) => onChange(event.target.value)} />
      ) : (
        <Input {...shared} inputMode={field.inputType} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}
