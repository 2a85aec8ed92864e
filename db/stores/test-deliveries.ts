import type { EventData, Subject } from "@/lib/core/event";
import { newId } from "@/lib/core/id";
import type { Notification } from "@/lib/core/notification";
import { databaseNow } from "../database-clock";
import { step, transact } from "../transact";
import { insertDeliveries } from "./deliveries";
import { newDelivery } from "./new-delivery";
import type { ClaimedDelivery, ClaimedEvent } from "./outbox";

/** Where a Test goes. No channel id: a channel that is not saved. */
export interface TestTarget {
  channelId: string | null;
  channelName: string;
  provider: string;
  recipient: string;
  userId: string | null;
  /** The text when it is not the event's own. */
  notification: Notification | null;
}

/** Longer than any Test takes; a Test found with a lease that ran out was interrupted. */
const TEST_LEASE_MS = 30_000;

/**
 * Writes the event of a Test and its deliveries, claimed at once: first in line, tried once.
 * @returns what `attempt` wants, in the order of the targets
 */
export function insertTests(
  sample: { type: string; subject: Subject; data: EventData; notification: Notification },
  targets: readonly TestTarget[],
  now: number,
): Promise<{ event: ClaimedEvent; deliveries: ClaimedDelivery[] }> {
  return transact([], function* (tx) {
    const { events } = tx.t;
    const { type, subject, data, notification } = sample;
    const id = newId("evt");
    yield* step(
      tx.orm.insert(events).values({
        id,
        type,
        at: now,
        subjectKind: subject.kind,
        subjectId: subject.id,
        subjectName: subject.name,
        tone: notification.tone,
        severity: notification.severity,
        isTest: true,
        data,
        notification,
      }),
    );
    const claimed: ClaimedDelivery[] = [];
    for (const [index, target] of targets.entries()) {
      const text = target.notification ?? notification;
      const row = newDelivery({
        eventId: id,
        channelId: target.channelId,
        recipient: target.recipient,
        userId: target.userId,
        kind: "test",
        step: index,
        status: "sending",
        route: "test",
        channelName: target.channelName,
        provider: target.provider,
        title: text.title,
        tone: text.tone,
        severity: text.severity,
        notification: target.notification,
        createdAt: now,
        giveUpAt: now,
        leaseUntil: databaseNow() + TEST_LEASE_MS,
      });
      yield* insertDeliveries(tx, [row]);
      claimed.push(row);
    }
    tx.notices.push({ topic: "deliveries", ids: [] });
    return {
      event: { id, type, at: now, subject, runId: null, data, notification },
      deliveries: claimed,
    };
  });
}
