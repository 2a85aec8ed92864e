import { hostname } from "node:os";
import { compareClocks, isClockRight, isClockWrong } from "@/db/database-clock";
import { formatDuration } from "@/lib/core/format-units";
import { systemError } from "@/lib/events/system-error";
import { componentSubject } from "./component";
import { defineMonitor } from "./define-monitor";

/** The clock of this process agrees with the database's, which is the one that all processes share. */
export const processClock = defineMonitor({
  name: "process clock monitor",
  everyMs: 5_000,
  eventType: systemError.type,
  appliesTo: ({ processId }) => processId !== null,
  async check(_now, context) {
    const subject = componentSubject({ id: "clock", name: "Clock" }, context);
    const difference = await compareClocks();
    if (isClockRight(difference)) return [{ subject, problem: null }];
    // An answer that was too slow says nothing.
    if (!isClockWrong(difference)) return [];
    const { aheadMs } = difference;
    const which = aheadMs > 0 ? "ahead of" : "behind";
    const error = `The clock of this machine is ${formatDuration(Math.abs(aheadMs))} ${which} the database's.`;
    const advice =
      "Set the clock that is wrong, and let a time server keep both, for example with timedatectl. Until then this process leaves deliveries and schedules to the others whose clock is right.";
    return [{ subject, problem: { error, advice, host: hostname() } }];
  },
});
