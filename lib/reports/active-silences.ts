import type { RunningSilence } from "@/db/queries/report";
import { nextRun } from "@/lib/core/cron/next-run";

/** The silences that hold at this moment, with their ends: of a recurring one that of its present time. */
export function activeSilences(
  silences: readonly RunningSilence[],
  now: number,
): { reason: string; until: number | null }[] {
  return silences.flatMap(({ reason, endsAt, recurring }) => {
    if (!recurring) return [{ reason, until: endsAt }];
    const lasts = recurring.minutes * 60_000;
    const began = lastBeginning(recurring, now, lasts);
    return began === null ? [] : [{ reason, until: Math.min(began + lasts, endsAt ?? Number.POSITIVE_INFINITY) }];
  });
}

/** When the time began that `now` lies in; null between two times. */
function lastBeginning(schedule: { cron: string; timezone: string }, now: number, lasts: number): number | null {
  try {
    let last: number | null = null;
    let next = nextRun(schedule, now - lasts);
    // Times may overlap; more than this many at once say nothing else.
    for (let count = 0; next !== null && next <= now && count < 1_000; count++) {
      last = next;
      next = nextRun(schedule, next);
    }
    return last;
  } catch {
    return null;
  }
}
