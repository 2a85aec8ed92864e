import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { BoundDestination } from "../bind-destination";
import type { JobIo, Sink } from "../contract";
import type { Endpoint } from "../endpoints";
import { type RunError, toRunError } from "../run-error";
import type { Measured } from "../streams";

/** A destination that did not take the backup, and why. */
export interface RejectedDestination {
  destination: Pick<Endpoint, "id" | "name">;
  error: RunError;
}

interface OpenSink {
  destination: BoundDestination;
  sink: Sink;
}

/**
 * Writes one stream to all destinations at once, and measures it. A destination that fails is left out and the others continue; when
 * the last one fails, so does the writing. Nothing is visible anywhere unless the whole stream was written.
 * @param check runs before the files become visible; throws when the stream is no backup
 * @throws RunError of the first destination that failed when none took it, and whatever the stream fails with
 */
export async function store(
  stream: AsyncIterable<Buffer>,
  destinations: BoundDestination[],
  path: string,
  { signal, progress }: Pick<JobIo, "signal" | "progress">,
  check: () => void,
): Promise<{ written: Measured; stored: BoundDestination[]; rejected: RejectedDestination[] }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const unfollow = progress?.follow(() => ({ bytes, files: null }));
  const rejected: RejectedDestination[] = [];
  let open: OpenSink[] = [];
  const reject = async ({ destination, sink }: OpenSink, error: unknown) => {
    rejected.push({ destination, error: toRunError(error) });
    open = open.filter((one) => one.destination !== destination);
    await sink.discard();
  };
  const requireOneDestination = () => {
    signal.throwIfAborted();
    if (open.length === 0 && rejected[0]) throw rejected[0].error;
  };
  try {
    for (const destination of destinations) {
      try {
        open.push({ destination, sink: await destination.create(path) });
      } catch (error) {
        rejected.push({ destination, error: toRunError(error) });
      }
    }
    requireOneDestination();
    for await (const chunk of stream) {
      signal.throwIfAborted();
      bytes += chunk.byteLength;
      hash.update(chunk);
      const writing = open.map((one) => one.sink.write(chunk)?.catch((error: unknown) => reject(one, error)));
      if (!writing.some(Boolean)) continue;
      await Promise.all(writing);
      requireOneDestination();
    }
    signal.throwIfAborted();
    check();
    for (const one of open) await one.sink.finish().catch((error: unknown) => reject(one, error));
    requireOneDestination();
    const written = { bytes, sha256: hash.digest("hex") };
    return { written, stored: open.map(({ destination }) => destination), rejected };
  } catch (error) {
    if (stream instanceof Readable) stream.destroy();
    await Promise.all(open.map(({ sink }) => sink.discard()));
    throw error;
  } finally {
    unfollow?.();
  }
}
