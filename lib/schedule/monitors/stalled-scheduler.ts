import { hostname } from "node:os";
import { formatDuration } from "@/lib/core/format-units";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { systemError } from "@/lib/events/system-error";
import { componentSubject } from "./component";
import { defineMonitor } from "./define-monitor";

/** The scheduler ticks every second; this long without a tick is a stall. */
const STALL_MS = 60_000;

/** The scheduler of this process ticks. */
export const stalledScheduler = defineMonitor({
  name: "scheduler monitor",
  everyMs: 15_000,
  eventType: systemError.type,
  appliesTo: ({ hasScheduler }) => hasScheduler,
  async check(now, context) {
    const subject = componentSubject({ id: "scheduler", name: "Scheduler" }, context);
    const silentMs = now - (peekRuntimeValue("lastTickAt") ?? now);
    if (silentMs < STALL_MS) return [{ subject, problem: null }];
    const error = `The scheduler has not checked for due backups for ${formatDuration(silentMs)}.`;
    return [{ subject, problem: { error, host: hostname() } }];
  },
});
