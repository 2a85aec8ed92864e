import { outcomesByQuarter } from "@/db/queries/overview";
import { sharedState } from "@/lib/core/runtime";
import { dayNames } from "@/lib/services/calendar-day";
import { DAYS, lastDays } from "@/lib/services/jobs/days";

const HOUR_MS = 3_600_000;
/** A month may have hundreds of thousands of runs: they are counted in pieces, between which others have their turn. */
const SLICE_MS = 6 * HOUR_MS;
/** The results of a slice that is over change only by a clean-up. */
const SLICE_MAX_AGE_MS = HOUR_MS;
const NEWEST_MAX_AGE_MS = 5_000;

type Outcomes = Awaited<ReturnType<typeof outcomesByQuarter>>;

/** The runs of all jobs that ended on one day. */
interface AllDay {
  /** `2026-11-20` */
  day: string;
  success: number;
  warning: number;
  failure: number;
}

const kept = sharedState("overview.all-days", () => new Map<number, { readAt: number; outcomes: Outcomes }>());

/** The last 30 days of all jobs together, oldest first. @param timezone IANA name of the zone whose days are counted */
export async function daysOfAllJobs(now: number, timezone: string): Promise<AllDay[]> {
  const dayOf = dayNames(timezone);
  const days = new Map(lastDays(now, dayOf).map((day) => [day, { day, success: 0, warning: 0, failure: 0 }]));
  const first = Math.floor((now - (DAYS + 1) * 24 * HOUR_MS) / SLICE_MS) * SLICE_MS;
  for (const from of kept.keys()) if (from < first || from > now) kept.delete(from);
  for (let from = first; from <= now; from += SLICE_MS) {
    for (const { at, status, count } of await outcomesOfSlice(from, now)) {
      const day = days.get(dayOf(at));
      if (day && (status === "success" || status === "warning" || status === "failure")) day[status] += count;
    }
  }
  return [...days.values()];
}

async function outcomesOfSlice(from: number, now: number): Promise<Outcomes> {
  const known = kept.get(from);
  const isOver = from + SLICE_MS < now - HOUR_MS;
  const maxAgeMs = isOver ? SLICE_MAX_AGE_MS : NEWEST_MAX_AGE_MS;
  if (known && performance.now() - known.readAt < maxAgeMs) return known.outcomes;
  const readAt = performance.now();
  const outcomes = await outcomesByQuarter(from, from + SLICE_MS);
  kept.set(from, { readAt, outcomes });
  // SQLite answers at once: without this all slices would be one turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  return outcomes;
}
