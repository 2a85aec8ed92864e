import { addAbortSignal, type Readable } from "node:stream";
import type { EndpointIo, Sink, StoredFile } from "./contract";
import type { Endpoint } from "./endpoints";
import type { Mounts } from "./mounts";
import type { PipedFile } from "./tool-io";
import { untilAborted } from "./until-aborted";

/** How long removing what a failed run wrote may take, milliseconds. Belfry itself must stop within nine seconds. */
const CLEANUP_MS = 2_000;

/** A destination as one run uses it: every wait ends with the run, whatever the destination does. */
export interface BoundDestination {
  id: string;
  name: string;
  localRoot: string | null;
  /** The mount point of its folder when it was set up. */
  mounts: Mounts | null;
  preflight(neededBytes: number | null): Promise<void>;
  create(path: string): Promise<Sink>;
  read(path: string): Promise<Readable>;
  /** Not given: only this process can read there. */
  pipe?(path: string, decompress: "gzip" | undefined): Promise<PipedFile>;
  remove(path: string): Promise<boolean>;
  list(folder: string): Promise<StoredFile[]>;
  /** Removes what a failed run stored, also after the run has ended. Waits two seconds at most and never throws. */
  discard(path: string): Promise<void>;
}

/** Binds a destination to the io of a run. The steps of a run know destinations only so. */
export function bindDestination({ id, name, kind, config, mounts }: Endpoint, io: EndpointIo): BoundDestination {
  const { signal, watch } = io;
  const { pipe } = kind;
  const watched = <T>(step: string, work: Promise<T>) => watch?.watch(`${step} ${name}`, work) ?? work;
  return {
    id,
    name,
    mounts,
    localRoot: kind.localRoot(config),
    preflight: (neededBytes) =>
      untilAborted(signal, () => watched("checking", kind.preflight(config, neededBytes, io))),
    async create(path) {
      await watch?.willStore(path);
      const open = () => watched("opening a file at", kind.create(config, path, io));
      return boundSink(await untilAborted(signal, open, (sink) => sink.discard()), signal, watched);
    },
    async read(path) {
      const open = () => watched("opening a backup at", kind.read(config, path, io));
      const stream = await untilAborted(signal, open, (late) => late.destroy());
      const closed = new Promise<void>((resolve) => {
        stream.once("close", resolve);
      });
      void watched("reading from", closed);
      // Destroyed with the run, so that a reader does not wait for a chunk that never comes. One that nobody reads yet
      // must not end the process with its error.
      return addAbortSignal(signal, stream).on("error", () => undefined);
    },
    ...(pipe && {
      async pipe(path, decompress) {
        const open = () => watched("opening a backup at", pipe(config, path, decompress, io));
        const piped = await untilAborted(signal, open, (late) => late.discard());
        void watched("reading from", piped.ended).catch(() => undefined);
        return piped;
      },
    }),
    remove: (path) => untilAborted(signal, () => watched("removing a file from", kind.remove(config, path, io))),
    list: (folder) => untilAborted(signal, () => watched("listing the files of", kind.list(config, folder, io))),
    discard: (path) => {
      const cleanup = AbortSignal.timeout(CLEANUP_MS);
      return quietly(cleanup, () => kind.remove(config, path, { ...io, signal: cleanup }));
    },
  };
}

function boundSink(sink: Sink, signal: AbortSignal, watched: <T>(step: string, work: Promise<T>) => Promise<T>): Sink {
  return {
    write(chunk) {
      if (signal.aborted) return Promise.reject(signal.reason);
      const writing = sink.write(chunk);
      return writing && untilAborted(signal, () => watched("writing to", writing));
    },
    finish: () => untilAborted(signal, () => watched("completing the file at", sink.finish())),
    discard: () => quietly(AbortSignal.timeout(CLEANUP_MS), () => sink.discard()),
  };
}

async function quietly(signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  await untilAborted(signal, work).catch(() => undefined);
}
