"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { StorageThreshold } from "@/lib/core/storage";

const GIB = 1024 ** 3;
const KINDS = [
  { value: "percent", label: "Used, in percent" },
  { value: "freeBytes", label: "Free, in GiB" },
] as const;
type ThresholdKind = (typeof KINDS)[number]["value"];

/** A threshold as it is typed. */
export interface TypedThreshold {
  kind: ThresholdKind;
  amount: string;
}

function typedThreshold(threshold: StorageThreshold): TypedThreshold {
  return "percent" in threshold
    ? { kind: "percent", amount: String(threshold.percent) }
    : { kind: "freeBytes", amount: String(Number((threshold.freeBytes / GIB).toFixed(3))) };
}

/** What to send; an amount that is no number is sent as none, and refused beside its field. */
function sentThreshold({ kind, amount }: TypedThreshold): StorageThreshold {
  const number = amount.trim() === "" ? Number.NaN : Number(amount.replace(",", "."));
  const value = Number.isFinite(number) ? number : 0;
  return kind === "percent" ? { percent: value } : { freeBytes: Math.round(value * GIB) };
}

/** The threshold of a form: `sent` is what an unchanged one was, byte for byte. */
export function useThreshold(stored: StorageThreshold | undefined) {
  const [typed, setTyped] = useState<TypedThreshold | null>(null);
  return {
    typed: typed ?? typedThreshold(stored ?? { percent: 90 }),
    change: setTyped,
    sent: typed ? sentThreshold(typed) : stored,
  };
}

interface Props {
  value: TypedThreshold;
  onChange: (value: TypedThreshold) => void;
  errors: Record<string, string>;
}

/** From when on a destination counts as low. */
export function ThresholdField({ value, onChange, errors }: Props) {
  const error = errors.threshold ?? errors["threshold.percent"] ?? errors["threshold.freeBytes"];
  const isPercent = value.kind === "percent";
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Storage Low by" help="Checked every minute. It ends two points below the threshold.">
        <Select
          name="threshold-kind"
          value={value.kind}
          options={KINDS}
          onChange={({ target }) => {
            const kind = target.value === "percent" ? "percent" : "freeBytes";
            onChange({ kind, amount: kind === "percent" ? "90" : "10" });
          }}
        />
      </Field>
      <Field label={isPercent ? "Used (%)" : "Free (GiB)"} error={error}>
        <Input
          name="threshold"
          inputMode="decimal"
          value={value.amount}
          onChange={({ target }) => onChange({ ...value, amount: target.value })}
        />
      </Field>
    </div>
  );
}
