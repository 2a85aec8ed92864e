const DAY_MS = 86_400_000;

/**
 * The weeks of a month, each from Monday to Sunday: `2026-11-20`, or null where the day is of another month.
 * @param month `2026-11`
 */
export function calendarWeeks(month: string): (string | null)[][] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const first = Date.UTC(year, number - 1, 1);
  const last = Date.UTC(year, number, 0);
  const beforeFirst = (new Date(first).getUTCDay() + 6) % 7;
  const weeks: (string | null)[][] = [];
  for (let monday = first - beforeFirst * DAY_MS; monday <= last; monday += 7 * DAY_MS) {
    const days = Array.from({ length: 7 }, (_, index) => monday + index * DAY_MS);
    weeks.push(days.map((at) => (at < first || at > last ? null : new Date(at).toISOString().slice(0, 10))));
  }
  return weeks;
}

/** The month that is some months away. @param month `2026-11` */
export function monthBeside(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}
