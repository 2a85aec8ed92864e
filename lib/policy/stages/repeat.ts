import { mapOwnMessages, type Plan, type Situation } from "../plan";
import { aboutSameAlert, isHeldAsMilder, isWaitingOrSent } from "./alert-deliveries";

/** A recipient who gets each problem once, or once and reminders, is not sent its next occurrence. */
export function repeat(situation: Situation, plan: Plan): Plan {
  const { own, severity } = plan.correlation;
  if (!own) return plan;
  return mapOwnMessages(plan, (delivery) => {
    if (delivery.target.repeat === "every") return delivery;
    const isCovered = aboutSameAlert(situation, own.id, delivery.target).some(
      // A step of an escalation that waits, or was sent, is no first notification.
      (one) => one.kind !== "escalation" && isWaitingOrSent(one) && !isHeldAsMilder(one, own, severity),
    );
    return isCovered ? { ...delivery, suppressed: { code: "already_notified", by: own.id } } : delivery;
  });
}
