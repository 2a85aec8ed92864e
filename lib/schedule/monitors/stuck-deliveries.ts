import { hostname } from "node:os";
import { databaseNow } from "@/db/database-clock";
import { stuckChannels } from "@/db/queries/progress";
import { formatDuration, pluralize } from "@/lib/core/format-units";
import { systemError } from "@/lib/events/system-error";
import { defineMonitor } from "./define-monitor";

/** One for all processes: they share the deliveries. */
const SUBJECT = { kind: "component", id: "deliveries", name: "Deliveries" } as const;
/** Names of channels that a message lists. */
const NAMED = 5;

/** What may be sent is sent. A channel that fails or pauses reports itself. */
export const stuckDeliveries = defineMonitor({
  name: "deliveries monitor",
  everyMs: 30_000,
  eventType: systemError.type,
  async check() {
    const now = databaseNow();
    const stuck = await stuckChannels(now);
    if (stuck.length === 0) return [{ subject: SUBJECT, problem: null }];
    const names = stuck.slice(0, NAMED).map(({ name }) => name);
    if (stuck.length > NAMED) names.push(`${stuck.length - NAMED} more`);
    const oldest = formatDuration(now - Math.min(...stuck.map(({ dueAt }) => dueAt)));
    const error = `Notifications of ${pluralize(stuck.length, "healthy channel")} (${names.join(", ")}) are not sent, the oldest for ${oldest}.`;
    const advice =
      "Check that a process that delivers runs, and what its log says. Restarting it takes everything up again.";
    return [{ subject: SUBJECT, problem: { error, advice, host: hostname() } }];
  },
});
