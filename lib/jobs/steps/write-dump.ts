import { dirname, join } from "node:path";
import type { ManagedJob } from "@/db/queries/jobs";
import { pluralize } from "@/lib/core/format-units";
import { artifactPath } from "../artifact-path";
import type { BoundDestination } from "../bind-destination";
import type { JobIo } from "../contract";
import type { OpenSource } from "../endpoints";
import { RunError } from "../run-error";
import { compressed, type DumpAccount, dumpChunks } from "../streams";
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
  const account: DumpAccount = { bytes: 0, warnings: [] };
  const dump = await source.kind.dump(
    source.config,
    io,
    destinations.flatMap(({ localRoot }) => (localRoot ? [localRoot, dirname(join(localRoot, path))] : [])),
  );
  // A reader that stops before the end has its own reason; how the tool ends is then of no interest.
  dump.ended.catch(() => undefined);
  try {
    const packed = compressed(job.compression, dumpChunks(dump, account), io);
    const { written, stored, rejected } = await store(packed, destinations, path, io, () => {
      if (account.bytes >= source.kind.minBytes) return;
      throw new RunError(`The dump has only ${pluralize(account.bytes, "byte")}: that is no backup.`);
    });
    return {
      written: { path, compression: job.compression, raw: { bytes: account.bytes }, stored: written },
      stored,
      rejected,
      sourcePath: dump.path ?? null,
      warnings: account.warnings,
    };
  } finally {
    dump.stream.destroy();
  }
}
