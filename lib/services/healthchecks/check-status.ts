import type { CheckDue } from "@/db/queries/check-counts";
import type { CheckRow } from "@/db/queries/healthchecks";
import type { JobHealth } from "@/lib/core/job-health";

/** The states of Healthchecks, version 2 and later. */
export const CHECK_STATUSES = ["new", "up", "grace", "down", "paused"] as const;
export type CheckStatus = (typeof CHECK_STATUSES)[number];

const MINUTE_MS = 60_000;

/** How an external job is doing, in the terms of Healthchecks. @param now milliseconds */
export function checkStatus(
  { enabled, health, nextRunAt, graceMinutes }: Pick<CheckRow, "enabled" | "health" | "nextRunAt" | "graceMinutes">,
  now: number,
): CheckStatus {
  const isAwaited = nextRunAt !== null && nextRunAt <= now;
  const due = !isAwaited ? "up" : nextRunAt + graceMinutes * MINUTE_MS > now ? "grace" : "down";
  return statusOfCheck(enabled ? health : "paused", due);
}

/** The same, from what is known of its last run and of the next. */
export function statusOfCheck(health: JobHealth, due: CheckDue): CheckStatus {
  if (health === "paused" || health === "new") return health;
  return health === "failing" || health === "overdue" || health === "late" ? "down" : due;
}
