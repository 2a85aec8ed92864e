import { hostname } from "node:os";
import { databaseNow } from "@/db/database-clock";
import { lastSchedulerTick } from "@/db/queries/progress";
import { formatDuration } from "@/lib/core/format-units";
import { SCHEDULER_STALL_MS } from "@/lib/core/health-limits";
import { systemError } from "@/lib/events/system-error";
import { defineMonitor } from "./define-monitor";

/** One for all processes: one scheduler leads, in one of them. */
const SUBJECT = { kind: "component", id: "scheduler", name: "Scheduler" } as const;

/** The scheduler that leads looks for due backups. */
export const stalledScheduler = defineMonitor({
  name: "scheduler monitor",
  everyMs: 15_000,
  eventType: systemError.type,
  async check() {
    const now = databaseNow();
    const silentMs = now - ((await lastSchedulerTick()) ?? now);
    if (silentMs < SCHEDULER_STALL_MS) return [{ subject: SUBJECT, problem: null }];
    const error = `The scheduler has not checked for due backups for ${formatDuration(silentMs)}.`;
    return [{ subject: SUBJECT, problem: { error, host: hostname() } }];
  },
});
