import { and, asc, count, eq, gte, inArray, isNull, ne, notInArray, or, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { AlertStatus } from "@/lib/core/alert";
import type { DeliveryKind, DeliveryStatus } from "@/lib/core/delivery";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import type { Tables } from "../client";
import { isOneOf } from "../literal";
import { type Steps, step, type Tx } from "../transact";
import { GIVE_UP_AFTER_MS } from "./new-delivery";

type Row = Tables["deliveries"]["$inferSelect"];

/** Not lost: somebody wanted it so, or there is nothing left that it could say. */
const NOT_LOST: readonly ReasonCode[] = [
  "silence_dropped",
  "alert_resolved",
  "alert_acknowledged",
  "subject_removed",
  "subject_disabled",
  "run_ended",
  "event_missing",
  "sent_by_original",
  "not_administrator",
  "test_failed",
];

/** Which lost notifications of a channel are meant. */
export interface LostFilter {
  channelId: string;
  /** Settled since then, milliseconds. */
  since: number;
  /** Also those that a person canceled. */
  includesCanceled: boolean;
  /** Types of events that are not sent late, such as reports. */
  excludedTypes: readonly string[];
}

const LOST_COLUMNS = [
  "id",
  "eventId",
  "channelId",
  "recipient",
  "userId",
  "kind",
  "status",
  "alertId",
  "orderKey",
  "route",
  "ruleId",
  "channelName",
  "provider",
  "title",
  "tone",
  "severity",
  "createdAt",
  "foldedInto",
] as const satisfies (keyof Row)[];

/** A notification that its recipient does not have. */
export interface LostDelivery extends Pick<Row, (typeof LOST_COLUMNS)[number]> {
  eventType: string;
  /** Of its alert; null when it has none. */
  alertStatus: AlertStatus | null;
}

const ABOUT_PROBLEM: readonly DeliveryKind[] = ["initial", "reminder", "escalation"];

export function isAboutProblem({ kind }: Pick<LostDelivery, "kind">): boolean {
  return ABOUT_PROBLEM.includes(kind);
}

function isLost(
  { t }: Pick<Tx, "t">,
  { channelId, since, includesCanceled, excludedTypes }: LostFilter,
): SQL | undefined {
  const { deliveries: d, events: e, alerts: a } = t;
  const excluded = includesCanceled ? NOT_LOST : [...NOT_LOST, "canceled_by_person" as const];
  return and(
    eq(d.channelId, channelId),
    isOneOf(d.status, "dead", "canceled", "folded", "held"),
    inArray(d.status, ["dead", "canceled"]),
    gte(d.settledAt, since),
    ne(d.kind, "test"),
    eq(e.isTest, false),
    excludedTypes.length > 0 ? notInArray(e.type, [...excludedTypes]) : undefined,
    or(isNull(d.reasonCode), notInArray(d.reasonCode, [...excluded])),
    // A reminder or a later step of what is acknowledged or over is not wanted any more.
    or(sql`${d.kind} not in ('reminder', 'escalation')`, eq(a.status, "firing")),
  );
}

/** How many are lost, by how they ended and why. */
export function* countLost(
  tx: Tx,
  filter: LostFilter,
): Steps<{ status: DeliveryStatus; reasonCode: ReasonCode | null; count: number }[]> {
  const { deliveries: d, events: e, alerts: a } = tx.t;
  return yield* step(
    tx.orm
      .select({ status: d.status, reasonCode: d.reasonCode, count: count() })
      .from(d)
      .innerJoin(e, eq(e.id, d.eventId))
      .leftJoin(a, eq(a.id, d.alertId))
      .where(isLost(tx, filter))
      .groupBy(d.status, d.reasonCode),
  );
}

/** The lost notifications of a channel, oldest first. */
export function* readLost(tx: Tx, filter: LostFilter, limit: number): Steps<LostDelivery[]> {
  return yield* selectLost(tx, isLost(tx, filter), limit);
}

/** What these digests carry. */
export function* readCarried(tx: Tx, digestIds: readonly string[], limit: number): Steps<LostDelivery[]> {
  if (digestIds.length === 0) return [];
  return yield* selectLost(tx, inArray(tx.t.deliveries.foldedInto, [...digestIds]), limit);
}

function* selectLost(tx: Tx, where: SQL | undefined, limit: number): Steps<LostDelivery[]> {
  const { deliveries: d, events: e, alerts: a } = tx.t;
  const columns = Object.fromEntries(LOST_COLUMNS.map((name) => [name, d[name]])) as never as Pick<
    typeof d,
    (typeof LOST_COLUMNS)[number]
  >;
  return yield* step(
    tx.orm
      .select({ ...columns, eventType: e.type, alertStatus: a.status })
      .from(d)
      .innerJoin(e, eq(e.id, d.eventId))
      .leftJoin(a, eq(a.id, d.alertId))
      .where(where)
      .orderBy(asc(d.id))
      .limit(limit),
  );
}

/** The newest delivery about each alert to each recipient of a channel that is sent, or is to be: by alert and recipient. */
export function* newestAlive(tx: Tx, channelId: string, alertIds: readonly string[]): Steps<Map<string, string>> {
  if (alertIds.length === 0) return new Map();
  const { deliveries: d } = tx.t;
  const carrier = alias(d, "carrier");
  const alive = sql`coalesce(${carrier.status}, ${d.status}) in ('pending', 'sending', 'held', 'sent')`;
  const rows = yield* step(
    tx.orm
      .select({ alertId: d.alertId, recipient: d.recipient, id: sql<string>`max(${d.id})` })
      .from(d)
      .leftJoin(carrier, eq(carrier.id, d.foldedInto))
      .where(
        and(inArray(d.alertId, [...alertIds]), eq(d.channelId, channelId), inArray(d.kind, [...ABOUT_PROBLEM]), alive),
      )
      .groupBy(d.alertId, d.recipient),
  );
  return new Map(rows.map(({ alertId, recipient, id }) => [`${alertId}\n${recipient}`, id]));
}

/** A new attempt for each, on the same row. */
export function* sendLostAgain(tx: Tx, ids: readonly string[], now: number): Steps<number> {
  if (ids.length === 0) return 0;
  const { deliveries: d } = tx.t;
  const moved = yield* step(
    tx.orm
      .update(d)
      .set({
        status: "pending",
        dueAt: now,
        giveUpAt: now + GIVE_UP_AFTER_MS,
        settledAt: null,
        reason: null,
        // By which they are sent one by one, however many they are.
        reasonCode: "sent_again",
        foldedInto: null,
      })
      .where(and(inArray(d.id, [...ids]), inArray(d.status, ["dead", "canceled", "folded"])))
      .returning({ id: d.id }),
  );
  return moved.length;
}

/** Marks them as carried by a digest, with all that they carry themselves. */
export function* foldLost(tx: Tx, digestId: string, ids: readonly string[], now: number): Steps<void> {
  const { deliveries: d } = tx.t;
  yield* step(
    tx.orm
      .update(d)
      .set({ foldedInto: digestId })
      .where(inArray(d.foldedInto, [...ids])),
  );
  yield* step(
    tx.orm
      .update(d)
      .set({ status: "folded", reasonCode: "digest", reason: null, foldedInto: digestId, settledAt: now })
      .where(and(inArray(d.id, [...ids]), inArray(d.status, ["dead", "canceled", "folded"]))),
  );
}

/** The next free number among the digests of an event through a channel. */
export function* nextDigestStep(
  tx: Tx,
  { eventId, channelId, recipient }: Pick<LostDelivery, "eventId" | "channelId" | "recipient">,
): Steps<number> {
  const { deliveries: d } = tx.t;
  const [row] = yield* step(
    tx.orm
      .select({ step: sql<number | null>`max(${d.step})` })
      .from(d)
      .where(
        and(eq(d.eventId, eventId), eq(d.channelId, channelId ?? ""), eq(d.recipient, recipient), eq(d.kind, "digest")),
      ),
  );
  return Number(row?.step ?? -1) + 1;
}

/** Until when a channel is muted, milliseconds; null when it is not, and for the system mail server. */
export function* readMutedUntil(tx: Tx, channelId: string): Steps<number | null> {
  const { channels: c } = tx.t;
  const [row] = yield* step(tx.orm.select({ mutedUntil: c.mutedUntil }).from(c).where(eq(c.id, channelId)));
  return row?.mutedUntil ?? null;
}
