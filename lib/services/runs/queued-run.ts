import type { RunRow } from "@/db/queries/runs";
import type { RunParams } from "@/db/schema/shapes";
import type { Actor } from "@/lib/auth/access/actor";
import { newId } from "@/lib/core/id";
import type { RunKind } from "@/lib/core/run";

/** A run that a person or a key asks for. */
export function queuedRun(asked: {
  kind: RunKind;
  jobId: string | null;
  name: string;
  params?: RunParams;
  actor: Actor;
  now: number;
}): RunRow {
  const { kind, jobId, name, params = {}, actor, now } = asked;
  return {
    id: newId("run"),
    kind,
    jobId,
    name,
    status: "queued",
    trigger: actor.kind === "api_key" ? "api" : "manual",
    actorName: actor.name,
    params,
    queuedAt: now,
    dueAt: null,
    startedAt: null,
    finishedAt: null,
    notBefore: null,
    attempts: 0,
    bytes: null,
    files: null,
    error: null,
    advice: null,
    cancelRequestedAt: null,
    workerId: null,
    heartbeatAt: null,
    eventId: null,
  };
}
