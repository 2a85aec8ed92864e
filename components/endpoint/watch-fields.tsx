"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { DestinationWatch } from "@/lib/core/destination-watch";

const FIELDS = [
  {
    name: "missingAfterHours",
    label: "Missing Backup after (hours)",
    help: "Without a new backup for so long. Empty: not watched.",
  },
  {
    name: "spikePercent",
    label: "Usage Spike from (%)",
    help: "Change of its use within a day, up or down. Empty: not watched.",
  },
  {
    name: "rereadDays",
    label: "Integrity check every (days)",
    help: "Reads its stored backups again and compares their checksums. Empty: never.",
  },
] as const;

type Typed = Partial<Record<keyof DestinationWatch, string>>;

/** What is watched of a destination, as it is typed. `sent` names only what was changed. */
export function useWatch(stored: DestinationWatch | undefined) {
  const [typed, setTyped] = useState<Typed>({});
  const sent = Object.fromEntries(
    Object.entries(typed).map(([name, text]) => {
      if (text.trim() === "") return [name, null];
      const number = Number(text.replace(",", "."));
      // What is no number is refused beside its field.
      return [name, Number.isFinite(number) ? number : 0];
    }),
  ) as Partial<DestinationWatch>;
  const shown = (name: keyof DestinationWatch) => typed[name] ?? stored?.[name]?.toString() ?? "";
  return { typed, shown, change: setTyped, sent };
}

interface Props {
  watch: Pick<ReturnType<typeof useWatch>, "typed" | "shown">;
  onChange: (typed: Typed) => void;
  errors: Record<string, string>;
}

/** What is watched of a destination beside how full it is. */
export function WatchFields({ watch: { typed, shown }, onChange, errors }: Props) {
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      {FIELDS.map(({ name, label, help }) => (
        <Field key={name} label={label} help={help} error={errors[`watch.${name}`]} optional>
          <Input
            name={name}
            inputMode="decimal"
            value={shown(name)}
            onChange={({ target }) => onChange({ ...typed, [name]: target.value })}
          />
        </Field>
      ))}
    </div>
  );
}
