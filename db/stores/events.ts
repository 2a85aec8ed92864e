import { and, eq, sql } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { EventData, EventDraft } from "@/lib/core/event";
import type { EventPlan } from "@/lib/core/routing";
import { type Steps, step, stepCount, type Tx } from "../transact";
import { applyAlertWrites } from "./alerts";
import { insertDeliveries } from "./deliveries";
import type { PlannedRow } from "./new-delivery";
import { applyToUnsent } from "./unsent";

/** An event as it was written. */
export interface WrittenEvent {
  id: string;
  /** The caller's idempotency key was used before: this is the id of the first event. */
  isDuplicate: boolean;
  /** How many deliveries it has. */
  deliveries: number;
}

/**
 * Writes an event with everything that was decided about it: alerts, deliveries, and what changes about deliveries
 * that are not sent yet.
 * @param rows the deliveries of the plan
 * @throws AppError `conflict` when the caller's idempotency key belongs to another event
 */
export function* writeEvent(
  tx: Tx,
  event: { id: string; draft: EventDraft; at: number; now: number },
  plan: Omit<EventPlan, "deliveries">,
  rows: readonly PlannedRow[],
): Steps<WrittenEvent> {
  const { id, draft, at, now } = event;
  const isNew = yield* insertRow(tx, id, draft, plan, at);
  if (!isNew) return yield* duplicateOf(tx, draft);
  yield* applyAlertWrites(tx, plan.alerts, now);
  yield* insertDeliveries(tx, rows);
  yield* applyToUnsent(tx, plan, now);
  const channelIds = [...new Set(rows.flatMap((one) => (one.status === "pending" ? [one.channelId] : [])))];
  if (rows.length > 0) tx.notices.push({ topic: "deliveries", ids: channelIds });
  if (plan.alerts.length > 0) tx.notices.push({ topic: "alerts" });
  return { id, isDuplicate: false, deliveries: rows.length };
}

function* insertRow(
  tx: Tx,
  id: string,
  draft: EventDraft,
  plan: Omit<EventPlan, "deliveries">,
  at: number,
): Steps<boolean> {
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
          apiKeyId: p("apiKeyId"),
          idempotencyKey: p("idempotencyKey"),
        })
        .onConflictDoNothing(),
    {
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
      data: draft.data,
      notification: plan.notification,
      apiKeyId: draft.apiKeyId ?? null,
      idempotencyKey: draft.custom?.idempotencyKey ?? null,
    },
  );
  return written > 0;
}

/** @throws AppError `conflict` when the first event of the idempotency key was another one */
function* duplicateOf(tx: Tx, draft: EventDraft): Steps<WrittenEvent> {
  const { events, deliveries } = tx.t;
  const [first] = yield* step(
    tx.orm
      .select({ id: events.id, data: events.data })
      .from(events)
      .where(
        and(eq(events.apiKeyId, draft.apiKeyId ?? ""), eq(events.idempotencyKey, draft.custom?.idempotencyKey ?? "")),
      ),
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
