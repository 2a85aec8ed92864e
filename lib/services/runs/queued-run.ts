import type { RunRow } from "@/db/queries/runs";
import type { RunParams } from "@/db/schema/shapes";
import { newRun } from "@/db/stores/new-run";
import type { Actor } from "@/lib/auth/access/actor";
import type { RunKind } from "@/lib/core/run";

/** A run that a person or an API key requests. */
export function queuedRun(request: {
  kind: RunKind;
  jobId: string | null;
  syncId?: string;
  repositoryId?: string;
  name: string;
  params?: RunParams;
  executor?: RunRow["executor"];
  clientId?: string | null;
  clientJob?: string | null;
  actor: Actor;
  now: number;
}): RunRow {
  const { actor, now, ...run } = request;
  return newRun({
    ...run,
    trigger: actor.kind === "api_key" ? "api" : "manual",
    actorName: actor.name,
    queuedAt: now,
  });
}
