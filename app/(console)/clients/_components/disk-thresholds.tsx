"use client";

import { ThresholdField } from "@/components/endpoint/threshold-field";
import type { TypedThreshold } from "@/components/endpoint/typed-threshold";
import { Checkbox } from "@/components/ui/checkbox";

interface Props {
  /** Disks that the client reports, by where they are mounted. */
  mounts: readonly string[];
  /** Those that have a threshold of their own, also where they are reported no more. */
  thresholds: Readonly<Record<string, TypedThreshold>>;
  onChange: (thresholds: Record<string, TypedThreshold>) => void;
  fields: Record<string, string>;
}

const USUAL: TypedThreshold = { kind: "percent", amount: "90" };

/** From when on each disk of a client counts as low. */
export function DiskThresholds({ mounts, thresholds, onChange, fields }: Props) {
  const shown = [...new Set([...mounts, ...Object.keys(thresholds)])];
  const order = Object.keys(thresholds);
  return shown.map((mount) => {
    const own = thresholds[mount];
    const { [mount]: _, ...others } = thresholds;
    return (
      <div key={mount} className="flex flex-col gap-3">
        <Checkbox
          label={`A threshold of its own for ${mount}`}
          description={own ? undefined : "It is low from 90 % on."}
          checked={own !== undefined}
          onChange={({ target }) => onChange(target.checked ? { ...thresholds, [mount]: USUAL } : others)}
        />
        {own && (
          <ThresholdField
            value={own}
            onChange={(value) => onChange({ ...thresholds, [mount]: value })}
            errors={errorsOf(fields, order.indexOf(mount))}
          />
        )}
      </div>
    );
  });
}

/** Errors of one of the list, as a form of one threshold has them. */
function errorsOf(fields: Record<string, string>, index: number): Record<string, string> {
  const start = `diskThresholds.${index}.`;
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, error]) =>
      name.startsWith(start) ? [[name.slice(start.length), error] as const] : [],
    ),
  );
}
