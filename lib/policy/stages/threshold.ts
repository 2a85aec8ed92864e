import { jobOutcomeOf } from "@/lib/events/catalog";
import { mapOwnMessages, type Plan, type PlannedDelivery, type Situation } from "../plan";
import { aboutSameAlert, isWaitingOrSent } from "./alert-deliveries";

const HOUR_MS = 3_600_000;

/**
 * A rule that notifies only of what lasts: occurrences in a row before its count are suppressed, and the first notification
 * waits until the job has had no success for its hours. Those who were notified of the problem get what the rule's repeat says.
 */
export function threshold(situation: Situation, plan: Plan): Plan {
  const { effect, own } = plan.correlation;
  if (effect !== "open" && effect !== "count") return plan;
  const count = (own?.count ?? 0) + 1;
  return mapOwnMessages(plan, (delivery) => {
    const { afterCount, afterHours } = delivery.target;
    if (afterCount && count < afterCount) return { ...delivery, suppressed: { code: "below_count" } };
    return afterHours ? waitForHours(situation, plan, delivery, afterHours) : delivery;
  });
}

function waitForHours(situation: Situation, plan: Plan, delivery: PlannedDelivery, hours: number): PlannedDelivery {
  const { own } = plan.correlation;
  const isPlanned = own && aboutSameAlert(situation, own.id, delivery.target).some(isWaitingOrSent);
  const notBefore = withoutSuccessSince(situation, plan) + hours * HOUR_MS;
  if (isPlanned || notBefore <= situation.now) return delivery;
  // Somebody takes care of it: that canceled what waited, and the next occurrence does not plan it again.
  if (own?.status === "acknowledged") return { ...delivery, suppressed: { code: "alert_acknowledged", by: own.id } };
  return { ...delivery, notBefore };
}

/**
 * Since when the job has had no success: its last backup before the problem, or the problem itself where there is none. A
 * backup with warnings is a success, except where the warning is the problem.
 */
function withoutSuccessSince({ draft, at, lastBackup }: Situation, { correlation }: Plan): number {
  const begin = correlation.own?.openedAt ?? at;
  const isWarning = jobOutcomeOf(draft.type) === "warning";
  const made = isWarning ? lastBackup?.clean : lastBackup?.any;
  return Math.min(begin, made ?? begin);
}
