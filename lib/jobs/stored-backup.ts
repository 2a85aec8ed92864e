import type { Readable } from "node:stream";
import type { ArtifactRow } from "@/db/stores/artifacts";
import type { Compression } from "@/lib/core/job";
import type { BoundDestination } from "./bind-destination";
import type { JobIo, StoredBackup } from "./contract";
import { RunError } from "./run-error";
import { decompressed, decompressor, drain, type Measured, measured } from "./streams";

/** A stored backup whose bytes are those that were stored: it is read to its end first. @throws RunError when they are not */
export async function openStoredBackup(
  artifact: ArtifactRow,
  destination: BoundDestination,
  io: JobIo,
): Promise<StoredBackup> {
  const { stream, measure } = measured(await destination.read(artifact.path));
  // What the restore will read is opened while this reads: opening may take a process of its own.
  const next = destination.read(artifact.path);
  next.catch(() => undefined);
  try {
    await drain(stream, io.signal);
    assertStored(artifact, measure);
  } catch (error) {
    next.then((unread) => unread.destroy()).catch(() => undefined);
    throw error;
  }
  io.log("The stored file is complete");
  let opened: typeof next | null = next;
  return storedBackup(artifact.compression, io, () => {
    const bytes = opened ?? destination.read(artifact.path);
    opened = null;
    return bytes;
  });
}

function assertStored(artifact: ArtifactRow, measure: Measured): void {
  if (measure.bytes !== artifact.bytes || measure.sha256() !== artifact.sha256) {
    const difference =
      measure.bytes === artifact.bytes ? "its bytes changed" : `${measure.bytes} of ${artifact.bytes} bytes`;
    throw new RunError(`The backup is not what was stored: ${difference}.`, {
      advice: "Restore another backup, and check the disk it is stored on.",
    });
  }
}

/** The same without reading it first, to look at its beginning. */
export function peekStoredBackup(artifact: ArtifactRow, destination: BoundDestination, io: JobIo): StoredBackup {
  return storedBackup(artifact.compression, io, () => destination.read(artifact.path));
}

/** @param read opens the stored bytes */
export function storedBackup(compression: Compression, io: JobIo, read: () => Promise<Readable>): StoredBackup {
  const filter = decompressor(compression);
  return {
    open: async () => decompressed(compression, await read(), io),
    ...(filter && { compressed: async () => ({ stdin: await read(), filter }) }),
  };
}
