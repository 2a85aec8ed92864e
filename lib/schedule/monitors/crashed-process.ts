import { hostname } from "node:os";
import { systemError } from "@/lib/events/system-error";
import { componentSubject } from "./component";
import { defineMonitor } from "./define-monitor";

/** After a crash the process counts as stable again when it has run so long, milliseconds. */
const STABLE_AFTER_MS = 300_000;

/** The previous process of this installation did not crash, or this one has been stable since. */
export const crashedProcess = defineMonitor({
  name: "process monitor",
  everyMs: 15_000,
  eventType: systemError.type,
  async check(now, context) {
    const { lastCrash, startedAt } = context;
    const subject = componentSubject({ id: "process", name: "Belfry" }, context);
    if (now - startedAt >= STABLE_AFTER_MS) return [{ subject, problem: null }];
    if (!lastCrash) return [];
    const error = `Belfry ended unexpectedly at ${lastCrash.at} and was started again: ${lastCrash.message}`;
    return [{ subject, problem: { error, host: hostname() }, occurrence: lastCrash.at }];
  },
});
