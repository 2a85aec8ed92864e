import { findArtifact } from "@/db/queries/artifacts";
import { findEndpoint } from "@/db/queries/endpoints";
import { recordProof } from "@/db/stores/artifacts";
import type { RunRow } from "@/db/stores/runs";
import { formatBytes } from "@/lib/core/format-units";
import type { IoFor, RestoreTarget } from "./contract";
import { openSource } from "./endpoints";
import { requireRestorePlace } from "./places/restore-place";
import { dumpSourceKind } from "./registry";
import { startError } from "./run-error";
import { type RunResult, successResult } from "./run-result";
import { storedArtifact } from "./stored-artifact";
import type { StoredTarget } from "./target";

/**
 * Executes a restore: where it may write is checked again, on what is there now; the stored file is read and compared whole before anything at the target is touched. What did
 * not come back makes it a restore in part, which is a warning that names it.
 */
export async function restore(run: RunRow, ioFor: IoFor): Promise<RunResult> {
  const { artifactId, target: storedTarget } = run.params;
  const artifact = artifactId ? await findArtifact(artifactId) : null;
  if (!artifact || !storedTarget)
    throw startError("The backup no longer exists: retention removed it, or its file was lost.");
  const kind = dumpSourceKind(artifact.sourceKind);
  if (!kind) throw startError(`This version of Belfry cannot restore backups of the kind ${artifact.sourceKind}.`);
  const stored = await storedArtifact(artifact);
  const { target, secrets } = await resolveTarget(storedTarget, artifact.sourceKind);
  if ("path" in target) {
    const { path } = target;
    const { reach = "folder" } = run.params;
    target.place = await requireRestorePlace({ path, reach, sourcePath: artifact.sourcePath });
  }
  const io = ioFor([...stored.secrets, ...secrets]);
  io.log(`Restoring ${artifact.path} from ${stored.name}`);
  const backup = await stored.open(io);
  const startedAt = Date.now();
  const { overwrite, mode } = storedTarget;
  const { missing } = await kind.restore(backup, target, io, { mayOverwrite: overwrite === true, mode });
  for (const sentence of missing) io.log(sentence);
  const took = `in ${((Date.now() - startedAt) / 1000).toFixed(2)} s`;
  io.log(missing.length ? `Restored in part, ${took}` : `Restored ${formatBytes(artifact.bytes)}, ${took}`);
  if (missing.length === 0) await recordProof(artifact.id, Date.now(), null);
  return successResult(artifact.bytes, null, missing);
}

/**
 * The target with the configuration of its server, where it is a database.
 * @param kindId the kind of the backup: a database of another kind of server cannot take it
 */
export async function resolveTarget(
  stored: StoredTarget,
  kindId: string,
): Promise<{ target: RestoreTarget; secrets: string[] }> {
  if ("path" in stored) return { target: { path: stored.path }, secrets: [] };
  const row = await findEndpoint("sources", stored.sourceId);
  if (row && row.kind !== kindId) {
    const [backupKind, serverKind] = [kindId, row.kind].map((id) => dumpSourceKind(id)?.label ?? id);
    throw startError(`This is a backup of the kind ${backupKind}; ${row.name} is of the kind ${serverKind}.`);
  }
  const source = await openSource(stored.sourceId);
  return { target: { config: source.config, database: stored.database }, secrets: source.secrets };
}
