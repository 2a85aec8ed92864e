import { findArtifact } from "@/db/queries/artifacts";
import { findEndpoint } from "@/db/queries/endpoints";
import { destinationNames, jobFacts } from "@/db/queries/job-facts";
import { findSync } from "@/db/queries/syncs";
import type { RunRow } from "@/db/stores/runs";
import type { BackupContents } from "@/lib/core/backup-contents";
import type { EventData, EventDraft, Subject } from "@/lib/core/event";
import { isRepositoryTask } from "@/lib/core/repository";
import { describeStarter } from "@/lib/core/run";
import { backupSkipped } from "@/lib/events/backup-skipped";
import { eventOfRun } from "@/lib/events/catalog";
import { targetName } from "./target";

/** The state of a run at the moment of its event. */
export interface RunSnapshot {
  /** `canceled`: a hook skipped it. */
  status: "running" | "success" | "warning" | "failure" | "canceled";
  at: number;
  bytes: number | null;
  files: number | null;
  /** Sync: files that it deleted at the destination. */
  deleted?: number;
  /** What the backup holds; unknown for a run that was settled by an earlier process. */
  contents?: BackupContents;
  error: string | null;
  advice: string | null;
}

/** The event of a run that started or ended. */
export async function runEventDraft(run: RunRow, snapshot: RunSnapshot): Promise<EventDraft> {
  const { subject, facts } = await runSubject(run);
  const { status, at, bytes, files, deleted, contents, error, advice } = snapshot;
  return {
    type:
      status === "canceled" ? backupSkipped.type : eventOfRun(run.kind, status === "running" ? "start" : status).type,
    subject,
    at,
    data: {
      ...facts,
      run: {
        id: run.id,
        status,
        startedAt: run.startedAt,
        finishedAt: status === "running" ? null : at,
        bytes,
        files,
        ...(contents ? { tables: contents.tables } : {}),
        attempts: run.attempts,
      },
      ...(deleted === undefined ? {} : { deleted }),
      ...(error ? { error } : {}),
      ...(advice ? { advice } : {}),
    },
  };
}

/** The event of a run that starts with this attempt. */
export function startedEventDraft(run: RunRow, now: number): Promise<EventDraft> {
  return runEventDraft(
    { ...run, startedAt: now, attempts: 1 },
    { status: "running", at: now, bytes: null, files: null, error: null, advice: null },
  );
}

/** The snapshot of a run that is settled in the database already. */
export function settledSnapshot(run: RunRow): RunSnapshot {
  return {
    status: run.status === "success" || run.status === "warning" ? run.status : "failure",
    at: run.finishedAt ?? Date.now(),
    bytes: run.bytes,
    files: run.files,
    ...(run.deleted === null ? {} : { deleted: run.deleted }),
    error: run.error,
    advice: run.advice,
  };
}

async function runSubject(run: RunRow): Promise<{ subject: Subject; facts: Partial<EventData> }> {
  if (run.kind === "config_backup") {
    const names = await destinationNames(run.params.destinationId ? [run.params.destinationId] : []);
    return { subject: { kind: "installation", id: "belfry", name: "Belfry" }, facts: { destinationNames: names } };
  }
  if (run.kind === "sync") return await syncSubject(run);
  if (isRepositoryTask(run.kind)) {
    const subject = { kind: "repository" as const, id: run.repositoryId ?? run.id, name: run.name };
    return { subject, facts: run.actorName ? { actorName: run.actorName } : {} };
  }
  if (run.kind === "restore") return await restoreSubject(run);
  if (run.kind === "restore_test") return await restoreTestSubject(run);
  const job = await jobFacts(run.jobId ?? run.id, run.name);
  if (run.kind === "integrity_check") {
    const subject = { kind: "job" as const, id: run.jobId ?? run.id, name: job.job?.name ?? run.name };
    return { subject, facts: job.job ? { job: job.job } : {} };
  }
  return {
    subject: { kind: "job", id: run.jobId ?? run.id, name: job.job?.name ?? run.name },
    facts: { ...job, startedBy: describeStarter(run) },
  };
}

async function syncSubject(run: RunRow): Promise<{ subject: Subject; facts: Partial<EventData> }> {
  const id = run.syncId ?? run.id;
  const sync = await findSync(id);
  return {
    subject: { kind: "sync", id, name: sync?.name ?? run.name },
    facts: {
      destinationNames: sync ? await destinationNames([sync.destinationId]) : [],
      startedBy: describeStarter(run),
    },
  };
}

async function restoreTestSubject(run: RunRow): Promise<{ subject: Subject; facts: Partial<EventData> }> {
  const artifact = await findArtifact(run.params.artifactId ?? "");
  const { job } = await jobFacts(run.jobId ?? run.id, artifact?.jobName ?? run.name);
  return {
    subject: { kind: "job", id: run.jobId ?? run.id, name: job?.name ?? run.name },
    facts: {
      ...(job ? { job } : {}),
      ...(artifact ? { destinationNames: [artifact.destinationName] } : {}),
      ...(run.actorName ? { actorName: run.actorName } : {}),
    },
  };
}

async function restoreSubject(run: RunRow): Promise<{ subject: Subject; facts: Partial<EventData> }> {
  const { target, artifactId } = run.params;
  const source = target && "sourceId" in target ? await findEndpoint("sources", target.sourceId) : null;
  const { id, name } = target ? targetName(target, source?.name) : { id: run.id, name: run.name };
  const artifact = artifactId ? await findArtifact(artifactId) : null;
  return {
    subject: { kind: "restore", id, name },
    facts: {
      ...(run.jobId ? { job: { id: run.jobId, name: artifact?.jobName ?? run.name, slug: "" } } : {}),
      target: name,
      ...(artifact ? { destinationNames: [artifact.destinationName] } : {}),
      ...(run.actorName ? { actorName: run.actorName } : {}),
    },
  };
}
