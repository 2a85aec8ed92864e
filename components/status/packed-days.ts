import type { StripDay } from "./strip-days";

const DAY_MS = 24 * 3_600_000;

/**
 * Days that follow each other as one short text: `2026-11-20;;2,,1,309000`. A page sends the days of each job of a list to the
 * browser once more than it shows them, and as objects they are a third of it.
 */
export function packDays(days: readonly StripDay[]): string {
  const counts = days.map(({ success, warning, failure, bytes = 0 }) => {
    const parts = [success, warning, failure, bytes];
    while (parts.at(-1) === 0) parts.pop();
    return parts.map((part) => part || "").join(",");
  });
  return [days[0]?.day ?? "", ...counts].join(";");
}

/** The days of `packDays`. */
export function unpackDays(packed: string): StripDay[] {
  const [first = "", ...counts] = packed.split(";");
  const began = Date.parse(`${first}T00:00:00Z`);
  return counts.map((text, index) => {
    const [success = 0, warning = 0, failure = 0, bytes = 0] = text.split(",").map(Number);
    return { day: new Date(began + index * DAY_MS).toISOString().slice(0, 10), success, warning, failure, bytes };
  });
}
