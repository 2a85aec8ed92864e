import type { RunStatus } from "@/lib/core/run";

interface Ended {
  id: string;
  status: RunStatus;
  queuedAt: string;
  startedAt: string | null;
}

/**
 * The first of the failures without a success since, and how many there were.
 * @param runs the newest first; those that are under way or were canceled count as neither
 * @returns null while the last result is no failure
 */
export function failingSince<R extends Ended>(runs: readonly R[]): (R & { count: number }) | null {
  const results = runs.filter(({ status }) => ["success", "warning", "failure"].includes(status));
  const end = results.findIndex(({ status }) => status !== "failure");
  const failures = end < 0 ? results : results.slice(0, end);
  const first = failures.at(-1);
  return first ? { ...first, count: failures.length } : null;
}
