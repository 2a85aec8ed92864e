import type { ReactNode } from "react";

interface FactItem {
  label: string;
  value: ReactNode;
}

/** A list of labels with values. Items without a value are omitted. */
export function Facts({ items }: { items: readonly FactItem[] }) {
  return (
    <dl className="grid grid-cols-[minmax(96px,auto)_1fr] gap-x-6 gap-y-2 text-sm">
      {items
        .filter(({ value }) => value !== null && value !== undefined && value !== "" && value !== false)
        .map(({ label, value }) => (
          <div key={label} className="contents">
            <dt className="text-muted">{label}</dt>
            <dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
