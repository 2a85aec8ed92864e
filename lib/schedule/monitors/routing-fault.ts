import { openSubjects } from "@/db/queries/alerts";
import { ROUTING } from "@/lib/dispatch/emit";
import { systemError } from "@/lib/events/system-error";
import { defineMonitor } from "./define-monitor";

/** Routing counts as working again after so long without an error, milliseconds. */
const QUIET_MS = 300_000;

/**
 * Resolves the alert of a routing error, which `emit` itself raises, when no further error followed for a while:
 * otherwise nobody would be notified of the next one.
 */
export const routingFault = defineMonitor({
  name: "routing monitor",
  everyMs: 15_000,
  eventType: systemError.type,
  async check(now) {
    const open = (await openSubjects(systemError.type)).find(({ subjectId }) => subjectId === ROUTING.id);
    return open && now - open.lastAt >= QUIET_MS ? [{ subject: ROUTING, problem: null }] : [];
  },
});
