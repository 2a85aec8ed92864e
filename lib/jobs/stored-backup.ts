import type { ArtifactRow } from "@/db/stores/artifacts";
import type { BoundDestination } from "./bind-destination";
import type { JobIo, StoredBackup } from "./contract";
import { RunError } from "./run-error";
import { decompressed, drain, measured } from "./streams";

/** A stored backup whose bytes are those that were stored: it is read to its end first. @throws RunError when they are not */
export async function openStoredBackup(
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
  return peekStoredBackup(artifact, destination, io);
}

/** The same without reading it first, to look at its beginning. */
export function peekStoredBackup(artifact: ArtifactRow, destination: BoundDestination, io: JobIo): StoredBackup {
  return { open: async () => decompressed(artifact.compression, await destination.read(artifact.path), io) };
}
