import { z } from "zod";
import type { ArtifactRow } from "@/db/queries/artifacts";
import { findEndpoint } from "@/db/queries/endpoints";
import { queueRestore } from "@/db/stores/runs";
import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import { RESTORE_MODES } from "@/lib/core/restore-mode";
import { absolutePath } from "@/lib/jobs/config-fields";
import type { DumpSource } from "@/lib/jobs/contract";
import { probe } from "@/lib/jobs/probe";
import { dumpSourceKind } from "@/lib/jobs/registry";
import { resolveTarget } from "@/lib/jobs/restore";
import { toRunError } from "@/lib/jobs/run-error";
import { type StoredTarget, targetName } from "@/lib/jobs/target";
import { idField } from "@/lib/services/page";
import { queuedRun } from "@/lib/services/runs/queued-run";
import { defineVerb } from "@/lib/services/verb";
import { artifactReference, requireArtifact } from "./find";
import { reachOf, requireRestorePath } from "./restore-path";

const options = { overwrite: z.boolean().optional(), mode: z.enum(RESTORE_MODES).optional() };

/** Where a backup is restored to. */
export const restoreTarget = z.union(
  [
    z.strictObject({ path: absolutePath, ...options }),
    z.strictObject({ sourceId: idField, database: z.string().min(1, "Fill this in.").max(1_000), ...options }),
  ],
  { error: "Enter a target: a path, or a source and a database." },
);

/**
 * Restores a stored backup. An existing target is overwritten only when an administrator requests it and confirms it
 * with the path or the name of the database.
 */
export const artifactsRestore = defineVerb({
  name: "artifacts.restore",
  permission: "operator",
  changes: true,
  input: z.object({ id: artifactReference, target: restoreTarget, confirm: z.string().max(4_096).optional() }),
  async run({ actor, now, audit }, { id: reference, target: requested, confirm }) {
    const artifact = await requireArtifact(reference, actor);
    const { id } = artifact;
    const kind = assertTargetFits(artifact, requested);
    const allowed = await assertAllowed(actor, artifact, requested);
    const reach = reachOf(actor);
    await assertTargetFree(actor, kind, allowed, confirm);
    const source = "sourceId" in allowed ? await findEndpoint("sources", allowed.sourceId) : null;
    const { name } = targetName(allowed, source?.name);
    const params = { artifactId: id, target: allowed, ...("path" in allowed && { reach }) };
    const row = queuedRun({ kind: "restore", jobId: artifact.jobId, name, params, actor, now });
    const runId = await queueRestore(row, audit("artifact", id, artifact.jobName, { target: allowed }));
    if (runId) return { runId };
    throw new AppError(
      "conflict",
      `Another restore to ${name} has not ended yet. Wait for it, or choose another target.`,
    );
  },
});

export function assertTargetFits(artifact: ArtifactRow, requested: StoredTarget): DumpSource {
  const kind = dumpSourceKind(artifact.sourceKind);
  if (!kind) {
    throw new AppError("invalid", "Backups of Belfry's configuration are restored in Settings, General.");
  }
  if ((kind.restoresTo === "database") === "sourceId" in requested) {
    assertDatabaseName(kind, requested);
    assertMode(kind, requested);
    return kind;
  }
  const message =
    kind.restoresTo === "database"
      ? "This backup goes into a database: name a source and a database."
      : "This backup goes to a path.";
  throw new AppError("invalid", "Some fields are invalid.", { fields: { target: message } });
}

function assertDatabaseName(kind: DumpSource, requested: StoredTarget): void {
  if (!("database" in requested)) return;
  const message = kind.databaseName?.safeParse(requested.database).error?.issues[0]?.message;
  if (message === undefined) return;
  throw new AppError("invalid", "Some fields are invalid.", { fields: { "target.database": message } });
}

function assertMode(kind: DumpSource, { mode }: StoredTarget): void {
  if (mode === undefined || kind.restoreModes.includes(mode)) return;
  const message = `This kind of backup is restored ${kind.restoreModes.join(" or ")}, not ${mode}.`;
  throw new AppError("invalid", "Some fields are invalid.", { fields: { "target.mode": message } });
}

/** @returns the target, its path normalized @throws AppError when the actor may not restore there */
export async function assertAllowed(
  actor: Actor,
  artifact: ArtifactRow,
  requested: StoredTarget,
): Promise<StoredTarget> {
  if ("path" in requested) return { ...requested, path: await requireRestorePath(actor, artifact, requested.path) };
  if (!hasRole(actor, "admin")) {
    throw new AppError("forbidden", "Only administrators restore into a database server.");
  }
  const source = await findEndpoint("sources", requested.sourceId);
  if (source?.kind === artifact.sourceKind) return requested;
  const wanted = dumpSourceKind(artifact.sourceKind)?.label ?? artifact.sourceKind;
  const message = source
    ? `This backup is of the kind ${wanted}; the source ${source.name} is not.`
    : "There is no such source.";
  throw new AppError("invalid", "Some fields are invalid.", { fields: { "target.sourceId": message } });
}

/** Checks the target as the run will, and requires a confirmation before anything is overwritten. */
async function assertTargetFree(
  actor: Actor,
  kind: DumpSource,
  requested: StoredTarget,
  confirm: string | undefined,
): Promise<void> {
  const existingTarget = await findExistingTarget(kind, requested);
  if (existingTarget === null) return;
  const loss = `This would overwrite ${existingTarget}.`;
  if (!hasRole(actor, "admin")) {
    throw new AppError(
      requested.overwrite ? "forbidden" : "conflict",
      `${loss} Only an administrator may do that; choose a new target.`,
    );
  }
  const target = "path" in requested ? requested.path : requested.database;
  if (!requested.overwrite)
    throw new AppError("conflict", `${loss} To go on, set overwrite and confirm with ${target}`);
  if (confirm !== target) {
    throw new AppError("conflict", `${loss} Confirm it with ${target}`, { fields: { confirm: `Type ${target}` } });
  }
}

async function findExistingTarget(kind: DumpSource, requested: StoredTarget): Promise<string | null> {
  try {
    const { target, secrets } = await resolveTarget(requested, kind.id);
    return await probe(secrets, (io) => kind.existingTarget(target, io));
  } catch (error) {
    const { message, advice } = toRunError(error);
    const field = "path" in requested ? "target.path" : "target.database";
    const sentence = advice ? `${message} ${advice}` : message;
    throw new AppError("invalid", sentence, { fields: { [field]: sentence }, cause: error });
  }
}
