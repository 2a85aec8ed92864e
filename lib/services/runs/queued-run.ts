import type { RunRow } from "@/db/queries/runs";
import type { RunParams } from "@/db/schema/shapes";
import { newRun } from "@/db/stores/new-run";
import type { Actor } from "@/lib/auth/access/actor";
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
  const { actor, now, ...what } = asked;
  return newRun({
    ...what,
    trigger: actor.kind === "api_key" ? "api" : "manual",
    actorName: actor.name,
    queuedAt: now,
  });
}
