import { lastArtifactBytes } from "@/db/queries/artifacts";
import type { ManagedJob } from "@/db/queries/jobs";
import { type EndpointTableName, noteEndpointMounts } from "@/db/stores/endpoints";
import type { BoundDestination } from "../bind-destination";
import type { JobIo } from "../contract";
import type { OpenSource } from "../endpoints";
import { deeperMounts, type Mounts, readMounts, requireMounts } from "../mounts";
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
  await requireMounts(`The source ${source.name}`, source.mounts);
  const { estimatedBytes } = await source.kind.preflight(source.config, io);
  await noteMounts("sources", source, source.kind.localPaths(source.config), io.signal);
  if (job.compression === "zstd") await io.tools.run("zstd", ["--version"]);
  const lastBytes = await lastArtifactBytes(job.id);
  // The last backup and a tenth more; without one, the estimate, but only where no compression makes it smaller.
  const neededBytes =
    lastBytes !== null ? Math.ceil(lastBytes * 1.1) : job.compression === "none" ? estimatedBytes : null;
  const ready: BoundDestination[] = [];
  const rejected: RejectedDestination[] = [];
  for (const destination of destinations) {
    try {
      await requireMounts(`The destination ${destination.name}`, destination.mounts);
      await destination.preflight(neededBytes);
      await noteMounts("destinations", destination, destination.localRoot ? [destination.localRoot] : [], io.signal);
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

/** A disk that was mounted after the set-up is remembered from its first run on. */
async function noteMounts(
  table: EndpointTableName,
  { id, mounts }: { id: string; mounts: Mounts | null },
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const deeper = deeperMounts(mounts, await readMounts(paths, signal));
  if (deeper) await noteEndpointMounts(table, id, deeper);
}
