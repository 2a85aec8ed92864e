import { surplusArtifacts } from "@/db/queries/artifacts";
import { artifactsInUse } from "@/db/queries/runs";
import { forgetArtifact } from "@/db/stores/artifacts";
import { pluralize } from "@/lib/core/format-units";
import type { Endpoint } from "../endpoints";
import { toRunError } from "../run-error";

/**
 * Keeps the newest so many backups of a job at each place that just took a verified one, and removes the rest.
 * Backups that a restore reads are left for the next time. A file that cannot be removed never fails the run.
 * @returns what could not be removed, in sentences
 */
export async function retain(
  jobId: string | null,
  places: Endpoint[],
  keepLast: number,
  log: (line: string) => void,
): Promise<string[]> {
  const warnings: string[] = [];
  const inUse = await artifactsInUse();
  for (const place of places) {
    const surplus = (await surplusArtifacts(jobId, place.id, keepLast)).filter((row) => !inUse.has(row.id));
    let removed = 0;
    for (const artifact of surplus) {
      try {
        const wasThere = await place.kind.remove(place.config, artifact.path);
        if (!wasThere) log(`${artifact.path} was not at ${place.name} any more`);
        await forgetArtifact(artifact.id);
        removed++;
      } catch (error) {
        warnings.push(`An old backup could not be removed from ${place.name}: ${toRunError(error).message}`);
      }
    }
    if (removed) log(`Removed ${pluralize(removed, "old backup")} from ${place.name}, keeping the last ${keepLast}`);
  }
  return warnings;
}
