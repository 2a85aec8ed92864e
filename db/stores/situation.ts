import { and, eq, inArray, ne } from "drizzle-orm";
import { alias as aliasPostgres } from "drizzle-orm/pg-core";
import { readPriority } from "@/lib/core/priority";
import type { AlertDelivery, JobNotificationRule, OpenAlert } from "@/lib/core/routing";
import type { Tables } from "../client";
import { forUpdate } from "../row-lock";
import { type Steps, step, type Tx } from "../transact";

/** Open alerts of these dedup keys. */
export function* readOpenAlerts(tx: Tx, keys: readonly string[]): Steps<OpenAlert[]> {
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
      .where(and(inArray(alerts.dedupKey, [...keys]), ne(alerts.status, "resolved"))),
  );
}

/** What was sent, or is to be sent, about these alerts, locked until the end of the transaction. */
export function* deliveriesOfAlerts(tx: Tx, alertIds: readonly string[]): Steps<AlertDelivery[]> {
  if (alertIds.length === 0) return [];
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
    .where(and(inArray(deliveries.alertId, [...alertIds]), inArray(deliveries.kind, ["initial", "reminder"])))
    .orderBy(deliveries.id);
  // A claim that commits between this read and the write would send what is decided to be folded.
  forUpdate(query, { of: deliveries });
  const rows = yield* step(query);
  return rows.flatMap(({ carrierId, carrierStatus, alertId, channelId, ...row }) =>
    alertId && channelId
      ? [{ ...row, alertId, channelId, effectiveStatus: carrierStatus ?? row.status, carrierId: carrierId ?? row.id }]
      : [],
  );
}

/** The notification rules of these jobs, each in the order of its tab, with the id of its job. */
export function* rulesOfJobs(tx: Tx, jobIds: readonly string[]): Steps<{ jobId: string; rule: JobNotificationRule }[]> {
  if (jobIds.length === 0) return [];
  const { jobNotifications: r } = tx.t;
  const found = yield* step(
    tx.orm
      .select()
      .from(r)
      .where(inArray(r.jobId, [...jobIds]))
      .orderBy(r.position),
  );
  return found.map((row) => ({ jobId: row.jobId, rule: ruleOf(row) }));
}

function ruleOf(row: Tables["jobNotifications"]["$inferSelect"]): JobNotificationRule {
  return {
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
      ...(row.showFacts === null ? {} : { showFacts: row.showFacts }),
      ...(readPriority(row.priority) ? { priority: readPriority(row.priority) } : {}),
      ...(row.tags?.length ? { tags: row.tags } : {}),
      ...(row.sound ? { sound: row.sound } : {}),
      ...(row.outcomes ? { outcomes: row.outcomes } : {}),
      ...(row.includeLog ? { includeLog: true, logLimit: row.logLimit } : {}),
    },
  };
}
