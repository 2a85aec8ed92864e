import { installationPause } from "@/db/queries/installation";
import type { BoundDestination } from "../bind-destination";

/** Removes what a killed run left half written. Only one run of a job runs at a time, so nothing writes them now. */
export async function removeLeftovers(
  destination: BoundDestination,
  slug: string,
  log: (line: string) => void,
): Promise<void> {
  // In a copy the original may be writing them at this moment.
  if (await installationPause()) return;
  for (const file of await destination.list(slug).catch(() => [])) {
    if (!file.path.endsWith(".part")) continue;
    await destination.remove(file.path).catch(() => undefined);
    log(`Removed ${file.path}, left half written by an earlier run, from ${destination.name}`);
  }
}
