import { and, eq, inArray, ne, sql } from "drizzle-orm";
import { alias as aliasPostgres } from "drizzle-orm/pg-core";
import type { EventDraft } from "@/lib/core/event";
import { newId } from "@/lib/core/id";
import { readPriority } from "@/lib/core/priority";
import type { AlertDelivery, EventPlan, JobNotificationRule, OpenAlert, RoutingSnapshot } from "@/lib/core/routing";
import { forUpdate } from "../row-lock";
import { type Steps, step, stepCount, type Tx, transact } from "../transact";
import type { Change } from "./change";
import { insertDeliveries } from "./deliveries";
import { DirectHandoff } from "./direct-handoff";
import { type RawRouting, readRawRouting } from "./routing";
import { readRoutingVersion } from "./settings";

/** What the outbox asks of whoever decides: pure functions and the snapshot they were last given. */
export interface Decider {
  keysOf(draft: EventDraft): string[];
  /** True when the job's rows have a say. */
  wantsJobRules(draft: EventDraft): boolean;
  snapshotOf(raw: RawRouting): RoutingSnapshot;
  decide(situation: {
    draft: EventDraft;
    at: number;
    now: number;
    newId(prefix: string): string;
    routing: RoutingSnapshot;
    rows: readonly JobNotificationRule[];
    open: readonly OpenAlert[];
    told: readonly AlertDelivery[];
  }): EventPlan;
  /** The plan when deciding itself failed: the event is kept, nobody is told by it. */
  withoutDecision(draft: EventDraft, at: number, error: unknown): EventPlan;
  /** Called after the commit, before anything of it is sent. */
  onRecorded(id: string, draft: EventDraft, plan: EventPlan): void;
  cached: { version: number; snapshot: RoutingSnapshot } | null;
}

export interface Recorded {
  id: string;
  /** The caller's idempotency key had been used: this is the first event's id. */
  isDuplicate: boolean;
  deliveries: number;
  channelIds: string[];
  /** The decision failed; the event stands without deliveries. */
  fault: unknown;
  plan: EventPlan | null;
}

export interface RecordInput {
  draft: EventDraft;
  change?: Change;
}

/**
 * Writes events, what they do to alerts, their deliveries and the changes they tell of, in one transaction.
 * @returns one answer per input; null where the change did not apply
 * @throws AppError `unavailable` when the database cannot be written: then nothing of it stands
 */
export async function recordEvents(inputs: readonly RecordInput[], decider: Decider): Promise<(Recorded | null)[]> {
  const keys = inputs.flatMap(({ draft }) => decider.keysOf(draft));
  const direct = new DirectHandoff();
  try {
    const answers = await transact(keys, function* (tx) {
      const written: (Recorded | null)[] = [];
      const seen: Seen = { version: null };
      for (const input of inputs) written.push(yield* recordOne(tx, input, decider, direct, seen));
      return written;
    });
    answers.forEach((answer, index) => {
      const draft = inputs[index]?.draft;
      if (answer?.plan && draft) decider.onRecorded(answer.id, draft, answer.plan);
    });
    direct.push();
    return answers;
  } catch (error) {
    direct.release();
    throw error;
  }
}

function* recordOne(
  tx: Tx,
  { draft, change }: RecordInput,
  decider: Decider,
  direct: DirectHandoff,
  seen: Seen,
): Steps<Recorded | null> {
  const now = Date.now();
  const id = newId("evt");
  if (change && !(yield* change.apply(tx, id))) return null;
  const at = draft.at ?? now;
  const routing = yield* routingOf(tx, decider, change !== undefined, seen);
  const open = yield* openAlertsOf(tx, decider.keysOf(draft));
  const told = open.length
    ? yield* deliveriesOfAlerts(
        tx,
        open.map((alert) => alert.id),
      )
    : [];
  const rows = decider.wantsJobRules(draft) && draft.data.job ? yield* rowsOf(tx, draft.data.job.id) : [];
  let plan: EventPlan;
  let fault: unknown = null;
  try {
    plan = decider.decide({ draft, at, now, newId, routing, rows, open, told });
  } catch (error) {
    fault = error;
    plan = decider.withoutDecision(draft, at, error);
  }
  const isNew = yield* insertEvent(tx, id, draft, plan, at);
  if (!isNew) return yield* duplicateOf(tx, draft);
  yield* applyAlerts(tx, plan, now);
  direct.take(id, plan.deliveries, now);
  yield* insertDeliveries(tx, id, plan.deliveries, now);
  yield* applyToUnsent(tx, plan, now);
  const channelIds = [...new Set(plan.deliveries.flatMap((row) => (row.status === "pending" ? [row.channelId] : [])))];
  if (plan.deliveries.length) tx.notices.push({ topic: "deliveries", ids: channelIds });
  if (plan.alerts.length) tx.notices.push({ topic: "alerts" });
  return { id, isDuplicate: false, deliveries: plan.deliveries.length, channelIds, fault, plan };
}

/** The routing version that this transaction has read: only its own changes can move it. */
interface Seen {
  version: number | null;
}

/** The snapshot of the version that stands; a transaction that changed something itself never fills the cache. */
function* routingOf(tx: Tx, decider: Decider, hasChange: boolean, seen: Seen): Steps<RoutingSnapshot> {
  const version = hasChange || seen.version === null ? yield* readRoutingVersion(tx) : seen.version;
  seen.version = version;
  if (decider.cached?.version === version) return decider.cached.snapshot;
  const snapshot = decider.snapshotOf(yield* readRawRouting(tx));
  if (!hasChange) decider.cached = { version, snapshot };
  return snapshot;
}

function* openAlertsOf(tx: Tx, keys: string[]): Steps<OpenAlert[]> {
  if (keys.length === 0) return [];
  const { alerts } = tx.t;
  return yield* step(
    tx.orm
      .select({
        id: alerts.id,
        type: alerts.type,
        dedupKey: alerts.dedupKey,
        status: alerts.status,
        subjectName: alerts.subjectName,
        title: alerts.title,
        message: alerts.message,
        openedAt: alerts.openedAt,
        count: alerts.count,
      })
      .from(alerts)
      .where(and(inArray(alerts.dedupKey, keys), ne(alerts.status, "resolved"))),
  );
}

function* deliveriesOfAlerts(tx: Tx, alertIds: string[]): Steps<AlertDelivery[]> {
  const { deliveries } = tx.t;
  const carrier = aliasPostgres(deliveries, "carrier");
  const query = tx.orm
    .select({
      id: deliveries.id,
      alertId: deliveries.alertId,
      channelId: deliveries.channelId,
      recipient: deliveries.recipient,
      userId: deliveries.userId,
      kind: deliveries.kind,
      status: deliveries.status,
      carrierId: carrier.id,
      carrierStatus: carrier.status,
      notifyOnRecovery: deliveries.notifyOnRecovery,
      route: deliveries.route,
      ruleId: deliveries.ruleId,
      foldedCount: deliveries.foldedCount,
      at: deliveries.createdAt,
    })
    .from(deliveries)
    .leftJoin(carrier, eq(carrier.id, deliveries.foldedInto))
    .where(and(inArray(deliveries.alertId, alertIds), inArray(deliveries.kind, ["initial", "reminder"])))
    .orderBy(deliveries.id);
  // A claim that commits between this reading and our writing would send what we decide to fold.
  forUpdate(query, { of: deliveries });
  const rows = yield* step(query);
  return rows.flatMap(({ carrierId, carrierStatus, alertId, channelId, ...row }) =>
    alertId && channelId
      ? [{ ...row, alertId, channelId, effectiveStatus: carrierStatus ?? row.status, carrierId: carrierId ?? row.id }]
      : [],
  );
}

function* rowsOf(tx: Tx, jobId: string): Steps<JobNotificationRule[]> {
  const { jobNotifications: rows } = tx.t;
  const found = yield* step(tx.orm.select().from(rows).where(eq(rows.jobId, jobId)).orderBy(rows.position));
  return found.map((row) => ({
    id: row.id,
    channelId: row.channelId,
    condition: row.condition,
    states: row.states,
    repeat: row.repeat,
    remindHours: row.remindHours,
    notifyOnRecovery: row.notifyOnRecovery,
    text: {
      ...(row.title ? { title: row.title } : {}),
      ...(row.message ? { message: row.message } : {}),
      ...(readPriority(row.priority) ? { priority: readPriority(row.priority) } : {}),
      ...(row.tags?.length ? { tags: row.tags } : {}),
      ...(row.sound ? { sound: row.sound } : {}),
      ...(row.outcomes ? { outcomes: row.outcomes } : {}),
      ...(row.includeLog ? { includeLog: true, logLimit: row.logLimit } : {}),
    },
  }));
}

function* insertEvent(tx: Tx, id: string, draft: EventDraft, plan: EventPlan, at: number): Steps<boolean> {
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

function* duplicateOf(tx: Tx, draft: EventDraft): Steps<Recorded> {
  const { events, deliveries } = tx.t;
  const [first] = yield* step(
    tx.orm
      .select({ id: events.id })
      .from(events)
      .where(
        and(eq(events.apiKeyId, draft.apiKeyId ?? ""), eq(events.idempotencyKey, draft.custom?.idempotencyKey ?? "")),
      ),
  );
  if (!first) throw new Error("An event was refused as a double, but its first is not there.");
  const told = yield* step(
    tx.orm.select({ id: deliveries.id }).from(deliveries).where(eq(deliveries.eventId, first.id)),
  );
  return { id: first.id, isDuplicate: true, deliveries: told.length, channelIds: [], fault: null, plan: null };
}

function* applyAlerts(tx: Tx, plan: EventPlan, now: number): Steps<void> {
  const { alerts } = tx.t;
  for (const write of plan.alerts) {
    if (write.kind === "open") {
      // The partial unique index makes two writers at once one alert.
      yield* step(
        tx.orm.insert(alerts).values({
          id: write.id,
          type: write.type,
          dedupKey: write.dedupKey,
          status: "firing",
          subjectKind: write.subject.kind,
          subjectId: write.subject.id,
          subjectName: write.subject.name,
          tone: write.tone,
          severity: write.severity,
          title: write.title,
          message: write.message,
          count: 1,
          openedAt: write.at,
          lastAt: write.at,
        }),
      );
    } else if (write.kind === "count") {
      yield* step(
        tx.orm
          .update(alerts)
          .set({
            count: sql`${alerts.count} + 1`,
            lastAt: write.at,
            tone: write.tone,
            severity: write.severity,
            title: write.title,
            message: write.message,
          })
          .where(and(eq(alerts.id, write.id), ne(alerts.status, "resolved"))),
      );
    } else {
      yield* step(
        tx.orm
          .update(alerts)
          .set({ status: "resolved", resolvedAt: Math.max(write.at, now), resolution: "event", resolvedBy: write.by })
          .where(and(eq(alerts.id, write.id), ne(alerts.status, "resolved"))),
      );
    }
  }
}

/** Folds, new texts and cancels of deliveries that have not been sent; one that is under way is left alone. */
function* applyToUnsent(tx: Tx, plan: EventPlan, now: number): Steps<void> {
  const { deliveries } = tx.t;
  for (const { deliveryId, notification, foldedCount } of plan.amendments) {
    yield* step(
      tx.orm
        .update(deliveries)
        .set({
          notification,
          foldedCount,
          title: notification.title,
          tone: notification.tone,
          severity: notification.severity,
        })
        .where(and(eq(deliveries.id, deliveryId), inArray(deliveries.status, ["pending", "held"]))),
    );
  }
  for (const { deliveryId, into } of plan.folds) {
    yield* step(
      tx.orm
        .update(deliveries)
        .set({ status: "folded", foldedInto: into, settledAt: now })
        .where(and(eq(deliveries.id, deliveryId), inArray(deliveries.status, ["pending", "held"]))),
    );
    // What had been folded into it is now carried by the same message.
    yield* step(tx.orm.update(deliveries).set({ foldedInto: into }).where(eq(deliveries.foldedInto, deliveryId)));
  }
  for (const { deliveryId, reason } of plan.cancels) {
    yield* step(
      tx.orm
        .update(deliveries)
        .set({ status: "canceled", reason, settledAt: now })
        .where(and(eq(deliveries.id, deliveryId), inArray(deliveries.status, ["pending", "held"]))),
    );
  }
}
