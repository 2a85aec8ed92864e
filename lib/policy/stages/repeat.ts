import { mapOwnMessages, type Plan, type Situation } from "../plan";
import { aboutSameAlert, isWaitingOrSent } from "./alert-deliveries";

/** A recipient who gets each problem once, or once and reminders, is not sent its next occurrence. */
export function repeat(situation: Situation, plan: Plan): Plan {
  const { own } = plan.correlation;
  if (!own) return plan;
  return mapOwnMessages(plan, (delivery) => {
    if (delivery.target.repeat === "every") return delivery;
    const isCovered = aboutSameAlert(situation, own.id, delivery.target).some(isWaitingOrSent);
    return isCovered ? { ...delivery, suppressed: { code: "already_notified", by: own.id } } : delivery;
  });
}
