/** The last moment that a date can hold. */
const MAX_MS = 8_640_000_000_000_000;

/** ISO 8601 in UTC, the only form in which times leave the program. `null` stays `null`. */
export function toIso(at: number): string;
export function toIso(at: number | null | undefined): string | null;
export function toIso(at: number | null | undefined): string | null {
  if (at === null || at === undefined) return null;
  // A damaged row must not take down the list it stands in.
  const isTime = Math.abs(Number(at)) <= MAX_MS;
  return new Date(isTime ? at : 0).toISOString();
}
