"use client";

import { Plus, X } from "lucide-react";
import { useId, useRef, useState } from "react";
import { isStored } from "@/components/form/form-values";
import { Button, IconButton } from "@/components/ui/button";
import { FieldNotes } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { FieldControlProps } from "./field-props";
import { SecretInput } from "./secret-input";
import { StoredSecret } from "./stored-secret";

interface Row {
  id: number;
  name: string;
  value: unknown;
}

/** Named texts, such as headers. Rows keep their order while a name is being typed. */
export function PairsField({ field, path, value, onChange, error, disabled }: FieldControlProps) {
  const id = useId();
  const nextId = useRef(0);
  const [rows, setRows] = useState<Row[]>(() => rowsOf(value, nextId));
  const change = (next: Row[]) => {
    setRows(next);
    const named = next.filter((row) => row.name.trim() !== "");
    onChange(named.length > 0 ? Object.fromEntries(named.map((row) => [row.name.trim(), row.value])) : undefined);
  };
  const edit = (row: Row, part: Partial<Row>) =>
    change(rows.map((each) => (each.id === row.id ? { ...each, ...part } : each)));
  return (
    <fieldset
      aria-describedby={[error && `${id}-error`, field.help && `${id}-help`].filter(Boolean).join(" ") || undefined}
      className="flex min-w-0 flex-col gap-1.5"
    >
      <legend className="mb-1.5 flex w-full items-baseline justify-between gap-2 font-medium text-sm">
        {field.label}
        {field.isOptional && <span className="font-normal text-faint text-xs">optional</span>}
      </legend>
      {rows.map((row, index) => {
        const rowLabel = row.name.trim() || `row ${index + 1}`;
        return (
          <div key={row.id} className="flex flex-wrap items-start gap-2 sm:flex-nowrap">
            <Input
              aria-label={`Name of ${rowLabel}`}
              aria-invalid={error ? true : undefined}
              name={`${path}[${index}].name`}
              value={row.name}
              placeholder="Name"
              disabled={disabled}
              spellCheck={false}
              autoCapitalize="off"
              className="flex-1 sm:max-w-56"
              onChange={(event) => edit(row, { name: event.target.value })}
            />
            <span className="order-last flex w-full min-w-0 sm:order-none sm:flex-1">
              <PairValue
                row={row}
                rowLabel={rowLabel}
                secret={field.secret}
                disabled={disabled}
                onEdit={(next) => edit(row, { value: next })}
              />
            </span>
            <IconButton
              label={`Remove ${rowLabel}`}
              disabled={disabled}
              onClick={() => change(rows.filter((each) => each.id !== row.id))}
            >
              <X aria-hidden="true" className="size-4" />
            </IconButton>
          </div>
        );
      })}
      <div>
        <Button
          size="sm"
          icon={<Plus aria-hidden="true" className="size-3.5" />}
          disabled={disabled}
          onClick={() => setRows([...rows, { id: nextId.current++, name: "", value: "" }])}
        >
          Add
        </Button>
      </div>
      <FieldNotes id={id} help={field.help} error={error} />
    </fieldset>
  );
}

interface ValueProps {
  row: Row;
  rowLabel: string;
  secret: boolean;
  disabled?: boolean;
  onEdit: (value: unknown) => void;
}

function PairValue({ row, rowLabel, secret, disabled, onEdit }: ValueProps) {
  const label = `Value of ${rowLabel}`;
  if (isStored(row.value)) {
    return (
      <StoredSecret
        label={label}
        removed={false}
        disabled={disabled}
        onReplace={() => onEdit("")}
        onUndo={() => onEdit({ stored: true })}
      />
    );
  }
  const Control = secret ? SecretInput : Input;
  return (
    <Control
      aria-label={label}
      value={typeof row.value === "string" ? row.value : ""}
      placeholder="Value"
      disabled={disabled}
      onChange={(event) => onEdit(event.target.value)}
    />
  );
}

function rowsOf(value: unknown, nextId: { current: number }): Row[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).map(([name, each]) => ({ id: nextId.current++, name, value: each }));
}
