import { surplusArtifacts } from "@/db/queries/artifacts";
import { artifactsInUse } from "@/db/queries/runs";
import { forgetArtifact } from "@/db/stores/artifacts";
import { pluralize } from "@/lib/core/format-units";
import type { BoundDestination } from "../bind-destination";
import type { JobIo } from "../contract";
import { toRunError } from "../run-error";

/**
 * Keeps the newest `keepLast` backups of a job at each destination that just took a verified one, and removes the
 * rest. Backups that a restore reads are left for the next time. A file that cannot be removed never fails the run.
 * @returns what could not be removed, in sentences
 */
export async function applyRetention(
  jobId: string | null,
  destinations: BoundDestination[],
  keepLast: number,
  io: JobIo,
): Promise<string[]> {
  const warnings: string[] = [];
  const inUse = await artifactsInUse();
  for (const destination of destinations) {
    const surplus = (await surplusArtifacts(jobId, destination.id, keepLast)).filter((row) => !inUse.has(row.id));
    let removed = 0;
    for (const artifact of surplus) {
      try {
        const existed = await destination.remove(artifact.path);
        if (!existed) io.log(`${artifact.path} no longer exists at ${destination.name}`);
        await forgetArtifact(artifact.id);
        removed++;
      } catch (error) {
        warnings.push(`An old backup could not be removed from ${destination.name}: ${toRunError(error).message}`);
      }
    }
    if (removed)
      io.log(`Removed ${pluralize(removed, "old backup")} from ${destination.name}, keeping the last ${keepLast}`);
  }
  return warnings;
}
