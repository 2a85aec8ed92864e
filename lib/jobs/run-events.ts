import { findArtifact } from "@/db/queries/artifacts";
import { findEndpoint } from "@/db/queries/endpoints";
import { destinationNames, jobFacts } from "@/db/queries/job-facts";
import type { RunRow } from "@/db/stores/runs";
import type { EventData, EventDraft, Subject } from "@/lib/core/event";
import { targetName } from "./target";

/** How a run stands at the moment it is told of. */
export interface RunSnapshot {
  status: "running" | "success" | "warning" | "failure";
  at: number;
  bytes: number | null;
  files: number | null;
  error: string | null;
  advice: string | null;
}

/** The event that tells how a run began or ended. */
export async function draftOf(run: RunRow, standing: RunSnapshot): Promise<EventDraft> {
  const { subject, facts } = await runSubject(run);
  return {
    type: typeOf(run, standing.status),
    subject,
    at: standing.at,
    data: {
      ...facts,
      run: {
        id: run.id,
        status: standing.status,
        startedAt: run.startedAt,
        finishedAt: standing.status === "running" ? null : standing.at,
        bytes: standing.bytes,
        files: standing.files,
        attempts: run.attempts,
      },
      ...(standing.error ? { error: standing.error } : {}),
      ...(standing.advice ? { advice: standing.advice } : {}),
    },
  };
}

/** The event of a run that is settled in the database already. */
export function runSnapshot(run: RunRow): RunSnapshot {
  return {
    status: run.status === "success" || run.status === "warning" ? run.status : "failure",
    at: run.finishedAt ?? Date.now(),
    bytes: run.bytes,
    files: run.files,
    error: run.error,
    advice: run.advice,
  };
}

function typeOf(run: RunRow, status: RunSnapshot["status"]): string {
  if (run.kind === "backup") {
    return {
      running: "backup.started",
      success: "backup.completed",
      warning: "backup.warning",
      failure: "backup.failed",
    }[status];
  }
  const stem = run.kind === "restore" ? "restore" : "config_backup";
  return `${stem}.${status === "failure" ? "failed" : "completed"}`;
}

async function runSubject(run: RunRow): Promise<{ subject: Subject; facts: Partial<EventData> }> {
  if (run.kind === "config_backup") {
    const names = await destinationNames(run.params.destinationId ? [run.params.destinationId] : []);
    return { subject: { kind: "installation", id: "belfry", name: "Belfry" }, facts: { destinationNames: names } };
  }
  if (run.kind === "restore") return await aboutRestore(run);
  const job = await jobFacts(run.jobId ?? run.id, run.name);
  return { subject: { kind: "job", id: run.jobId ?? run.id, name: job.job?.name ?? run.name }, facts: job };
}

async function aboutRestore(run: RunRow): Promise<{ subject: Subject; facts: Partial<EventData> }> {
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
