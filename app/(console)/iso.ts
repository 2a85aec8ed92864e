/** A time of an answer (ISO 8601) as milliseconds, for components. */
export function msOf(iso: string): number;
export function msOf(iso: string | null): number | null;
export function msOf(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso);
}
