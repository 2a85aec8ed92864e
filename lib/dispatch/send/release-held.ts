import { eventsById } from "@/db/queries/dispatch";
import {
  alertStatuses,
  type HeldAgain,
  holdAgain,
  readHeldDue,
  releaseRows,
  silenceReason,
} from "@/db/stores/held-deliveries";
import type { DeliveryRow } from "@/db/stores/new-delivery";
import { type Steps, type Tx, transact } from "@/db/transact";
import type { AlertStatus } from "@/lib/core/alert";
import { pluralize } from "@/lib/core/format-units";
import { type DigestHeading, foldStorm } from "@/lib/policy/digest";
import { digestRoom } from "./digest-room";
import { byRecipient, mentionsOf, writeDigest } from "./fold-storm";
import { readHold } from "./hold-check";
import { type Installation, readInstallation } from "./installation";
import { type LoadedChannel, loadChannel } from "./loaded-channel";

/** Kinds that a summary can carry. */
const MESSAGES: readonly DeliveryRow["kind"][] = ["initial", "recovery", "reminder", "escalation"];

/**
 * Releases the held deliveries whose time has come. What a silence or quiet hours held for one recipient arrives as one
 * summary that says what is still open, where the service takes digests; a single notification goes as it is.
 * @returns how many were released
 */
export async function releaseHeldDeliveries(now: number): Promise<number> {
  const due = await transact([], (tx) => readHeldDue(tx, now, false));
  const verdicts = await verdictsOf(due, now);
  const ids = [...new Set(due.flatMap(({ channelId }) => channelId ?? []))];
  const channels = new Map(await Promise.all(ids.map(async (id) => [id, await loadChannel(id)] as const)));
  const installation = await readInstallation();
  return await transact([], function* (tx) {
    // Another process may have released some meanwhile.
    const rows = yield* readHeldDue(tx, now, true);
    const held = rows.flatMap((row) => verdicts.holds.get(row.id) ?? []);
    yield* holdAgain(tx, held);
    const released = rows.filter((row) => !verdicts.holds.has(row.id));
    yield* releaseRows(tx, released);
    for (const group of groupsOf(released.filter((row) => !verdicts.dropped.has(row.id)))) {
      const [first] = group;
      const channel = channels.get(first?.channelId ?? "");
      if (!first || !channel || "broken" in channel || channel.provider.foldAbove === null) continue;
      yield* summarise(tx, group, channel, installation, now);
    }
    return rows.length;
  });
}

/**
 * What else holds those that a silence or quiet hours held: a silence that was ended early may have hidden another. What
 * would be dropped is no part of a summary; it is dropped at its attempt.
 */
async function verdictsOf(rows: readonly DeliveryRow[], now: number) {
  const holds = new Map<string, HeldAgain>();
  const dropped = new Set<string>();
  const ofSpans = rows.filter(isOfSpan);
  if (ofSpans.length === 0) return { holds, dropped };
  const found = await eventsById([...new Set(ofSpans.map(({ eventId }) => eventId))]);
  const events = new Map(found.map((event) => [event.id, event]));
  for (const row of ofSpans) {
    const event = events.get(row.eventId);
    const verdict = event && (await readHold(row, event, now));
    if (verdict && "hold" in verdict) holds.set(row.id, { id: row.id, ...verdict.hold });
    else if (verdict) dropped.add(row.id);
  }
  return { holds, dropped };
}

function isOfSpan({ heldBy, kind }: DeliveryRow): boolean {
  return (heldBy === "silence" || heldBy === "quiet_hours") && MESSAGES.includes(kind);
}

/** What one holder held for one recipient of one channel, when that is more than one message. */
function groupsOf(rows: readonly DeliveryRow[]): DeliveryRow[][] {
  const byHolder = new Map<string, DeliveryRow[]>();
  for (const row of rows) {
    if (!isOfSpan(row)) continue;
    const key = `${row.channelId}\n${row.heldBy}\n${row.heldById}`;
    byHolder.set(key, [...(byHolder.get(key) ?? []), row]);
  }
  return [...byHolder.values()].flatMap(byRecipient).filter((group) => group.length > 1);
}

function* summarise(
  tx: Tx,
  group: readonly DeliveryRow[],
  channel: LoadedChannel,
  installation: Installation,
  now: number,
): Steps<void> {
  const [first] = group;
  if (!first) return;
  const statuses = yield* alertStatuses(
    tx,
    group.flatMap(({ alertId }) => alertId ?? []),
  );
  const isOpen = (row: DeliveryRow) =>
    !isRecovery(row) && row.alertId !== null && statuses.get(row.alertId) !== "resolved";
  const lines = group.map((row) => ({ ...row, title: `${row.title}${endingOf(row, isOpen(row), statuses)}` }));
  const by = first.heldBy === "silence" ? yield* silenceReason(tx, first.heldById ?? "") : null;
  const heading = headingOf(group.length, group.filter(isOpen).length, by);
  const room = digestRoom(channel, first.recipient, installation, now);
  for (const digest of foldStorm(lines, room, now, heading))
    yield* writeDigest(tx, group, digest, now, mentionsOf(group.filter(isOpen), digest, channel.texts));
}

/** Also an ordinary message that says that a problem is over. */
function isRecovery({ kind, notification }: DeliveryRow): boolean {
  return kind === "recovery" || notification?.status === "resolved";
}

function endingOf(row: DeliveryRow, isOpen: boolean, statuses: ReadonlyMap<string, AlertStatus>): string {
  if (isOpen) return " (still open)";
  const isProblem = !isRecovery(row) && row.alertId !== null && statuses.has(row.alertId);
  return isProblem ? " (over)" : "";
}

function headingOf(total: number, open: number, silence: string | null): DigestHeading {
  const count = pluralize(total, "notification");
  const span = silence === null ? "during quiet hours" : "by a silence";
  const reason = silence ? ` The silence: ${silence}.` : "";
  const summary = open === 0 ? "None of these problems is open any more." : `${pluralize(open, "problem")} still open.`;
  return { title: `${count} held ${span}`, count: `${count} held ${span}`, summary: `${summary}${reason}` };
}
