import { and, desc, eq, inArray, ne, type SQL, sql } from "drizzle-orm";
import { alias as aliasPostgres } from "drizzle-orm/pg-core";
import { mergeRules } from "@/lib/core/merge-rules";
import { readPriority } from "@/lib/core/priority";
import type { AlertDelivery, JobNotificationRule, LastBackup, OpenAlert } from "@/lib/core/routing";
import type { RunStatus } from "@/lib/core/run";
import { forUpdate } from "../row-lock";
import { type Steps, step, stepPrepared, type Tx } from "../transact";
import type { RuleColumns } from "./profiles";

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
        severity: alerts.severity,
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
      notBefore: deliveries.notBefore,
    })
    .from(deliveries)
    .leftJoin(carrier, eq(carrier.id, deliveries.foldedInto))
    .where(
      and(inArray(deliveries.alertId, [...alertIds]), inArray(deliveries.kind, ["initial", "reminder", "escalation"])),
    )
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

/** A rule with the job that it holds for. */
interface RuleOfJob {
  jobId: string;
  rule: JobNotificationRule;
}

/**
 * The notification rules that hold for these jobs: each job's own in the order of its tab, then those of the profile that
 * it follows.
 * @param usesProfiles false: no job follows one, and profiles are not read
 */
export function* rulesOfJobs(tx: Tx, jobIds: readonly string[], usesProfiles: boolean): Steps<RuleOfJob[]> {
  if (jobIds.length === 0) return [];
  const { jobNotifications: r } = tx.t;
  const found = yield* step(
    tx.orm
      .select()
      .from(r)
      .where(inArray(r.jobId, [...jobIds]))
      .orderBy(r.position),
  );
  const own = found.map((row) => ({ jobId: row.jobId, rule: ruleOf(row) }));
  if (!usesProfiles) return own;
  const followed = yield* profileRulesOfJobs(tx, jobIds);
  if (followed.length === 0) return own;
  const rulesOf = (rules: readonly RuleOfJob[], id: string) =>
    rules.flatMap(({ jobId, rule }) => (jobId === id ? [rule] : []));
  return jobIds.flatMap((jobId) =>
    mergeRules(rulesOf(own, jobId), rulesOf(followed, jobId)).map((rule) => ({ jobId, rule })),
  );
}

function* profileRulesOfJobs(tx: Tx, jobIds: readonly string[]): Steps<RuleOfJob[]> {
  const { jobs, profiles, profileNotifications: r } = tx.t;
  const read = (which: SQL) =>
    tx.orm
      .select({ jobId: jobs.id, profile: { id: profiles.id, name: profiles.name }, row: r })
      .from(jobs)
      .innerJoin(profiles, eq(profiles.id, jobs.profileId))
      .innerJoin(r, eq(r.profileId, profiles.id))
      .where(which)
      .orderBy(r.position);
  // Asked for with every event of a job, once a job follows a profile.
  const found =
    jobIds.length === 1
      ? yield* stepPrepared(tx, "profile_rules_of", () => read(eq(jobs.id, sql.placeholder("id"))), { id: jobIds[0] })
      : yield* step(read(inArray(jobs.id, [...jobIds])));
  return found.map(({ jobId, profile, row }) => ({ jobId, rule: { ...ruleOf(row), profile } }));
}

/** When these jobs made their last backups; a job that never did has no entry. */
export function* lastBackupsOfJobs(tx: Tx, jobIds: readonly string[]): Steps<Map<string, LastBackup>> {
  if (jobIds.length === 0) return new Map();
  const { jobs, runs } = tx.t;
  // One step into the index for each job, past its newest failures.
  const newest = (statuses: RunStatus[]) =>
    tx.orm
      .select({ at: runs.finishedAt })
      .from(runs)
      .where(and(eq(runs.jobId, jobs.id), eq(runs.kind, "backup"), inArray(runs.status, statuses)))
      .orderBy(desc(runs.id))
      .limit(1);
  const found = yield* step(
    tx.orm
      .select({
        id: jobs.id,
        any: sql<number | null>`(${newest(["success", "warning"])})`.mapWith(runs.finishedAt),
        clean: sql<number | null>`(${newest(["success"])})`.mapWith(runs.finishedAt),
      })
      .from(jobs)
      .where(inArray(jobs.id, [...jobIds])),
  );
  return new Map(found.map(({ id, ...times }) => [id, times]));
}

/** A stored rule as the policy reads it. */
export function ruleOf(row: RuleColumns): JobNotificationRule {
  return {
    id: row.id,
    channelId: row.channelId,
    condition: row.condition,
    states: row.states,
    repeat: row.repeat,
    remindHours: row.remindHours,
    notifyOnRecovery: row.notifyOnRecovery,
    escalationPolicyId: row.escalationPolicyId,
    afterCount: row.afterCount,
    afterHours: row.afterHours,
    text: {
      ...(row.title ? { title: row.title } : {}),
      ...(row.message ? { message: row.message } : {}),
      ...(row.showFacts === null ? {} : { showFacts: row.showFacts }),
      ...(readPriority(row.priority) ? { priority: readPriority(row.priority) } : {}),
      ...(row.tags?.length ? { tags: row.tags } : {}),
      ...(row.sound ? { sound: row.sound } : {}),
      ...(row.mentions?.length ? { mentions: row.mentions } : {}),
      ...(row.outcomes ? { outcomes: row.outcomes } : {}),
      ...(row.includeLog ? { includeLog: true, logLimit: row.logLimit } : {}),
    },
  };
}
