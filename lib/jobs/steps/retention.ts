import { type ArtifactRow, plausibleBackups, surplusArtifacts } from "@/db/queries/artifacts";
import { artifactsInUse } from "@/db/queries/runs";
import { forgetArtifact } from "@/db/stores/artifacts";
import { pluralize } from "@/lib/core/format-units";
import type { BoundDestination } from "../bind-destination";
import type { JobIo } from "../contract";
import { toRunError } from "../run-error";

/**
 * What is beyond the number to keep, without what a restore reads. A backup with something in it stays while all newer
 * ones are empty.
 */
export async function removableArtifacts(
  jobId: string | null,
  destinationId: string,
  keepLast: number,
): Promise<ArtifactRow[]> {
  const inUse = await artifactsInUse();
  const surplus = (await surplusArtifacts(jobId, destinationId, keepLast)).filter((row) => !inUse.has(row.id));
  if (jobId === null || surplus.length === 0) return surplus;
  const kept = await plausibleBackups(jobId, keepLast);
  if (!kept.every(isEmpty)) return surplus;
  const last = surplus.find(
    (row) => row.damage === null && (row.suspicion === null || row.acceptedAt !== null) && !isEmpty(row),
  );
  return surplus.filter((row) => row !== last);
}

function isEmpty({ contents }: ArtifactRow): boolean {
  return contents !== null && (contents.files === 0 || contents.filledTables === 0);
}

/**
 * Keeps the newest `keepLast` backups of a job at each destination that just took a backup, and removes the rest.
 * Suspect ones neither count nor push out others. Backups that a restore reads are left for the next time. A file that cannot be removed never fails the run.
 * @returns what could not be removed, in sentences
 */
export async function applyRetention(
  jobId: string | null,
  destinations: BoundDestination[],
  keepLast: number,
  io: JobIo,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const destination of destinations) {
    const surplus = await removableArtifacts(jobId, destination.id, keepLast);
    let removed = 0;
    const failures: string[] = [];
    for (const artifact of surplus) {
      try {
        const existed = await destination.remove(artifact.path);
        if (!existed) io.log(`${artifact.path} no longer exists at ${destination.name}`);
        await forgetArtifact(artifact.id);
        removed++;
      } catch (error) {
        failures.push(toRunError(error).message);
      }
    }
    if (failures[0]) {
      const count = pluralize(failures.length, "old backup");
      warnings.push(`${count} could not be removed from ${destination.name}, which fills up: ${failures[0]}`);
    }
    if (removed)
      io.log(`Removed ${pluralize(removed, "old backup")} from ${destination.name}, keeping the last ${keepLast}`);
  }
  return warnings;
}
