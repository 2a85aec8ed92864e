import { findRun, type RunRow } from "@/db/queries/runs";
import type { MaybeActor } from "@/lib/auth/access/actor";
import { ofRun } from "@/lib/auth/access/visibility/conditions";
import { AppError } from "@/lib/core/errors";
import { RUN_KINDS, type RunKind } from "@/lib/core/run";
import { maySee } from "@/lib/services/reveal-answer";

/** Kinds of runs that the actor does not see. */
export function hiddenRunKinds(actor: MaybeActor): RunKind[] {
  return RUN_KINDS.filter((kind) => !maySee(actor, ofRun, { kind }));
}

/** A run that the actor may see. @throws AppError `not_found`, also for one that is not for the actor's role */
export async function requireRun(id: string, actor: MaybeActor): Promise<RunRow> {
  const row = await findRun(id);
  if (!row || hiddenRunKinds(actor).includes(row.kind)) throw new AppError("not_found", "There is no such run.");
  return row;
}
