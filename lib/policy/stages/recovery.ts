import type { Notification } from "@/lib/core/notification";
import type { AlertDelivery, OpenAlert, RoutedChannel } from "@/lib/core/routing";
import { composeRecovery, composeWorksAgain } from "../message";
import { isOwnMessage, type Plan, type PlannedDelivery, type Situation } from "../plan";
import { targetKey } from "../rules";
import { isBeforeItsTime, isLater, isSent, isWaiting } from "./alert-deliveries";
import type { Correlation } from "./correlate";
import { withoutSecondMail } from "./one-mail";

/** What one recipient was sent, and is still to be sent, about one alert that is over. */
interface EndedAlert {
  ended: Correlation["ended"][number];
  sent: AlertDelivery[];
  waiting: AlertDelivery[];
}

/**
 * Notifies those who were notified of a problem that it is over; a problem whose notification was never sent is
 * reported in the same message. Reminders and escalations that wait are canceled, and so is what waits for its time: nobody was
 * notified.
 */
export function recovery(situation: Situation, plan: Plan): Plan {
  if (plan.correlation.ended.length === 0) return plan;
  const next = { ...plan, cancels: [...plan.cancels, ...laterCancels(situation, plan)] };
  let result: Plan = next;
  for (const list of endedByRecipient(situation, plan).values()) {
    const notified = list
      .filter(({ sent, waiting }) => sent.length + waiting.length > 0)
      .sort((a, b) => a.ended.alert.openedAt - b.ended.alert.openedAt);
    const [first] = notified;
    const sample = first && latestOf(first);
    const channel = sample && situation.routing.channels.get(sample.channelId);
    if (!first || !sample || !channel) continue;
    // Such a service would keep the other problems open: each is closed by a message of its own.
    result = channel.closesAlerts
      ? notified.reduce((at, one, index) => closeOne(situation, at, channel, one, index), result)
      : recoverAll(situation, result, channel, notified, first, sample);
  }
  return withoutSecondMail(situation, result);
}

function laterCancels({ alertDeliveries, now }: Situation, { correlation }: Plan): Plan["cancels"] {
  const over = new Set(correlation.ended.map(({ alert }) => alert.id));
  return alertDeliveries
    .filter((one) => over.has(one.alertId))
    .filter((one) => (isLater(one) ? isWaiting(one) : isBeforeItsTime(one, now)))
    .map((one) => ({ deliveryId: one.id, code: "alert_resolved" as const }));
}

function endedByRecipient({ alertDeliveries, now }: Situation, { correlation }: Plan): Map<string, EndedAlert[]> {
  const byRecipient = new Map<string, EndedAlert[]>();
  for (const ended of correlation.ended) {
    for (const one of alertDeliveries) {
      if (one.alertId !== ended.alert.id) continue;
      if (isLater(one) && !isSent({ effectiveStatus: one.status })) continue;
      if (isBeforeItsTime(one, now)) continue;
      const key = targetKey(one.channelId, one.recipient);
      const list = byRecipient.get(key) ?? [];
      byRecipient.set(key, list);
      let entry = list.find((item) => item.ended === ended);
      if (!entry) {
        entry = { ended, sent: [], waiting: [] };
        list.push(entry);
      }
      if (isSent(one)) entry.sent.push(one);
      else if (isWaiting({ status: one.effectiveStatus })) entry.waiting.push(one);
    }
  }
  return byRecipient;
}

/** One message for everything that is over, or none where nobody asked for it. */
function recoverAll(
  situation: Situation,
  plan: Plan,
  channel: RoutedChannel,
  notified: readonly EndedAlert[],
  first: EndedAlert,
  sample: AlertDelivery,
): Plan {
  if (channel.isMonitor) return plan;
  const { alert, sendsRecovery } = first.ended;
  const isUnsent = notified.every(({ sent }) => sent.length === 0);
  const unsent = notified.flatMap(({ waiting }) => waiting).filter(isWaiting);
  const own = plan.deliveries.find(
    (one) =>
      one.kind === "initial" &&
      isOwnMessage(one) &&
      one.target.channelId === sample.channelId &&
      one.target.recipient === sample.recipient,
  );
  if (own) {
    const text = own.notification ?? plan.notification;
    const merged: PlannedDelivery = {
      ...own,
      notification: sendsRecovery ? composeRecovery(text, alert, isUnsent) : composeWorksAgain(text, alert),
      // It goes on in the problem's thread.
      alertId: sendsRecovery ? alert.id : own.alertId,
    };
    const deliveries = plan.deliveries.map((one) => (one === own ? merged : one));
    return { ...plan, deliveries, folds: [...plan.folds, ...foldsInto(own.id, unsent)] };
  }
  if (!channel.enabled) return plan;
  const isWanted =
    sendsRecovery && notified.some(({ sent, waiting }) => [...sent, ...waiting].some((one) => one.notifyOnRecovery));
  if (!isWanted) return reportAsOver(plan, alert, unsent);
  const text = composeRecovery(plan.notification, alert, isUnsent);
  const delivery = recoveryDelivery(situation, channel, sample, alert, text, 0);
  return {
    ...plan,
    deliveries: [...plan.deliveries, delivery],
    folds: [...plan.folds, ...foldsInto(delivery.id, unsent)],
  };
}

/** No recovery is wanted; but a message that still waits must not report a problem that is over. */
function reportAsOver(plan: Plan, alert: OpenAlert, unsent: readonly AlertDelivery[]): Plan {
  const amendments = unsent
    .filter((one) => !isLater(one))
    .map(({ id, foldedCount }) => ({
      deliveryId: id,
      notification: composeRecovery(plan.notification, alert, true),
      foldedCount,
    }));
  return { ...plan, amendments: [...plan.amendments, ...amendments] };
}

/** Closes one problem at a service that keeps problems open, whether or not a recovery is wanted. */
function closeOne(situation: Situation, plan: Plan, channel: RoutedChannel, one: EndedAlert, step: number): Plan {
  const sample = latestOf(one);
  if (!sample || !channel.enabled) return plan;
  const { alert } = one.ended;
  const text = composeRecovery(plan.notification, alert, one.sent.length === 0);
  const delivery = recoveryDelivery(situation, channel, sample, alert, text, step);
  return {
    ...plan,
    deliveries: [...plan.deliveries, delivery],
    folds: [...plan.folds, ...foldsInto(delivery.id, one.waiting.filter(isWaiting))],
  };
}

function recoveryDelivery(
  { newId }: Situation,
  channel: RoutedChannel,
  { channelId, recipient, userId, route, ruleId }: AlertDelivery,
  alert: OpenAlert,
  notification: Notification,
  step: number,
): PlannedDelivery {
  return {
    id: newId("dlv"),
    channel,
    target: {
      channelId,
      recipient,
      userId,
      isForUser: false,
      route,
      ruleId,
      repeat: "every",
      remindHours: null,
      notifyOnRecovery: false,
      text: null,
    },
    kind: "recovery",
    step,
    alertId: alert.id,
    dedupKey: alert.dedupKey,
    notification,
    suppressed: null,
    held: null,
    dropped: null,
    folded: null,
  };
}

function latestOf({ sent, waiting }: EndedAlert): AlertDelivery | undefined {
  return [...sent, ...waiting].at(-1);
}

function foldsInto(into: string, unsent: readonly AlertDelivery[]): Plan["folds"] {
  return unsent.map(({ id }) => ({ deliveryId: id, into, code: "recovered_before_sent" as const }));
}
