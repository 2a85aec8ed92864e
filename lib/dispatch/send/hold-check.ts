import { alertById } from "@/db/queries/dispatch";
import type { ClaimedDelivery, ClaimedEvent } from "@/db/stores/outbox";
import { transact } from "@/db/transact";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import type { RoutedChannel, RoutingSnapshot } from "@/lib/core/routing";
import { eventType, isEventType } from "@/lib/events/catalog";
import { type Holdable, longest, quietVerdict, silencesOn, silenceVerdict } from "@/lib/policy/holding";
import type { Hold } from "@/lib/policy/plan";
import { labelsOfEvents } from "../plan/read-situation";
import { currentRouting } from "./current-routing";

/** What was planned a moment ago was asked then. */
const JUST_PLANNED_MS = 1_000;

type HoldCheckable = Pick<ClaimedDelivery, "kind" | "channelId" | "userId" | "alertId" | "notification">;

/**
 * Asked right before an attempt: does a silence or do quiet hours, which may have begun since it was planned, keep it
 * back?
 * @returns what holds it, or why it is dropped; null when it may go
 */
export function holdNow(
  delivery: ClaimedDelivery,
  event: ClaimedEvent,
  now: number,
): Promise<{ hold: Hold } | { dropped: ReasonCode } | null> | null {
  const { kind, attemptCount, createdAt, reasonCode } = delivery;
  const isExempt = kind === "test" || kind === "update";
  const isJustPlanned =
    kind !== "digest" && attemptCount === 0 && reasonCode === null && now - createdAt < JUST_PLANNED_MS;
  if (isExempt || isJustPlanned) return null;
  const known = currentRouting.fresh();
  if (known && !mayHold(known, delivery, now)) return null;
  return readHold(delivery, event, now);
}

function mayHold(snapshot: RoutingSnapshot, { channelId, userId }: HoldCheckable, now: number): boolean {
  const channel = snapshot.channels.get(channelId ?? "");
  const hasQuietHours = Boolean(channel?.quietHours) || snapshot.quietUsers.has(userId ?? "");
  return hasQuietHours || silencesOn(snapshot, now).length > 0;
}

/** The same, asked of the database wherever memory may be old. */
export async function readHold(
  delivery: HoldCheckable,
  event: ClaimedEvent,
  now: number,
): Promise<{ hold: Hold } | { dropped: ReasonCode } | null> {
  const snapshot = currentRouting.fresh() ?? (await currentRouting.read());
  const channel = snapshot.channels.get(delivery.channelId ?? "");
  if (!channel || !mayHold(snapshot, delivery, now)) return null;
  const holdable = await holdableOf(snapshot, channel, delivery, event);
  const { droppedBy, held } = silenceVerdict(silencesOn(snapshot, now), holdable, now);
  if (droppedBy !== null) return { dropped: "silence_dropped" };
  const hold = longest([held, quietVerdict(snapshot, holdable, now)].flatMap((one) => one ?? []));
  return hold && { hold };
}

/** As the policy sees it: a recovery is about the problem that it ends, a digest about none. */
async function holdableOf(
  { usesLabels }: RoutingSnapshot,
  channel: RoutedChannel,
  { kind, alertId, notification, userId }: HoldCheckable,
  event: ClaimedEvent,
): Promise<Holdable> {
  const text = notification ?? event.notification;
  if (kind === "digest") {
    const facts = {
      type: "digest",
      severity: text.severity,
      subject: { id: "", name: "" },
      job: null,
      client: null,
      labels: [],
    };
    return { facts, isRecovery: false, channel, userId };
  }
  const isRecovery = kind === "recovery" || text.status === "resolved";
  const alert = alertId === null ? null : await alertById(alertId);
  const ended = isRecovery && alert && isEventType(alert.type) ? eventType(alert.type) : null;
  const facts = {
    type: ended?.type ?? event.type,
    severity: isRecovery && alert ? alert.severity : text.severity,
    subject: event.subject,
    job: event.data.job ?? null,
    client: event.data.client ?? null,
    labels: usesLabels ? await labelsOf(event) : [],
  };
  return { facts, isRecovery, channel, userId };
}

/** As the plan reads them. */
function labelsOf(event: ClaimedEvent): Promise<string[]> {
  return transact([], function* (tx) {
    return (yield* labelsOfEvents(tx, [{ draft: event }]))(event);
  });
}
