import type { ReasonCode } from "@/lib/core/delivery-reason";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { isOwnMessage, type Plan, type PlannedDelivery, type Situation } from "./plan";
import { eventSetting } from "./rules";

/** A person or a setting decided that a notification is not sent: then it does not count that nobody gets it. */
const DELIBERATE = new Set<ReasonCode>([
  "event_disabled",
  "below_min_severity",
  "user_only",
  "below_count",
  "already_notified",
  "silence_dropped",
]);

/** Whether a suppressed or canceled delivery was left out on purpose. */
export function isDeliberate(code: ReasonCode | null): boolean {
  return code === "canceled_by_person" || (code !== null && DELIBERATE.has(code));
}

/**
 * From when it counts that no channel has taken an alert, milliseconds: from when the first of its notifications may be
 * sent, also when there is none at all. Decided when the alert opens, and again while nothing was planned about it.
 * @returns null when it does not count: it was left out on purpose, or the installation has no channel at all
 */
export function unheardFrom(situation: Situation, plan: Plan): number | null {
  const { effect, own } = plan.correlation;
  const isFirst = effect === "open" || (effect === "count" && own !== null && situation.alertDeliveries.length === 0);
  if (!isFirst) return null;
  const starts = plan.deliveries.filter(isOwnMessage).map((one) => sendableFrom(one, situation.now));
  if (starts.length > 0) return Math.min(...starts);
  // What counts up was decided when the alert opened.
  if (effect === "count" || !hasChannel(situation) || isLeftOut(situation, plan)) return null;
  return situation.now;
}

function sendableFrom({ held, notBefore }: PlannedDelivery, now: number): number {
  return Math.max(held?.until ?? now, notBefore ?? now);
}

/** The system mail server alone is none that anybody set up for alerts. */
function hasChannel({ routing: { channels } }: Situation): boolean {
  return channels.size > (channels.has(SYSTEM_MAIL_ID) ? 1 : 0);
}

function isLeftOut({ routing }: Situation, plan: Plan): boolean {
  const isOff = plan.type.audience !== "job" && !eventSetting(routing, plan.type).enabled;
  return (
    isOff || plan.deliveries.some(({ suppressed, dropped }) => isDeliberate((suppressed ?? dropped)?.code ?? null))
  );
}
