import { openSubjects } from "@/db/queries/alerts";
import { systemError } from "@/lib/events/system-error";
import { CLOCK } from "../impossible-times";
import { defineMonitor } from "./define-monitor";

/** The clock counts as right again after so long without a correction, milliseconds. */
const QUIET_MS = 3_600_000;

/**
 * Resolves the alert about a clock that was wrong, which the scheduler raises when it corrects what that clock dated,
 * when nothing more had to be corrected for a while.
 */
export const clockFault = defineMonitor({
  name: "clock monitor",
  everyMs: 60_000,
  eventType: systemError.type,
  async check(now) {
    const open = (await openSubjects(systemError.type)).find(({ subjectId }) => subjectId === CLOCK.id);
    return open && now - open.lastAt >= QUIET_MS ? [{ subject: CLOCK, problem: null }] : [];
  },
});
