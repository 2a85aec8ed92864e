/** Milliseconds of an ISO 8601 time; null stays null. */
export function msOf(iso: string): number;
export function msOf(iso: string | null): number | null;
export function msOf(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso);
}
