import { and, eq, inArray, isNotNull, isNull, lte, ne, notExists, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { type Steps, step, type Tx } from "../transact";
import { holdForMute } from "./channel-deliveries";
import { GIVE_UP_AFTER_MS } from "./new-delivery";

/** Held deliveries keep their due time, so much later: it never comes, and can be restored. Milliseconds. */
const NEVER_MS = 100 * 365 * 86_400_000;
const CAME_OVER = "It was queued or running when this database was copied. The original reports how it ended.";

/**
 * Stops what came over with a copy of the database, because the original goes on with it: deliveries that are not sent
 * are held, open alerts close without a message, queued and running runs end, and what is stored belongs to the original.
 * Runs that external programs execute are left alone; clients report to the original.
 */
export function* holdCopiedWork(tx: Tx, originalId: string, now: number): Steps<void> {
  const { deliveries: d, alerts, runs, artifacts } = tx.t;
  yield* step(
    tx.orm
      .update(d)
      .set({
        status: "held",
        heldBy: "copy",
        heldById: originalId,
        reasonCode: "copy_undecided",
        dueAt: sql`${d.dueAt} + ${NEVER_MS}`,
        giveUpAt: sql`${d.giveUpAt} + ${NEVER_MS}`,
        leaseUntil: null,
      })
      .where(and(inArray(d.status, ["pending", "sending", "held"]), ne(d.kind, "test"), lte(d.dueAt, NEVER_MS))),
  );
  yield* step(
    tx.orm
      .update(alerts)
      .set({ status: "resolved", resolvedAt: now, resolution: "copied" })
      .where(ne(alerts.status, "resolved")),
  );
  yield* step(
    tx.orm
      .update(runs)
      .set({ status: "canceled", finishedAt: now, error: CAME_OVER })
      .where(and(inArray(runs.status, ["queued", "running"]), ne(runs.executor, "external"))),
  );
  // What those runs were writing, the original writes on: nothing looks for it here.
  yield* step(tx.orm.update(runs).set({ artifactPath: null }).where(isNotNull(runs.artifactPath)));
  // Settled without an event at the moment of the copy: the original reports it.
  yield* step(
    tx.orm
      .update(runs)
      .set({ eventId: "" })
      .where(and(isNull(runs.eventId), inArray(runs.status, ["success", "warning", "failure"]))),
  );
  yield* step(tx.orm.update(artifacts).set({ installationId: originalId }).where(isNull(artifacts.installationId)));
  tx.notices.push({ topic: "alerts" }, { topic: "runs" });
}

/**
 * Goes on with what came over: deliveries are sent at their time, those whose time has passed now. Alerts are open
 * again, unless the same problem has a new alert.
 * @param since when the copy was recognised
 */
export function* resumeCopiedWork(tx: Tx, since: number, now: number): Steps<void> {
  const { deliveries: d, channels } = tx.t;
  const isHeld = and(eq(d.status, "held"), eq(d.heldBy, "copy"));
  const released = { status: "pending", heldBy: null, heldById: null, reasonCode: null } as const;
  yield* step(
    tx.orm
      .update(d)
      .set({ ...released, dueAt: now, giveUpAt: now + GIVE_UP_AFTER_MS })
      .where(and(isHeld, lte(d.dueAt, now + NEVER_MS))),
  );
  yield* step(
    tx.orm
      .update(d)
      .set({ ...released, dueAt: sql`${d.dueAt} - ${NEVER_MS}`, giveUpAt: sql`${d.giveUpAt} - ${NEVER_MS}` })
      .where(isHeld),
  );
  for (const { id, mutedUntil } of yield* step(tx.orm.select().from(channels)))
    if (mutedUntil !== null && mutedUntil > now) yield* holdForMute(tx, id, mutedUntil);
  yield* reopenAlerts(tx, since);
  const waiting = yield* step(tx.orm.selectDistinct({ id: d.channelId }).from(d).where(eq(d.status, "pending")));
  tx.notices.push({ topic: "deliveries", ids: waiting.flatMap(({ id }) => id ?? []) }, { topic: "alerts" });
}

function* reopenAlerts(tx: Tx, since: number): Steps<void> {
  const { alerts } = tx.t;
  const newer = alias(alerts, "newer");
  yield* step(
    tx.orm
      .update(alerts)
      .set({
        status: sql`case when ${alerts.acknowledgedAt} is null then 'firing' else 'acknowledged' end`,
        resolvedAt: null,
        resolution: null,
      })
      .where(
        and(
          eq(alerts.status, "resolved"),
          eq(alerts.resolution, "copied"),
          eq(alerts.resolvedAt, since),
          notExists(
            tx.orm
              .select({ one: sql`1` })
              .from(newer)
              .where(and(eq(newer.dedupKey, alerts.dedupKey), ne(newer.status, "resolved"))),
          ),
        ),
      ),
  );
}

/** Gives up what came over: the original sends it. */
export function* dropCopiedWork(tx: Tx, now: number): Steps<void> {
  const { deliveries: d } = tx.t;
  yield* step(
    tx.orm
      .update(d)
      .set({ status: "canceled", reasonCode: "sent_by_original", heldBy: null, heldById: null, settledAt: now })
      .where(and(eq(d.status, "held"), eq(d.heldBy, "copy"))),
  );
  tx.notices.push({ topic: "deliveries" });
}
