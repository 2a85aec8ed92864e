import { and, eq, inArray, or, sql } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { EventData, EventDraft } from "@/lib/core/event";
import type { EventPlan } from "@/lib/core/routing";
import { databaseHandle, type Tables } from "../client";
import { jsonOfTable } from "../json-rows";
import { type Steps, step, stepCount, type Tx } from "../transact";
import { applyAlertWrites } from "./alerts";
import { insertDeliveries } from "./deliveries";
import type { PlannedRow } from "./new-delivery";
import { applyToUnsent } from "./unsent";

type EventRow = Tables["events"]["$inferSelect"];

/** An event with everything that was decided about it. */
export interface EventWrite {
  id: string;
  draft: EventDraft;
  at: number;
  now: number;
  plan: Omit<EventPlan, "deliveries">;
  /** The deliveries of the plan. */
  rows: readonly PlannedRow[];
}

/** An event as it was written. */
export interface WrittenEvent {
  id: string;
  /** The caller's idempotency key was used before: this is the id of the first event. */
  isDuplicate: boolean;
  /** How many deliveries it has. */
  deliveries: number;
}

/**
 * Writes events that share no alert: the rows, alerts, deliveries, and what changes about deliveries that are not sent yet.
 * @returns what was written, in the same order
 * @throws AppError `conflict` when a caller's idempotency key belongs to another event
 */
export function* writeEvents(tx: Tx, writes: readonly EventWrite[]): Steps<WrittenEvent[]> {
  const newIds = yield* insertRows(tx, writes);
  const added = writes.filter(({ id }) => newIds.has(id));
  for (const { plan, now } of added) yield* applyAlertWrites(tx, plan.alerts, now);
  const rows = added.flatMap((one) => one.rows);
  yield* insertDeliveries(tx, rows);
  for (const { plan, now } of added) yield* applyToUnsent(tx, plan, now);
  const channelIds = [...new Set(rows.flatMap((one) => (one.status === "pending" ? [one.channelId] : [])))];
  if (rows.length > 0) tx.notices.push({ topic: "deliveries", ids: channelIds });
  if (added.some(({ plan }) => plan.alerts.length > 0)) tx.notices.push({ topic: "alerts" });
  if (added.some(({ plan }) => plan.alertId === null)) tx.notices.push({ topic: "inbox" });
  const written: WrittenEvent[] = [];
  for (const write of writes)
    written.push(
      newIds.has(write.id)
        ? { id: write.id, isDuplicate: false, deliveries: write.rows.length }
        : yield* duplicateOf(tx, write),
    );
  return written;
}

/** Whether any of these events is stored. */
export function* isAnyEventStored(tx: Tx, ids: readonly string[]): Steps<boolean> {
  const { events } = tx.t;
  const found = yield* step(
    tx.orm
      .select({ id: events.id })
      .from(events)
      .where(inArray(events.id, [...ids]))
      .limit(1),
  );
  return found.length > 0;
}

/** @returns the ids of those that were not there already */
function* insertRows(tx: Tx, writes: readonly EventWrite[]): Steps<Set<string>> {
  const rows = writes.map(rowOf);
  if (databaseHandle().kind === "sqlite") {
    const newIds = new Set<string>();
    for (const row of rows) if (yield* insertRow(tx, row)) newIds.add(row.id);
    return newIds;
  }
  const { events } = tx.t;
  const inserted = (yield* step(
    tx.orm.execute(sql`
      insert into ${events} select * from json_populate_recordset(null::${events}, ${jsonOfTable(events, rows)}::json)
      on conflict do nothing returning id`),
  )) as unknown as { rows: { id: string }[] };
  return new Set(inserted.rows.map(({ id }) => id));
}

function rowOf({ id, draft, at, plan }: EventWrite): EventRow {
  return {
    id,
    type: draft.type,
    at,
    subjectKind: draft.subject.kind,
    subjectId: draft.subject.id,
    subjectName: draft.subject.name,
    tone: plan.tone,
    severity: plan.severity,
    dedupKey: plan.dedupKey,
    alertId: plan.alertId,
    jobId: draft.data.job?.id ?? null,
    runId: draft.data.run?.id ?? null,
    isTest: false,
    data: draft.data,
    notification: plan.notification,
    suppressed: plan.suppressed.length > 0 ? plan.suppressed : null,
    apiKeyId: draft.apiKeyId ?? null,
    idempotencyKey: draft.custom?.idempotencyKey ?? null,
  };
}

function* insertRow(tx: Tx, { isTest: _, ...values }: EventRow): Steps<boolean> {
  const { events } = tx.t;
  const p = sql.placeholder;
  const written = yield* stepCount(
    tx,
    "event_insert",
    () =>
      tx.orm
        .insert(events)
        .values({
          id: p("id"),
          type: p("type"),
          at: p("at"),
          subjectKind: p("subjectKind"),
          subjectId: p("subjectId"),
          subjectName: p("subjectName"),
          tone: p("tone"),
          severity: p("severity"),
          dedupKey: p("dedupKey"),
          alertId: p("alertId"),
          jobId: p("jobId"),
          runId: p("runId"),
          isTest: false,
          data: p("data"),
          notification: p("notification"),
          suppressed: p("suppressed"),
          apiKeyId: p("apiKeyId"),
          idempotencyKey: p("idempotencyKey"),
        })
        .onConflictDoNothing(),
    values,
  );
  return written > 0;
}

/**
 * The event that is in the way of this one: of the same idempotency key, or this one itself, committed by an attempt that
 * got no answer.
 * @throws AppError `conflict` when the first event of the idempotency key was another one
 */
function* duplicateOf(tx: Tx, { id, draft }: EventWrite): Steps<WrittenEvent> {
  const { events, deliveries } = tx.t;
  const isSameKey = and(
    eq(events.apiKeyId, draft.apiKeyId ?? ""),
    eq(events.idempotencyKey, draft.custom?.idempotencyKey ?? ""),
  );
  const [first] = yield* step(
    tx.orm
      .select({ id: events.id, data: events.data })
      .from(events)
      .where(or(eq(events.id, id), isSameKey)),
  );
  if (!first) throw new Error("An event was refused as a duplicate, but its first is missing.");
  assertSameRequest(first, draft);
  const written = yield* step(
    tx.orm.select({ id: deliveries.id }).from(deliveries).where(eq(deliveries.eventId, first.id)),
  );
  return { id: first.id, isDuplicate: true, deliveries: written.length };
}

/** An event of an older version has nothing to compare with. */
function assertSameRequest(first: { id: string; data: EventData }, { data, custom }: EventDraft): void {
  const [known, now] = [first.data.request, data.request];
  if (!known || !now) return;
  const parts = [...new Set([...Object.keys(known), ...Object.keys(now)])].filter((name) => known[name] !== now[name]);
  if (parts.length === 0) return;
  throw new AppError(
    "conflict",
    `The idempotency key “${custom?.idempotencyKey}” was used for another notification (${first.id}). What differs: ${parts.join(", ")}. Nothing was sent: use a new key for a new notification.`,
  );
}
