import { lockQueue, type QueueLease } from "@/db/stores/channel-queue";
import { insertDigest, readStopped, readStorm } from "@/db/stores/folding";
import { type DeliveryRow, newDelivery, sameRecipient } from "@/db/stores/new-delivery";
import { type Steps, type Tx, transact } from "@/db/transact";
import { MENTIONS_MAX, type TextSet } from "@/lib/core/delivery";
import { pluralize } from "@/lib/core/format-units";
import { outcomeOf, textFor } from "@/lib/policy/custom-text";
import { type Digest, foldStorm } from "@/lib/policy/digest";
import { digestRoom } from "./digest-room";
import { readInstallation } from "./installation";
import { loadChannel } from "./loaded-channel";
import { claimOf } from "./recipient-refusal";

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
      for (const digest of foldStorm(group, room, now))
        yield* writeDigest(tx, group, digest, now, mentionsOf(group, digest, channel.texts));
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

/** Whom the folded notifications would have alerted by name: a storm is no reason to alert nobody. */
export function mentionsOf(group: readonly DeliveryRow[], { lineIds }: Digest, channelTexts: TextSet | null): string[] {
  const folded = group.filter(({ id, kind }) => kind === "initial" && lineIds.includes(id));
  const all = folded.flatMap(
    ({ tone, text }) => textFor(channelTexts, text, outcomeOf(tone), "options").mentions ?? [],
  );
  return [...new Set(all)].slice(0, MENTIONS_MAX);
}

/** What may be sent to one recipient as one message, in the order of their first. */
export function byRecipient(rows: readonly DeliveryRow[]): DeliveryRow[][] {
  const groups = new Map<string, DeliveryRow[]>();
  for (const row of rows) {
    const key = `${row.recipient}\n${row.userId}\n${claimOf(row)}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

/** Writes a digest, and folds what it carries into it. */
export function* writeDigest(
  tx: Tx,
  group: readonly DeliveryRow[],
  { notification, lineIds }: Digest,
  now: number,
  mentions: readonly string[] = [],
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
    // Also when it is nobody: the channel says nothing about what a digest is about.
    text: { mentions: [...mentions] },
  });
  yield* insertDigest(
    tx,
    row,
    carried.map(({ id }) => id),
    now,
  );
}
