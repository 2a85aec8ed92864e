"use client";

import { useId } from "react";
import { FieldNotes } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import type { FieldControlProps } from "./field-props";

/** A switch with its label beside it. */
export function SwitchField({ field, path, value, onChange, error, disabled }: FieldControlProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <Switch
        id={id}
        name={path}
        checked={value === true}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : field.help ? `${id}-help` : undefined}
      />
      <div className="min-w-0 pt-0.5">
        <label htmlFor={id} className="block font-medium text-sm">
          {field.label}
        </label>
        <FieldNotes id={id} help={field.help} error={error} />
      </div>
    </div>
  );
}
