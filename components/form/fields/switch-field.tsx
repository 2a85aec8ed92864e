"use client";

import { useId } from "react";
import { FieldNotes } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import type { DrawnFieldProps } from "./field-props";

/** On or off, with its words beside it. */
export function SwitchField({ field, path, value, onChange, error, disabled }: DrawnFieldProps) {
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
