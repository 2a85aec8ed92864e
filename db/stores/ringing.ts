import { type AnyColumn, and, desc, eq, exists, gt, inArray, isNotNull, notExists, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Tables } from "../client";
import { type Steps, step, type Tx } from "../transact";
import type { ChannelRow } from "./channels";
import { type FollowUp, type MovedAlert, onePerRecipient } from "./follow-ups";
import type { DeliveryRow } from "./new-delivery";
import { putState, readState } from "./system-state";

/** No service rings for longer: Pushover's `expire` is three hours at most. */
const LONGEST_RINGING_MS = 10_800_000;

const LIMIT = 500;
/** Stops of one message: a clock that runs ahead must not make them without end. */
const STOPS_MAX = 5;

type AlertRow = Tables["alerts"]["$inferSelect"];

/** Key in `system_state`, and the lock around its changes. */
const RINGING_STATE = "ringing-left";
export const RINGING_LOCK = `state:${RINGING_STATE}`;

/** What a channel that is disabled or removed left ringing, with all that is needed to stop it. */
export interface RingingLeft extends Pick<ChannelRow, "id" | "name" | "provider" | "config" | "secrets"> {
  /** Alerts, or events without one, with the target that rings. */
  threads: { threadId: string; recipient: string }[];
  /** When it has ended by itself, milliseconds. */
  until: number;
}

/** Deliveries that may ring at this moment, on channels whose messages can. */
function ringing(tx: Tx, now: number) {
  const { deliveries: d } = tx.t;
  return and(
    isNotNull(d.receipt),
    inArray(d.kind, ["initial", "reminder", "escalation", "digest"]),
    eq(d.status, "sent"),
    gt(d.settledAt, now - LONGEST_RINGING_MS),
  );
}

/**
 * Messages that still ring although their alert was acknowledged, or is over for whatever reason: an event's end as well,
 * since its recovery may be held, unwanted or folded. Each is stopped once; one that was under way at that moment, or is sent
 * anew, once more. A digest rings until none of its alerts is
 * firing any more.
 */
export function* readRinging(tx: Tx, channelIds: readonly string[], now: number): Steps<FollowUp[]> {
  const found: FollowUp[] = [];
  for (const status of ["acknowledged", "resolved"] as const) {
    for (const { alert, delivery } of onePerRecipient(yield* ringingAbout(tx, channelIds, status, now))) {
      const known = yield* updateCount(tx, delivery);
      if (known < STOPS_MAX) found.push({ alert: alert as MovedAlert, delivery, step: known, isOrdered: false });
    }
  }
  for (const digest of yield* ringingDigests(tx, channelIds, now)) {
    const [alert] = yield* alertsIn(tx, digest.id);
    if (!alert || alert.status === "firing") continue;
    const whole = { ...(alert as MovedAlert), id: "", title: digest.title };
    const known = yield* updateCount(tx, digest);
    if (known < STOPS_MAX) found.push({ alert: whole, delivery: digest, step: known, isOrdered: false });
  }
  return found;
}

function* ringingAbout(
  tx: Tx,
  channelIds: readonly string[],
  status: "acknowledged" | "resolved",
  now: number,
): Steps<{ alert: AlertRow; delivery: DeliveryRow }[]> {
  const { alerts, deliveries: d } = tx.t;
  const later = alias(d, "later");
  const isOver = and(sql`${alerts.status} = 'resolved'`, gt(alerts.resolvedAt, now - LONGEST_RINGING_MS));
  const isAcknowledged = and(sql`${alerts.status} <> 'resolved'`, eq(alerts.status, "acknowledged"));
  return yield* step(
    tx.orm
      .select({ alert: alerts, delivery: d })
      .from(alerts)
      .innerJoin(d, eq(d.alertId, alerts.id))
      .where(
        and(
          status === "resolved" ? isOver : isAcknowledged,
          sql`coalesce(${alerts.resolution}, '') <> 'copied'`,
          inArray(d.channelId, [...channelIds]),
          ringing(tx, now),
          notExists(
            tx.orm
              .select({ one: sql`1` })
              .from(later)
              .where(and(eq(later.alertId, alerts.id), isStopOf(later, d))),
          ),
        ),
      )
      .orderBy(desc(d.id))
      .limit(LIMIT),
  );
}

function* ringingDigests(tx: Tx, channelIds: readonly string[], now: number): Steps<DeliveryRow[]> {
  const { alerts, deliveries: d } = tx.t;
  const [later, carried] = [alias(d, "later"), alias(d, "carried")];
  const alertsOf = (which?: ReturnType<typeof and>) =>
    tx.orm
      .select({ one: sql`1` })
      .from(carried)
      .innerJoin(alerts, eq(alerts.id, carried.alertId))
      .where(and(eq(carried.foldedInto, d.id), which));
  return yield* step(
    tx.orm
      .select()
      .from(d)
      .where(
        and(
          inArray(d.channelId, [...channelIds]),
          eq(d.kind, "digest"),
          ringing(tx, now),
          exists(alertsOf()),
          notExists(alertsOf(eq(alerts.status, "firing"))),
          notExists(
            tx.orm
              .select({ one: sql`1` })
              .from(later)
              .where(and(eq(later.eventId, d.eventId), isStopOf(later, d))),
          ),
        ),
      )
      .limit(LIMIT),
  );
}

/** The alert of a digest that changed last. */
function* alertsIn(tx: Tx, digestId: string): Steps<AlertRow[]> {
  const { alerts, deliveries: d } = tx.t;
  const rows = yield* step(
    tx.orm
      .select({ alert: alerts })
      .from(d)
      .innerJoin(alerts, eq(alerts.id, d.alertId))
      .where(eq(d.foldedInto, digestId))
      .orderBy(desc(sql`coalesce(${alerts.resolvedAt}, ${alerts.acknowledgedAt}, 0)`))
      .limit(1),
  );
  return rows.map(({ alert }) => alert);
}

/** The conditions on an update that was made after a message was sent, to the same recipient. */
function isStopOf(later: Compared, d: Compared) {
  const isSame = sql`${later.channelId} = ${d.channelId} and ${later.recipient} = ${d.recipient}`;
  return sql`${isSame} and ${later.kind} = 'update' and ${later.createdAt} >= ${d.settledAt}`;
}

type Compared = Record<"channelId" | "recipient" | "kind" | "createdAt" | "settledAt", AnyColumn>;

/** Updates of the same event to the same recipient; their steps are numbered. */
function* updateCount(tx: Tx, { eventId, channelId, recipient }: DeliveryRow): Steps<number> {
  const { deliveries: d } = tx.t;
  const isSame = and(eq(d.eventId, eventId), eq(d.channelId, channelId ?? ""), eq(d.recipient, recipient));
  const rows = yield* step(
    tx.orm
      .select({ id: d.id })
      .from(d)
      .where(and(isSame, eq(d.kind, "update"))),
  );
  return rows.length;
}

/**
 * Notes what a channel rings, in the transaction that disables or removes it: later nothing may be sent through it.
 * @param row of a service whose messages can ring
 */
export function* noteRinging(tx: Tx, row: ChannelRow, now: number): Steps<void> {
  const { deliveries: d } = tx.t;
  const rows = yield* step(
    tx.orm
      .select({ alertId: d.alertId, eventId: d.eventId, recipient: d.recipient })
      .from(d)
      .where(and(eq(d.channelId, row.id), ringing(tx, now))),
  );
  const threads = new Map(
    rows.map(({ alertId, eventId, recipient }) => {
      const threadId = alertId ?? eventId;
      return [`${threadId}\n${recipient}`, { threadId, recipient }];
    }),
  );
  if (threads.size > 0) yield* noteThreads(tx, row, [...threads.values()], now);
}

/** Notes what rings without a delivery that says so. */
export function* noteThreads(tx: Tx, row: ChannelRow, threads: RingingLeft["threads"], now: number): Steps<void> {
  const { id, name, provider, config, secrets } = row;
  const left = { id, name, provider, config, secrets, threads, until: now + LONGEST_RINGING_MS };
  yield* putState(tx, RINGING_STATE, [...(yield* readRingingLeft(tx)), left]);
}

export function* readRingingLeft(tx: Tx): Steps<RingingLeft[]> {
  return (yield* readState<RingingLeft[]>(tx, RINGING_STATE)) ?? [];
}

/** Keeps what `isOver` does not say, as the list is by now. */
export function* forgetRinging(
  tx: Tx,
  isOver: (left: RingingLeft, thread: RingingLeft["threads"][number]) => boolean,
): Steps<void> {
  const kept = (yield* readRingingLeft(tx))
    .map((left) => ({ ...left, threads: left.threads.filter((thread) => !isOver(left, thread)) }))
    .filter(({ threads }) => threads.length > 0);
  yield* putState(tx, RINGING_STATE, kept);
}
