"use client";

import { useState } from "react";
import { isStored } from "@/components/form/form-values";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/textarea";
import type { FieldControlProps } from "./field-props";
import { SecretInput } from "./secret-input";
import { StoredSecret } from "./stored-secret";

const STORED = { stored: true };

/** A secret: hidden while typed, afterwards only "Stored". Left blank, the stored one is kept. */
export function SecretField({ field, path, value, onChange, error, disabled }: FieldControlProps) {
  const [wasStored] = useState(isStored(value));
  const isRemoved = wasStored && value === null;
  const text = typeof value === "string" ? value : "";
  const control = { name: path, value: text, placeholder: field.placeholder, disabled };
  return (
    <Field label={field.label} help={field.help} error={error} optional={field.isOptional}>
      {isStored(value) || isRemoved ? (
        <StoredSecret
          label={field.label}
          removed={isRemoved}
          disabled={disabled}
          onReplace={() => onChange("")}
          onRemove={field.required ? undefined : () => onChange(null)}
          onUndo={() => onChange(STORED)}
        />
      ) : (
        <span className="flex items-start gap-2">
          {field.kind === "textarea" ? (
            <Textarea {...control} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
          ) : (
            <SecretInput {...control} autoFocus={wasStored} onChange={(event) => onChange(event.target.value)} />
          )}
          {wasStored && (
            <Button variant="ghost" onClick={() => onChange(STORED)} disabled={disabled}>
              Keep stored
            </Button>
          )}
        </span>
      )}
    </Field>
  );
}
