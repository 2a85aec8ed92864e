import { installationPause } from "@/db/queries/installation";
import type { BoundDestination } from "../bind-destination";
import { toRunError } from "../run-error";

/** Removes what a killed run left half written. Only one run of a job runs at a time, so nothing writes them now. */
export async function removeLeftovers(
  destination: BoundDestination,
  slug: string,
  log: (line: string) => void,
): Promise<void> {
  // In a copy the original may be writing them at this moment.
  if (await installationPause()) return;
  for (const { path } of await destination.list(slug).catch(() => [])) {
    if (!path.endsWith(".part")) continue;
    try {
      await destination.remove(path);
      log(`Removed ${path}, left half written by an earlier run, from ${destination.name}`);
    } catch (error) {
      log(`Could not remove ${path}, left half written by an earlier run: ${toRunError(error).message}`);
    }
  }
}
