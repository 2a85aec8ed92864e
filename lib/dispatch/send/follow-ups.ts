import { databaseNow } from "@/db/database-clock";
import { routingNow } from "@/db/queries/dispatch";
import { insertDeliveries } from "@/db/stores/deliveries";
import { type FollowUp, readFollowUps } from "@/db/stores/follow-ups";
import { newDelivery, sameRecipient } from "@/db/stores/new-delivery";
import { readRinging } from "@/db/stores/ringing";
import { transact } from "@/db/transact";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";
import { topicCache } from "@/lib/core/topic-cache";
import { composeUpdate } from "@/lib/policy/message";
import { snapshotOf } from "../plan/routing-snapshot";
import { noticeStorageFault } from "./storage-watch";

const log = loggerOf("follow-ups");

/** The safety net beneath the notices. */
const INTERVAL_MS = 60_000;
/** Several alerts that change together make one look. */
const GATHER_MS = 500;

/** The channels that keep problems open until a message closes them, and those that may ring. */
const followedChannels = topicCache(["channels", "settings"], async () => {
  const { channels } = snapshotOf(await routingNow());
  const enabled = [...channels.values()].filter((channel) => channel.enabled);
  const closing = enabled.filter((channel) => channel.closesAlerts).map(({ id }) => id);
  return { closing, ringing: enabled.filter((channel) => channel.rings).map(({ id }) => id) };
});

/**
 * Informs services that keep problems open of changes here that no event reports: a person acknowledged or resolved an
 * alert, or its subject is gone. Services whose messages ring are stopped after every such change, also after an end that
 * an event reported. It only compares rows, so a crash loses nothing.
 */
export function followUpLoop(): Loop {
  return new Loop(
    { name: "follow-ups", intervalMs: INTERVAL_MS, topics: ["alerts"], gatherMs: GATHER_MS, runsAtStart: true },
    async () => {
      try {
        const { closing, ringing } = await followedChannels.read();
        const count = closing.length + ringing.length > 0 ? await insertUpdates(closing, ringing) : 0;
        if (count > 0) log.info("inserted updates for services that keep problems open", { count });
      } catch (error) {
        noticeStorageFault(error);
        throw error;
      }
    },
  );
}

/** May run in several processes at once: each update is inserted once. */
async function insertUpdates(closing: readonly string[], ringing: readonly string[]): Promise<number> {
  const now = databaseNow();
  return await transact(["follow-ups"], function* (tx) {
    const followUps = [
      ...(closing.length > 0 ? yield* readFollowUps(tx, closing, now) : []),
      ...(ringing.length > 0 ? yield* readRinging(tx, ringing, now) : []),
    ];
    yield* insertDeliveries(
      tx,
      followUps.map((one) => updateDelivery(one, now)),
    );
    if (followUps.length > 0) tx.notices.push({ topic: "deliveries", ids: [...closing, ...ringing] });
    return followUps.length;
  });
}

function updateDelivery({ alert, delivery, step, isOrdered }: FollowUp, now: number) {
  const notification = composeUpdate(alert, now);
  return newDelivery({
    ...sameRecipient(delivery),
    ...(isOrdered ? {} : { orderKey: null }),
    kind: "update",
    step,
    status: "pending",
    // A digest belongs to several alerts: it is found by its event.
    alertId: delivery.alertId,
    title: notification.title,
    tone: notification.tone,
    severity: notification.severity,
    notification,
    createdAt: now,
  });
}
