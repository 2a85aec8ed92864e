import { and, asc, eq, inArray, lte } from "drizzle-orm";
import { newId } from "@/lib/core/id";
import type { Notification } from "@/lib/core/notification";
import type { Severity } from "@/lib/core/severity";
import type { Tone } from "@/lib/core/tone";
import { isOneOf } from "../literal";
import { step, transact } from "../transact";
import { insertDeliveries } from "./deliveries";

/** As many waiting messages as one storm takes at a time. */
const STORM_LIMIT = 5_000;

interface Line {
  id: string;
  title: string;
  tone: Tone;
  severity: Severity;
}

/**
 * When more first tellings and recoveries than `foldAbove` wait for one recipient of a channel, they become `folded`
 * into digests: the end of a storm is as many messages as its beginning.
 * @param compose makes the digests: each names the ids it carries
 */
export function foldInitial(
  channelId: string,
  foldAbove: number,
  now: number,
  compose: (lines: Line[]) => { notification: Notification; lineIds: string[] }[],
): Promise<void> {
  return transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    const waiting = and(
      eq(d.channelId, channelId),
      isOneOf(d.status, "pending"),
      inArray(d.kind, ["initial", "recovery"]),
      lte(d.dueAt, now),
    );
    const few = yield* step(
      tx.orm
        .select({ id: d.id })
        .from(d)
        .where(waiting)
        .limit(foldAbove + 1),
    );
    if (few.length <= foldAbove) return;
    const rows = yield* step(tx.orm.select().from(d).where(waiting).orderBy(asc(d.id)).limit(STORM_LIMIT));
    const byRecipient = new Map<string, typeof rows>();
    for (const row of rows) {
      const group = byRecipient.get(row.recipient);
      if (group) group.push(row);
      else byRecipient.set(row.recipient, [row]);
    }
    for (const [recipient, group] of byRecipient) {
      if (group.length <= foldAbove) continue;
      for (const digest of compose(group)) {
        const carried = group.filter((row) => digest.lineIds.includes(row.id));
        const first = carried[0];
        if (!first) continue;
        const id = newId("dlv");
        yield* insertDeliveries(
          tx,
          first.eventId,
          [
            {
              id,
              channelId,
              recipient,
              userId: first.userId,
              kind: "digest",
              status: "pending",
              alertId: null,
              orderKey: null,
              route: first.route,
              ruleId: null,
              notifyOnRecovery: false,
              remindHours: null,
              channelName: first.channelName,
              provider: first.provider,
              title: digest.notification.title,
              tone: digest.notification.tone,
              severity: digest.notification.severity,
              notification: digest.notification,
              text: null,
              foldedInto: null,
              foldedCount: carried.length,
            },
          ],
          now,
        );
        const ids = carried.map((row) => row.id);
        yield* step(
          tx.orm
            .update(d)
            .set({ status: "folded", foldedInto: id, settledAt: now })
            .where(and(inArray(d.id, ids), eq(d.status, "pending"))),
        );
        yield* step(tx.orm.update(d).set({ foldedInto: id }).where(inArray(d.foldedInto, ids)));
      }
    }
    tx.notices.push({ topic: "deliveries", ids: [channelId] });
  });
}
