import { dirname, join } from "node:path";
import type { ManagedJob } from "@/db/queries/jobs";
import { pluralize } from "@/lib/core/format-units";
import { artifactPath } from "../artifact-path";
import type { BoundDestination } from "../bind-destination";
import type { JobIo } from "../contract";
import type { OpenSource } from "../endpoints";
import { RunError } from "../run-error";
import { compressed, counted, dumpStream, measured } from "../streams";
import { type RejectedDestination, store } from "./store";
import type { Written } from "./verify";

export interface WrittenDump {
  written: Written;
  stored: BoundDestination[];
  rejected: RejectedDestination[];
  /** What it was made of, where that is a path. */
  sourcePath: string | null;
  /** What the source's tool warned of. */
  warnings: string[];
}

/** Dumps the source, compresses the dump and writes it to all destinations in one pass. @throws RunError */
export async function writeDump(
  source: OpenSource,
  destinations: BoundDestination[],
  job: ManagedJob,
  io: JobIo,
): Promise<WrittenDump> {
  const path = artifactPath(job.slug, source.kind.extension, job.compression);
  const warnings: string[] = [];
  const dump = await source.kind.dump(
    source.config,
    io,
    destinations.flatMap(({ localRoot }) => (localRoot ? [localRoot, dirname(join(localRoot, path))] : [])),
  );
  // A reader that stops before the end has its own reason; how the tool ends is then of no interest.
  dump.ended.catch(() => undefined);
  let unfollow: (() => void) | undefined;
  try {
    const raw = counted(dumpStream(dump.stream, dump.ended, (end) => warnings.push(...end.warnings)));
    const packed = measured(compressed(job.compression, raw.stream, io));
    unfollow = io.progress?.follow(() => ({ bytes: packed.measure.bytes, files: null }));
    const { stored, rejected } = await store(packed.stream, destinations, path, io.signal, () => {
      if (raw.counter.bytes >= source.kind.minBytes) return;
      throw new RunError(`The dump has only ${pluralize(raw.counter.bytes, "byte")}: that is no backup.`);
    });
    const written: Written = {
      path,
      compression: job.compression,
      raw: raw.counter,
      stored: { bytes: packed.measure.bytes, sha256: packed.measure.sha256() },
    };
    return { written, stored, rejected, sourcePath: dump.path ?? null, warnings };
  } finally {
    unfollow?.();
    dump.stream.destroy();
  }
}
