/** ISO 8601 in UTC, the only form in which times leave the program. `null` stays `null`. */
export function toIso(at: number): string;
export function toIso(at: number | null | undefined): string | null;
export function toIso(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : new Date(at).toISOString();
}
