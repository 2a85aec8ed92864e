import type { Readable } from "node:stream";
import type { Sink } from "../contract";
import type { Place } from "../places";
import { type Trouble, troubleOf } from "../trouble";

/** A destination that did not take the backup, and why. */
export interface Refusal {
  place: Pick<Place, "id" | "name">;
  trouble: Trouble;
}

interface Open {
  place: Place;
  sink: Sink;
}

/**
 * Writes one stream to all places at once. A place that fails is left out and the others go on; when the last one
 * fails, so does the writing. Nothing is visible anywhere unless the stream ended well.
 * @param check the last word before the files appear; throws when the backup is none
 * @throws Trouble of the first refusal when no place took it, and whatever the stream failed with
 */
export async function store(
  stream: Readable,
  places: Place[],
  path: string,
  signal: AbortSignal,
  check: () => void,
): Promise<{ kept: Place[]; refused: Refusal[] }> {
  const refused: Refusal[] = [];
  let open: Open[] = [];
  const refuse = async ({ place, sink }: Open, error: unknown) => {
    refused.push({ place, trouble: troubleOf(error) });
    open = open.filter((one) => one.place !== place);
    await sink.discard();
  };
  const demandOne = () => {
    if (open.length === 0 && refused[0]) throw refused[0].trouble;
  };
  try {
    for (const place of places) {
      try {
        open.push({ place, sink: await place.kind.create(place.config, path) });
      } catch (error) {
        refused.push({ place, trouble: troubleOf(error) });
      }
    }
    demandOne();
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      await Promise.all(open.map((one) => one.sink.write(chunk).catch((error: unknown) => refuse(one, error))));
      demandOne();
    }
    signal.throwIfAborted();
    check();
    for (const one of open) await one.sink.finish().catch((error: unknown) => refuse(one, error));
    demandOne();
    return { kept: open.map(({ place }) => place), refused };
  } catch (error) {
    stream.destroy();
    await Promise.all(open.map(({ sink }) => sink.discard()));
    throw error;
  }
}
