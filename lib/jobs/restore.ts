import { findArtifact } from "@/db/queries/artifacts";
import type { ArtifactRow } from "@/db/stores/artifacts";
import type { RunRow } from "@/db/stores/runs";
import { formatBytes } from "@/lib/core/format-units";
import type { IoFor } from "./backup";
import type { JobIo, RestoreTarget, StoredBackup } from "./contract";
import { type Endpoint, openEndpointById, openSource } from "./endpoints";
import type { Outcome } from "./outcome";
import { sourceKind } from "./registry";
import { RunError, startError } from "./run-error";
import { decompressed, drain, measured } from "./streams";
import type { StoredTarget } from "./target";

/** One restore: the stored file is read and compared whole before anything at the target is touched. */
export async function restore(run: RunRow, ioFor: IoFor): Promise<Outcome> {
  const { artifactId, target } = run.params;
  const artifact = artifactId ? await findArtifact(artifactId) : null;
  if (!artifact || !target) throw startError("The backup is gone: retention removed it, or its file was lost.");
  const place = await openEndpointById(artifact.destinationId);
  const { aim, secrets } = await resolveTarget(target);
  const kind = sourceKind(artifact.sourceKind);
  if (!kind) throw startError(`This version of Belfry cannot restore backups of the kind ${artifact.sourceKind}.`);
  const io = ioFor([...place.secrets, ...secrets]);
  io.log(`Restoring ${artifact.path} from ${place.name}`);
  const backup = await checkedBackup(artifact, place, io);
  await kind.restore(backup, aim, io, target.overwrite === true);
  io.log(`Restored ${formatBytes(artifact.bytes)}`);
  return { status: "success", bytes: artifact.bytes, files: null, error: null, advice: null, kind: null };
}

/** The target with the configuration of its server, where it is a database. */
export async function resolveTarget(target: StoredTarget): Promise<{ aim: RestoreTarget; secrets: string[] }> {
  if ("path" in target) return { aim: { path: target.path }, secrets: [] };
  const source = await openSource(target.sourceId);
  return { aim: { config: source.config, database: target.database }, secrets: source.secrets };
}

/** A stored backup whose bytes are those that were stored. @throws RunError when they are not */
export async function checkedBackup(artifact: ArtifactRow, place: Endpoint, io: JobIo): Promise<StoredBackup> {
  const { stream, measure } = measured(await place.kind.read(place.config, artifact.path));
  await drain(stream, io.signal);
  if (measure.bytes !== artifact.bytes || measure.sha256() !== artifact.sha256) {
    throw new RunError(
      `The backup is not what was stored: ${
        measure.bytes === artifact.bytes ? "its bytes changed" : `${measure.bytes} of ${artifact.bytes} bytes`
      }.`,
      { advice: "Restore another backup, and check the disk it is stored on." },
    );
  }
  io.log("The stored file is whole");
  return {
    open: async () => decompressed(artifact.compression, await place.kind.read(place.config, artifact.path), io),
  };
}
