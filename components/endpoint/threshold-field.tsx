"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { StorageThreshold } from "@/lib/core/storage";
import { sentThreshold, type TypedThreshold, typedThreshold } from "./typed-threshold";

const KINDS = [
  { value: "percent", label: "Used, in percent" },
  { value: "freeBytes", label: "Free, in GiB" },
] as const;
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

/** From when on a location counts as low. */
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
