import type { BackupContents } from "@/lib/core/backup-contents";
import type { Compression } from "@/lib/core/job";
import type { BoundDestination } from "../bind-destination";
import type { DumpSource, JobIo } from "../contract";
import { RunError, toRunError } from "../run-error";
import { counted, decompressed, drain, type Measured, readMeasured } from "../streams";
import type { RejectedDestination } from "./store";

/** What was stored, as it was measured while it was written. */
export interface Written {
  path: string;
  compression: Compression;
  /** Before compression. */
  raw: { bytes: number };
  stored: Measured;
}

/**
 * Reads every copy back and compares it with what was written; one of them is also read by the tool that would
 * restore it. A copy that differs is removed.
 * @throws RunError when no copy is good, or when the dump itself cannot be read
 */
export async function verify(
  written: Written,
  destinations: BoundDestination[],
  source: DumpSource,
  io: JobIo,
): Promise<{ verified: BoundDestination[]; rejected: RejectedDestination[]; contents: BackupContents }> {
  const verified: BoundDestination[] = [];
  const rejected: RejectedDestination[] = [];
  try {
    for (const destination of destinations) {
      try {
        await readBack(written, destination, io);
        verified.push(destination);
      } catch (error) {
        io.signal.throwIfAborted();
        rejected.push({ destination, error: toRunError(error) });
        await destination.discard(written.path);
      }
    }
    const [first] = verified;
    if (!first) throw rejected[0]?.error ?? new RunError("No destination has the backup.");
    return { verified, rejected, contents: await readAsRestore(written, first, source, io) };
  } catch (error) {
    // Without a verified backup no copy of it stays: nothing would ever remove one.
    await Promise.all(destinations.map((destination) => destination.discard(written.path)));
    throw error;
  }
}

async function readBack(written: Written, destination: BoundDestination, io: JobIo): Promise<void> {
  const found = await readMeasured(await destination.read(written.path), io.signal);
  assertSameBytes(found, written.stored, "What was read back is not what was written");
}

async function readAsRestore(
  written: Written,
  destination: BoundDestination,
  source: DumpSource,
  io: JobIo,
): Promise<BackupContents> {
  const bytes = await destination.read(written.path);
  const { stream, counter } = counted(decompressed(written.compression, bytes, io));
  const contents = await source.verify(stream, io);
  // A tool may stop at the end it knows; what follows is read all the same.
  if (!stream.destroyed) await drain(stream, io.signal).catch(ignorePrematureClose);
  if (counter.bytes > written.raw.bytes) {
    throw new RunError(`The unpacked backup is longer than the dump: ${counter.bytes} of ${written.raw.bytes} bytes.`);
  }
  return contents;
}

/** The tool closed its input while the rest was being read: it had all it needs. */
function ignorePrematureClose(error: NodeJS.ErrnoException): void {
  if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
}

function assertSameBytes(found: Measured, expected: Measured, what: string): void {
  if (found.bytes === expected.bytes && found.sha256 === expected.sha256) return;
  throw new RunError(`${what}: ${found.bytes} of ${expected.bytes} bytes, or others.`, {
    advice: "The disk or the network path to it is damaged: check it.",
  });
}
