import type { Tables } from "@/db/client";
import type { RunRow } from "@/db/queries/runs";
import type { AuditInsert } from "@/db/stores/audit";
import type { ExternalJob, JobNotificationRuleRow, ManagedJob, StoredJob } from "@/db/stores/jobs";
import { newRun } from "@/db/stores/new-run";
import { newId } from "@/lib/core/id";

export const audit = (verb = "test"): AuditInsert => ({
  id: newId("aud"),
  at: Date.now(),
  actorKind: "system",
  actorId: null,
  actorName: "test",
  address: null,
  verb,
  entity: null,
  entityId: null,
  entityName: null,
  detail: null,
});

/** A queued run of a job. */
export function runRow(job: Pick<StoredJob, "id" | "name">, more: Partial<RunRow> = {}): RunRow {
  const run = newRun({
    kind: "backup",
    jobId: job.id,
    name: job.name,
    trigger: "manual",
    actorName: "test",
    queuedAt: Date.now(),
  });
  return { ...run, ...more };
}

type JobInsert = Tables["jobs"]["$inferInsert"];
type JobMore = Partial<Omit<StoredJob, "kind" | "sourceId" | "compression" | "keepLast">>;

/** What every job begins with. Columns with a default of their own are left to the database. */
function sharedColumns(name: string) {
  const now = Date.now();
  return {
    id: newId("job"),
    name,
    slug: name.toLowerCase().replaceAll(" ", "-"),
    cron: null,
    timezone: null,
    enabled: true,
    timeLimitMinutes: null,
    graceMinutes: 10,
    retries: 0,
    nextRunAt: null,
    createdAt: now,
    updatedAt: now,
  } satisfies Partial<JobInsert>;
}

/** An enabled job without a schedule. */
export function jobRow(name: string, more: Partial<ManagedJob> & Pick<ManagedJob, "sourceId">): ManagedJob {
  const own = { kind: "managed", compression: "gzip", keepLast: 3 } as const;
  return { ...sharedColumns(name), ...own, ...more } satisfies JobInsert as ManagedJob;
}

/** A job that another program executes, due every minute. */
export function externalJobRow(name: string, more: JobMore = {}): ExternalJob {
  const own = { kind: "external", sourceId: null, compression: null, keepLast: null, cron: "* * * * *" } as const;
  return { ...sharedColumns(name), ...own, ...more } satisfies JobInsert as ExternalJob;
}

/** A rule that notifies a channel of everything. */
export function ruleRow(
  jobId: string,
  position: number,
  more: Partial<JobNotificationRuleRow>,
): JobNotificationRuleRow {
  return {
    id: newId("row"),
    jobId,
    channelId: "chn_none",
    position,
    condition: "always",
    states: null,
    repeat: "every",
    remindHours: null,
    notifyOnRecovery: true,
    title: null,
    message: null,
    showFacts: null,
    priority: null,
    tags: null,
    sound: null,
    mentions: null,
    outcomes: null,
    includeLog: false,
    logLimit: 10_000,
    afterCount: null,
    afterHours: null,
    escalationPolicyId: null,
    ...more,
  };
}
