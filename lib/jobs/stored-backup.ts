import type { Readable } from "node:stream";
import type { ArtifactRow } from "@/db/stores/artifacts";
import type { Compression } from "@/lib/core/job";
import type { BoundDestination } from "./bind-destination";
import type { JobIo, StoredBackup, ToolInput } from "./contract";
import { RunError } from "./run-error";
import { decompressed, decompressor, type Measured, readMeasured } from "./streams";
import type { PipedFile } from "./tool-io";

/** A stored backup whose bytes are those that were stored: it is read to its end first. @throws RunError when they are not */
export async function openStoredBackup(
  artifact: ArtifactRow,
  destination: BoundDestination,
  io: JobIo,
): Promise<StoredBackup> {
  const stored = await destination.read(artifact.path);
  // What the restore will read is opened while this reads: opening may take a process of its own.
  const next = reading(artifact, destination);
  next.catch(() => undefined);
  try {
    assertStored(artifact, await readMeasured(stored, io.signal));
  } catch (error) {
    next.then((unread) => unread.discard()).catch(() => undefined);
    throw error;
  }
  io.log("The stored file is complete");
  let opened: typeof next | null = next;
  return storedBackup(io, () => {
    const bytes = opened ?? reading(artifact, destination);
    opened = null;
    return bytes;
  });
}

function assertStored(artifact: ArtifactRow, found: Measured): void {
  if (found.bytes !== artifact.bytes || found.sha256 !== artifact.sha256) {
    const difference =
      found.bytes === artifact.bytes ? "its bytes changed" : `${found.bytes} of ${artifact.bytes} bytes`;
    throw new RunError(`The backup is not what was stored: ${difference}.`, {
      advice: "Restore another backup, and check the disk it is stored on.",
    });
  }
}

/** The same without reading it first, to look at its beginning. */
export function peekStoredBackup(artifact: ArtifactRow, destination: BoundDestination, io: JobIo): StoredBackup {
  return storedBackup(io, () => reading(artifact, destination));
}

/** The bytes of a stored file on their way to one reader. */
interface Reading {
  /** What is still to be undone of it. */
  compression: Compression;
  stream(): Readable;
  /** As the input of a tool. */
  input(): Pick<ToolInput, "stdin" | "piped">;
  discard(): void;
}

/** By a process that decompresses on the way, where the destination has one. */
async function reading({ path, compression }: ArtifactRow, destination: BoundDestination): Promise<Reading> {
  if (!destination.pipe) return readingHere(await destination.read(path), compression);
  const isGzip = compression === "gzip";
  const piped = await destination.pipe(path, isGzip ? "gzip" : undefined);
  return readingApart(piped, isGzip ? "none" : compression);
}

function readingHere(stream: Readable, compression: Compression): Reading {
  return {
    compression,
    stream: () => stream,
    input: () => ({ stdin: stream }),
    discard: () => void stream.destroy(),
  };
}

function readingApart(piped: PipedFile, compression: Compression): Reading {
  return {
    compression,
    stream: () => piped.stream(),
    input: () => ({ piped }),
    discard: () => piped.discard(),
  };
}

/** @param read opens the stored bytes */
function storedBackup(io: JobIo, read: () => Promise<Reading>): StoredBackup {
  return {
    async open() {
      const bytes = await read();
      return decompressed(bytes.compression, bytes.stream(), io);
    },
    async toolInput() {
      const bytes = await read();
      const filter = decompressor(bytes.compression);
      return { ...bytes.input(), ...(filter && { filter }) };
    },
  };
}
