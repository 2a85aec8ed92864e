/** Milliseconds of a time as verbs answer with it (ISO 8601); null stays null. */
export function msOf(iso: string): number;
export function msOf(iso: string | null): number | null;
export function msOf(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso);
}
