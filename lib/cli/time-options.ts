import { type Flags, textOption, UsageError } from "./command";

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** How long `30m`, `8h` or `2d` is, milliseconds; null for any other text. */
function parseSpan(text: string): number | null {
  const [, amount, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  return amount === undefined ? null : Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/** When `--for 8h` or `--until TIME` ends. @returns ISO 8601; null where neither is given @throws UsageError */
export function endOption(flags: Flags, now: number): string | null {
  const [span, until] = [textOption(flags, "for"), textOption(flags, "until")];
  if (span !== undefined && until !== undefined) throw new UsageError("Use either --for or --until.");
  if (until !== undefined) {
    const at = Date.parse(until);
    if (Number.isNaN(at)) throw new UsageError("--until takes a time such as 2026-01-31T08:00:00Z.");
    return new Date(at).toISOString();
  }
  if (span === undefined) return null;
  const lasts = parseSpan(span);
  if (lasts === null) throw new UsageError("--for takes a span such as 30m, 8h or 2d.");
  return new Date(now + lasts).toISOString();
}

/** A time, or how long ago. @returns ISO 8601 @throws UsageError */
export function parseSince(text: string, now: number): string {
  const ago = parseSpan(text);
  const at = ago === null ? Date.parse(text) : now - ago;
  if (Number.isNaN(at))
    throw new UsageError(`--since ${text}: enter a time, as in 2026-03-05T14:00Z, or 30m, 12h, 7d.`);
  return new Date(at).toISOString();
}
