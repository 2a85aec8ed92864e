import type { Amendment } from "@/lib/core/routing";
import { composeAgain } from "../message";
import { isOwnMessage, type Plan, type PlannedDelivery, type Situation } from "../plan";
import { aboutSameAlert, isHeldAsMilder, isWaiting } from "./alert-deliveries";

/**
 * A problem that happens again while its first notification still waits is sent once: the waiting one gets the newer
 * text and the count, and carries this one; or, when that one is held and the problem has become worse, the other way round.
 * Monitors count runs, so each of theirs goes by itself.
 */
export function fold(situation: Situation, plan: Plan): Plan {
  const { own, severity } = plan.correlation;
  if (!own) return plan;
  const amendments: Amendment[] = [...plan.amendments];
  const folds = [...plan.folds];
  const deliveries = plan.deliveries.map((delivery): PlannedDelivery => {
    if (!isOwnMessage(delivery) || delivery.channel.isMonitor) return delivery;
    const head = aboutSameAlert(situation, own.id, delivery.target).find(
      (one) => isWaiting(one) && one.kind === "initial",
    );
    if (!head) return delivery;
    const notification = composeAgain(delivery.notification ?? plan.notification, own.count + 1, own.openedAt);
    if (isHeldAsMilder(head, own, severity)) {
      folds.push({ deliveryId: head.id, into: delivery.id, code: "merged" });
      return { ...delivery, notification };
    }
    amendments.push({
      deliveryId: head.id,
      notification,
      foldedCount: head.foldedCount + 1,
    });
    return { ...delivery, folded: { into: head.id, code: "merged" } };
  });
  return { ...plan, deliveries, amendments, folds };
}
