import { lastArtifactBytes } from "@/db/queries/artifacts";
import type { ManagedJob } from "@/db/queries/jobs";
import type { BoundDestination } from "../bind-destination";
import type { JobIo } from "../contract";
import type { OpenSource } from "../endpoints";
import { startError, toRunError } from "../run-error";
import type { RejectedDestination } from "./store";

/**
 * Checks everything that can be known before a byte is written.
 * @returns the destinations that can take the backup, and those that cannot
 * @throws RunError of kind `cannot_start` when the source or every destination fails
 */
export async function preflight(
  source: OpenSource,
  destinations: BoundDestination[],
  job: ManagedJob,
  io: JobIo,
): Promise<{ ready: BoundDestination[]; rejected: RejectedDestination[] }> {
  const { estimatedBytes } = await source.kind.preflight(source.config, io);
  if (job.compression === "zstd") await io.tools.run("zstd", ["--version"]);
  const lastBytes = await lastArtifactBytes(job.id);
  // The last backup and a tenth more; without one, the estimate, but only where no compression makes it smaller.
  const neededBytes =
    lastBytes !== null ? Math.ceil(lastBytes * 1.1) : job.compression === "none" ? estimatedBytes : null;
  const ready: BoundDestination[] = [];
  const rejected: RejectedDestination[] = [];
  for (const destination of destinations) {
    try {
      await destination.preflight(neededBytes);
      ready.push(destination);
    } catch (error) {
      io.signal.throwIfAborted();
      rejected.push({ destination, error: toRunError(error) });
    }
  }
  return { ready, rejected };
}

/** @throws RunError of kind `cannot_start` when no destination is left */
export function requireReady(ready: readonly unknown[], rejected: readonly RejectedDestination[]): void {
  const [first] = rejected;
  if (ready.length > 0 || !first) return;
  const { message, advice } = first.error;
  throw startError(rejected.length > 1 ? `No destination can be written to. ${message}` : message, advice);
}
