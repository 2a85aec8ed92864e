import { lockQueue, type QueueLease } from "@/db/stores/channel-queue";
import { insertDigest, readStopped, readStorm } from "@/db/stores/folding";
import { type DeliveryRow, newDelivery, sameRecipient } from "@/db/stores/new-delivery";
import { type Steps, type Tx, transact } from "@/db/transact";
import { pluralize } from "@/lib/core/format-units";
import { type Digest, foldStorm } from "@/lib/policy/digest";
import { digestRoom } from "./digest-room";
import { readInstallation } from "./installation";
import { loadChannel } from "./loaded-channel";

/**
 * Folds a storm that waits for one channel into digests, recipient by recipient, when it is more than the provider takes
 * singly: the end of a storm is as many messages as its beginning.
 */
export async function foldWaiting(lease: QueueLease, foldAbove: number, now: number): Promise<void> {
  const { channelId } = lease;
  const channel = await loadChannel(channelId);
  if (!channel || "broken" in channel) return;
  const installation = await readInstallation();
  await transact([], function* (tx) {
    const waiting = yield* readStorm(tx, channelId, foldAbove, now);
    if (waiting.length === 0 || !(yield* lockQueue(tx, lease))) return;
    for (const group of byRecipient(waiting)) {
      if (group.length <= foldAbove) continue;
      const room = digestRoom(channel, group[0]?.recipient ?? "", installation, now);
      for (const digest of foldStorm(group, room, now)) yield* writeDigest(tx, group, digest, now);
    }
    tx.notices.push({ topic: "deliveries", ids: [channelId] });
  });
}

/**
 * Sums up what a channel's disabling stopped and what is over since: one digest for each recipient names it, instead of
 * messages about problems that are none any more.
 */
export async function foldStopped(lease: QueueLease, now: number): Promise<void> {
  const { channelId } = lease;
  const channel = await loadChannel(channelId);
  // A monitor counts runs: it gets each report by itself.
  if (!channel || "broken" in channel || channel.provider.purpose === "monitor") return;
  const installation = await readInstallation();
  await transact([], function* (tx) {
    const stopped = yield* readStopped(tx, channelId);
    if (stopped.length === 0 || !(yield* lockQueue(tx, lease))) return;
    for (const group of byRecipient(stopped)) {
      const room = digestRoom(channel, group[0]?.recipient ?? "", installation, now);
      const lines = group.map((row) => ({ ...row, title: `${row.title} (over)` }));
      for (const digest of foldStorm(lines, room, now))
        yield* writeDigest(tx, group, whileDisabled(digest, group), now);
    }
    tx.notices.push({ topic: "deliveries", ids: [channelId] });
  });
}

function whileDisabled(digest: Digest, { length }: readonly DeliveryRow[]): Digest {
  const title = `${pluralize(length, "notification")} not sent while the channel was disabled`;
  return { ...digest, notification: { ...digest.notification, title } };
}

function byRecipient(rows: readonly DeliveryRow[]): DeliveryRow[][] {
  const groups = new Map<string, DeliveryRow[]>();
  for (const row of rows) {
    const group = groups.get(row.recipient);
    if (group) group.push(row);
    else groups.set(row.recipient, [row]);
  }
  return [...groups.values()];
}

function* writeDigest(
  tx: Tx,
  group: readonly DeliveryRow[],
  { notification, lineIds }: Digest,
  now: number,
): Steps<void> {
  const carried = group.filter((row) => lineIds.includes(row.id));
  const [first] = carried;
  if (!first) return;
  const row = newDelivery({
    ...sameRecipient(first),
    // It belongs to several problems, and to no rule.
    alertId: null,
    orderKey: null,
    ruleId: null,
    kind: "digest",
    status: "pending",
    title: notification.title,
    tone: notification.tone,
    severity: notification.severity,
    notification,
    createdAt: now,
    foldedCount: carried.length,
  });
  yield* insertDigest(
    tx,
    row,
    carried.map(({ id }) => id),
    now,
  );
}
