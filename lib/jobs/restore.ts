import { findArtifact } from "@/db/queries/artifacts";
import type { ArtifactRow } from "@/db/stores/artifacts";
import type { RunRow } from "@/db/stores/runs";
import { formatBytes } from "@/lib/core/format-units";
import { type BoundDestination, bindDestination } from "./bind-destination";
import type { IoFor, JobIo, RestoreTarget, StoredBackup } from "./contract";
import { openEndpointById, openSource } from "./endpoints";
import { sourceKind } from "./registry";
import { RunError, startError } from "./run-error";
import { type RunResult, successResult } from "./run-result";
import { decompressed, drain, measured } from "./streams";
import type { StoredTarget } from "./target";

/** Executes a restore: the stored file is read and compared whole before anything at the target is touched. */
export async function restore(run: RunRow, ioFor: IoFor): Promise<RunResult> {
  const { artifactId, target: storedTarget } = run.params;
  const artifact = artifactId ? await findArtifact(artifactId) : null;
  if (!artifact || !storedTarget)
    throw startError("The backup no longer exists: retention removed it, or its file was lost.");
  const endpoint = await openEndpointById(artifact.destinationId);
  const { target, secrets } = await resolveTarget(storedTarget);
  const kind = sourceKind(artifact.sourceKind);
  if (!kind) throw startError(`This version of Belfry cannot restore backups of the kind ${artifact.sourceKind}.`);
  const io = ioFor([...endpoint.secrets, ...secrets]);
  io.log(`Restoring ${artifact.path} from ${endpoint.name}`);
  const backup = await openVerifiedBackup(artifact, bindDestination(endpoint, io), io);
  const { missing } = await kind.restore(backup, target, io, { mayOverwrite: storedTarget.overwrite === true });
  for (const sentence of missing) io.log(sentence);
  io.log(`Restored ${formatBytes(artifact.bytes)}`);
  return successResult(artifact.bytes, null, missing);
}

/** The target with the configuration of its server, where it is a database. */
export async function resolveTarget(stored: StoredTarget): Promise<{ target: RestoreTarget; secrets: string[] }> {
  if ("path" in stored) return { target: { path: stored.path }, secrets: [] };
  const source = await openSource(stored.sourceId);
  return { target: { config: source.config, database: stored.database }, secrets: source.secrets };
}

/** A stored backup whose bytes are those that were stored. @throws RunError when they are not */
async function openVerifiedBackup(
  artifact: ArtifactRow,
  destination: BoundDestination,
  io: JobIo,
): Promise<StoredBackup> {
  const { stream, measure } = measured(await destination.read(artifact.path));
  await drain(stream, io.signal);
  if (measure.bytes !== artifact.bytes || measure.sha256() !== artifact.sha256) {
    const difference =
      measure.bytes === artifact.bytes ? "its bytes changed" : `${measure.bytes} of ${artifact.bytes} bytes`;
    throw new RunError(`The backup is not what was stored: ${difference}.`, {
      advice: "Restore another backup, and check the disk it is stored on.",
    });
  }
  io.log("The stored file is complete");
  return { open: async () => decompressed(artifact.compression, await destination.read(artifact.path), io) };
}
