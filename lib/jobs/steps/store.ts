import type { Readable } from "node:stream";
import type { Sink } from "../contract";
import type { Endpoint } from "../endpoints";
import { type RunError, toRunError } from "../run-error";

/** A destination that did not take the backup, and why. */
export interface Refusal {
  place: Pick<Endpoint, "id" | "name">;
  trouble: RunError;
}

interface Open {
  place: Endpoint;
  sink: Sink;
}

/**
 * Writes one stream to all places at once. A place that fails is left out and the others go on; when the last one
 * fails, so does the writing. Nothing is visible anywhere unless the stream ended well.
 * @param check the last word before the files appear; throws when the backup is none
 * @throws RunError of the first refusal when no place took it, and whatever the stream failed with
 */
export async function store(
  stream: Readable,
  places: Endpoint[],
  path: string,
  signal: AbortSignal,
  check: () => void,
): Promise<{ kept: Endpoint[]; refused: Refusal[] }> {
  const refused: Refusal[] = [];
  let open: Open[] = [];
  const refuse = async ({ place, sink }: Open, error: unknown) => {
    refused.push({ place, trouble: toRunError(error) });
    open = open.filter((one) => one.place !== place);
    await sink.discard();
  };
  const requireOneDestination = () => {
    if (open.length === 0 && refused[0]) throw refused[0].trouble;
  };
  try {
    for (const place of places) {
      try {
        open.push({ place, sink: await place.kind.create(place.config, path) });
      } catch (error) {
        refused.push({ place, trouble: toRunError(error) });
      }
    }
    requireOneDestination();
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      await Promise.all(open.map((one) => one.sink.write(chunk).catch((error: unknown) => refuse(one, error))));
      requireOneDestination();
    }
    signal.throwIfAborted();
    check();
    for (const one of open) await one.sink.finish().catch((error: unknown) => refuse(one, error));
    requireOneDestination();
    return { kept: open.map(({ place }) => place), refused };
  } catch (error) {
    stream.destroy();
    await Promise.all(open.map(({ sink }) => sink.discard()));
    throw error;
  }
}
