"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { FieldControlProps } from "./field-props";
import { addItems } from "./list-items";

/** A list of texts. Enter or leaving the field adds one; a paste of several lines adds them all. */
export function ListField({ field, path, value, onChange, error, disabled }: FieldControlProps) {
  const items = Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  const [typed, setTyped] = useState("");
  const add = (text: string) => {
    const next = addItems(items, text);
    if (next.length !== items.length) onChange(next);
    setTyped("");
  };
  return (
    <Field label={field.label} help={field.help} error={error} optional={field.isOptional}>
      {items.length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {items.map((item) => (
            <li key={item} className="max-w-full">
              <Chip
                onRemove={disabled ? undefined : () => onChange(items.filter((each) => each !== item))}
                removeLabel={`Remove ${item}`}
              >
                {item}
              </Chip>
            </li>
          ))}
        </ul>
      )}
      <span className="flex gap-2">
        <Input
          name={path}
          value={typed}
          placeholder={field.placeholder}
          disabled={disabled}
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => add(typed)}
          onPaste={(event) => {
            const text = event.clipboardData.getData("text");
            if (!/[\r\n]/.test(text)) return;
            event.preventDefault();
            add(`${typed}${text}`);
          }}
          onKeyDown={(event) => {
            if (event.key === "Backspace" && typed === "" && items.length > 0) onChange(items.slice(0, -1));
            if (event.key !== "Enter" || typed.trim() === "") return;
            event.preventDefault();
            add(typed);
          }}
        />
        <Button onClick={() => add(typed)} disabled={disabled || typed.trim() === ""}>
          Add
        </Button>
      </span>
    </Field>
  );
}
