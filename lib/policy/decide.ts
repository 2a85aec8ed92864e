import type { EventDraft } from "@/lib/core/event";
import type { Notification } from "@/lib/core/notification";
import type {
  AlertDelivery,
  AlertWrite,
  DeliveryDraft,
  EventPlan,
  JobNotificationRule,
  OpenAlert,
  RoutingSnapshot,
  Target,
} from "@/lib/core/routing";
import { type CatalogEntry, catalogEntry } from "@/lib/events/catalog";
import {
  compose,
  composeAgain,
  composeForUser,
  composeRecovery,
  composeUserNotNotified,
  composeWorksAgain,
} from "./compose";
import { type Correlation, correlate } from "./correlate";
import { route, targetKey } from "./route";

/** Everything that one event's fate depends on. */
export interface Situation {
  draft: EventDraft;
  /** When it happened, milliseconds. */
  at: number;
  /** When it is decided, milliseconds: a mute counts from now, not from what happened. */
  now: number;
  newId(prefix: string): string;
  routing: RoutingSnapshot;
  rows: readonly JobNotificationRule[];
  /** Open alerts of the event's keys, and what was told of them. */
  open: readonly OpenAlert[];
  told: readonly AlertDelivery[];
}

const WAITING = new Set(["pending", "held"]);
const TOLD = new Set(["sent", "sending"]);

/** Correlate, route, compose: the whole decision about one event, without clock, database or network. */
export function decide(situation: Situation): EventPlan {
  const { draft, at, open } = situation;
  const entry = catalogEntry(draft.type);
  const correlation = correlate(draft, entry, open);
  const base = compose(draft, entry, correlation, at);
  const alertId = correlation.own?.id ?? (correlation.effect === "open" ? situation.newId("alr") : null);
  const notification: Notification = alertId ? { ...base, alertId } : base;

  const plan: EventPlan = {
    notification,
    tone: notification.tone,
    severity: notification.severity,
    dedupKey: correlation.dedupKey,
    alertId: alertId ?? correlation.ended[0]?.alert.id ?? null,
    alerts: alertWrites(draft, correlation, notification, alertId, at),
    deliveries: [],
    amendments: [],
    folds: [],
    cancels: [],
  };
  const { targets, couldNotNotifyUser } =
    correlation.effect === "ends"
      ? { targets: [], couldNotNotifyUser: false }
      : route(draft, situation.routing, situation.rows);
  if (couldNotNotifyUser) plan.notification = composeUserNotNotified(notification);
  planInitial(plan, situation, entry, correlation, targets, alertId);
  planRecoveries(plan, situation, correlation);
  return plan;
}

function alertWrites(
  draft: EventDraft,
  correlation: Correlation,
  text: Notification,
  alertId: string | null,
  at: number,
): AlertWrite[] {
  const { tone, severity, dedupKey, effect, own, ended } = correlation;
  const said = { tone, severity, title: text.title, message: text.message, at };
  const writes: AlertWrite[] = ended.map(({ alert }) => ({ kind: "resolve", id: alert.id, at, by: text.typeName }));
  if (effect === "count" && own) writes.push({ kind: "count", id: own.id, ...said });
  if (effect === "open" && alertId && dedupKey) {
    writes.push({ kind: "open", id: alertId, type: draft.type, dedupKey, subject: draft.subject, ...said });
  }
  return writes;
}

/** The event's own deliveries: one per channel and recipient, unless the repeat rule or an unsent one covers it. */
function planInitial(
  plan: EventPlan,
  situation: Situation,
  entry: CatalogEntry,
  correlation: Correlation,
  targets: Target[],
  alertId: string | null,
): void {
  const { own } = correlation;
  for (const target of targets) {
    const isMonitor = situation.routing.channels.get(target.channelId)?.isMonitor ?? false;
    const earlier = own ? situation.told.filter((one) => one.alertId === own.id && isSame(one, target)) : [];
    const isCovered = earlier.some((one) => TOLD.has(one.effectiveStatus) || WAITING.has(one.effectiveStatus));
    if (target.repeat !== "every" && isCovered) continue;

    const text = target.isForUser
      ? composeForUser(situation.draft, entry, correlation, situation.at)
      : plan.notification;
    const row = draftOf(situation, target, {
      alertId,
      key: correlation.ended[0]?.alert.dedupKey ?? plan.dedupKey,
      notification: target.isForUser ? text : null,
      text,
    });
    const head = earlier.find((one) => WAITING.has(one.status) && one.kind === "initial");
    // A monitor counts runs: each has to end by itself.
    if (head && own && !isMonitor) {
      const times = head.foldedCount + 2;
      plan.amendments.push({
        deliveryId: head.id,
        notification: composeAgain(text, own.count + 1, own.openedAt),
        foldedCount: times - 1,
      });
      plan.deliveries.push({ ...row, status: "folded", foldedInto: head.id });
    } else plan.deliveries.push(row);
  }
}

/** What one recipient of a channel was told, and is still to be told, of one ended alert. */
interface EndedFor {
  ended: Correlation["ended"][number];
  sent: AlertDelivery[];
  waiting: AlertDelivery[];
}

/** Tells those who got a problem that it is over; a problem that never got out is said in the same message. */
function planRecoveries(plan: EventPlan, situation: Situation, correlation: Correlation): void {
  for (const [key, list] of endedByTarget(plan, situation, correlation)) {
    const relevant = list
      .filter(({ sent, waiting }) => sent.length + waiting.length > 0)
      .sort((a, b) => a.ended.alert.openedAt - b.ended.alert.openedAt);
    const [first] = relevant;
    const sample = first && [...first.sent, ...first.waiting].at(-1);
    const channel = situation.routing.channels.get(sample?.channelId ?? "");
    if (!first || !sample) continue;
    // Such a service would keep the other problems open: each is closed by itself, besides what else it is told.
    if (channel?.closesAlerts) for (const [index, one] of relevant.entries()) planClosing(plan, situation, one, index);
    else planRecovery(plan, situation, key, relevant, first);
  }
}

function endedByTarget(plan: EventPlan, situation: Situation, correlation: Correlation): Map<string, EndedFor[]> {
  const byTarget = new Map<string, EndedFor[]>();
  for (const ended of correlation.ended) {
    for (const one of situation.told) {
      if (one.alertId !== ended.alert.id) continue;
      if (one.kind === "reminder") {
        if (WAITING.has(one.status)) plan.cancels.push({ deliveryId: one.id, reason: "The problem was resolved." });
        if (!TOLD.has(one.status)) continue;
      }
      const key = targetKey(one.channelId, one.recipient);
      const list = byTarget.get(key) ?? [];
      byTarget.set(key, list);
      let entry = list.find((item) => item.ended === ended);
      if (!entry) {
        entry = { ended, sent: [], waiting: [] };
        list.push(entry);
      }
      if (TOLD.has(one.effectiveStatus)) entry.sent.push(one);
      else if (WAITING.has(one.effectiveStatus)) entry.waiting.push(one);
    }
  }
  return byTarget;
}

/** One message for everything that is over, or none where nobody asked for it. */
function planRecovery(
  plan: EventPlan,
  situation: Situation,
  key: string,
  relevant: readonly EndedFor[],
  first: EndedFor,
): void {
  const { alert, sendsRecovery } = first.ended;
  const isUnsaid = relevant.every(({ sent }) => sent.length === 0);
  const unsent = unsentOf(relevant.flatMap(({ waiting }) => waiting));
  const own = plan.deliveries.find(
    (row) =>
      row.kind === "initial" &&
      targetKey(row.channelId, row.recipient) === key &&
      (row.status === "pending" || row.status === "held"),
  );
  const sample = [...first.sent, ...first.waiting].at(-1);
  const channel = situation.routing.channels.get(sample?.channelId ?? "");
  if (channel?.isMonitor) return;

  if (own) {
    own.notification = sendsRecovery
      ? composeRecovery(own.notification ?? plan.notification, alert, isUnsaid)
      : composeWorksAgain(own.notification ?? plan.notification, alert);
    own.title = own.notification.title;
    // It goes on in the problem's thread.
    if (sendsRecovery) own.alertId = alert.id;
    plan.folds.push(...unsent.map((one) => ({ deliveryId: one.id, into: own.id })));
    return;
  }
  if (!sample || !channel?.enabled) return;
  const text = composeRecovery(plan.notification, alert, isUnsaid);
  const wanted =
    sendsRecovery && relevant.some(({ sent, waiting }) => [...sent, ...waiting].some((one) => one.notifyOnRecovery));
  if (wanted) {
    const row = recoveryDraft(situation, sample, alert, text);
    plan.deliveries.push(row);
    plan.folds.push(...unsent.map((one) => ({ deliveryId: one.id, into: row.id })));
    return;
  }
  // Nobody asked to hear of the recovery; but a message that is still to go must not tell of a problem that is over.
  for (const one of unsent) {
    if (one.kind !== "reminder")
      plan.amendments.push({
        deliveryId: one.id,
        notification: composeRecovery(plan.notification, alert, true),
        foldedCount: one.foldedCount,
      });
  }
}

/** Closes one problem at a service that keeps problems open, whether or not somebody asked to hear of recoveries. */
function planClosing(plan: EventPlan, situation: Situation, { ended, sent, waiting }: EndedFor, index: number): void {
  const sample = [...sent, ...waiting].at(-1);
  if (!sample || !situation.routing.channels.get(sample.channelId)?.enabled) return;
  const text = composeRecovery(plan.notification, ended.alert, sent.length === 0);
  const row = { ...recoveryDraft(situation, sample, ended.alert, text), step: index };
  plan.deliveries.push(row);
  plan.folds.push(...unsentOf(waiting).map((one) => ({ deliveryId: one.id, into: row.id })));
}

function unsentOf(waiting: readonly AlertDelivery[]): AlertDelivery[] {
  return waiting.filter((one) => one.status === "pending" || one.status === "held");
}

function recoveryDraft(
  situation: Situation,
  sample: AlertDelivery,
  alert: OpenAlert,
  text: Notification,
): DeliveryDraft {
  return draftOf(
    situation,
    { ...sample, isForUser: false, repeat: "every", remindHours: null, notifyOnRecovery: false, text: null },
    { alertId: alert.id, key: alert.dedupKey, notification: text, text, kind: "recovery" },
  );
}

function isSame(delivery: AlertDelivery, target: Target): boolean {
  return delivery.channelId === target.channelId && delivery.recipient === target.recipient;
}

function draftOf(
  situation: Situation,
  target: Target,
  more: {
    alertId: string | null;
    key: string | null;
    notification: Notification | null;
    text: Notification;
    kind?: "recovery";
  },
): DeliveryDraft {
  const channel = situation.routing.channels.get(target.channelId);
  const { job } = situation.draft.data;
  // The states of a job's runs reach a monitor in the order in which they were, whatever problem they belong to.
  const key = channel?.isMonitor && job ? `run of ${job.id}` : more.key;
  const heldUntil = channel?.mutedUntil && channel.mutedUntil > situation.now ? channel.mutedUntil : null;
  return {
    id: situation.newId("dlv"),
    channelId: target.channelId,
    recipient: target.recipient,
    userId: target.userId,
    kind: more.kind ?? "initial",
    status: heldUntil ? "held" : "pending",
    ...(heldUntil ? { heldUntil } : {}),
    alertId: more.alertId,
    orderKey: key ? `${key}\n${targetKey(target.channelId, target.recipient)}` : null,
    route: target.route,
    ruleId: target.ruleId,
    notifyOnRecovery: target.notifyOnRecovery,
    remindHours: target.repeat === "remind" ? target.remindHours : null,
    channelName: channel?.name ?? target.channelId,
    provider: channel?.provider ?? "",
    title: more.text.title,
    tone: more.text.tone,
    severity: more.text.severity,
    notification: more.notification,
    text: target.text,
    foldedInto: null,
    foldedCount: 0,
  };
}
