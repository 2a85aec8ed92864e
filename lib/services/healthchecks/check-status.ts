import type { CheckRow } from "@/db/queries/healthchecks";

/** The states of Healthchecks, version 2 and later. */
export const CHECK_STATUSES = ["new", "up", "grace", "down", "paused"] as const;
export type CheckStatus = (typeof CHECK_STATUSES)[number];

const MINUTE_MS = 60_000;

/** How an external job is doing, in the terms of Healthchecks. @param now milliseconds */
export function checkStatus(
  { enabled, health, nextRunAt, graceMinutes }: Pick<CheckRow, "enabled" | "health" | "nextRunAt" | "graceMinutes">,
  now: number,
): CheckStatus {
  if (!enabled) return "paused";
  if (health === "failing" || health === "overdue" || health === "late") return "down";
  if (health === "new") return "new";
  if (nextRunAt === null || nextRunAt > now) return "up";
  return nextRunAt + graceMinutes * MINUTE_MS > now ? "grace" : "down";
}
