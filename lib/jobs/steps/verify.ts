import type { Compression } from "@/lib/core/job";
import type { JobIo, Source } from "../contract";
import type { Endpoint } from "../endpoints";
import { RunError, toRunError } from "../run-error";
import { decompressed, drain, type Measured, measured } from "../streams";
import type { Refusal } from "./store";

/** What was stored, as it was measured on the way out. */
export interface Written {
  path: string;
  compression: Compression;
  raw: { bytes: number; sha256: string };
  stored: { bytes: number; sha256: string };
}

/**
 * Reads every copy back and compares it with what was written; one of them is also read by the tool that would
 * restore it. A copy that differs is removed.
 * @throws RunError when no copy is good, or when the dump itself cannot be read
 */
export async function verify(
  written: Written,
  places: Endpoint[],
  source: Source,
  io: JobIo,
): Promise<{ good: Endpoint[]; bad: Refusal[]; files: number | null }> {
  const good: Endpoint[] = [];
  const bad: Refusal[] = [];
  for (const place of places) {
    try {
      const { stream, measure } = measured(await place.kind.read(place.config, written.path));
      await drain(stream, io.signal);
      assertSameBytes(measure, written.stored, "What was read back is not what was written");
      good.push(place);
    } catch (error) {
      io.signal.throwIfAborted();
      bad.push({ place, trouble: toRunError(error) });
      await place.kind.remove(place.config, written.path).catch(() => undefined);
    }
  }
  const [first] = good;
  if (!first) throw bad[0]?.trouble ?? new RunError("No destination has the backup.");
  try {
    const files = await readAsRestore(written, first, source, io);
    return { good, bad, files };
  } catch (error) {
    for (const place of good) await place.kind.remove(place.config, written.path).catch(() => undefined);
    throw error;
  }
}

async function readAsRestore(written: Written, place: Endpoint, source: Source, io: JobIo): Promise<number | null> {
  const bytes = await place.kind.read(place.config, written.path);
  const { stream, measure } = measured(decompressed(written.compression, bytes, io));
  const { files } = await source.verify(stream, io);
  // A tool may stop at the end it knows; what follows is read all the same.
  if (!stream.destroyed) await drain(stream, io.signal).catch(unlessCutOff);
  if (measure.bytes === written.raw.bytes)
    assertSameBytes(measure, written.raw, "The unpacked backup is not what was dumped");
  return files;
}

/** The tool closed its input while the rest was being read: it had all it needs. */
function unlessCutOff(error: NodeJS.ErrnoException): void {
  if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
}

function assertSameBytes(measure: Measured, wanted: { bytes: number; sha256: string }, what: string): void {
  if (measure.bytes === wanted.bytes && measure.sha256() === wanted.sha256) return;
  throw new RunError(`${what}: ${measure.bytes} of ${wanted.bytes} bytes, or others.`, {
    advice: "The disk or the network path to it is damaged: check it.",
  });
}
