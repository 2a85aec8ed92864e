import type { EventData } from "@/lib/core/event";
import { endpointsById, findEndpoint } from "./endpoints";
import { findJob } from "./jobs";
import { repositoryNames } from "./repositories";

/** Job, source and destinations by their current names: an event keeps the names it was created with. */
export async function jobFacts(jobId: string, name: string): Promise<Partial<EventData>> {
  const found = await findJob(jobId);
  if (!found) return { job: { id: jobId, name, slug: "" } };
  const source = found.job.sourceId ? await findEndpoint("sources", found.job.sourceId) : null;
  return {
    job: { id: jobId, name: found.job.name, slug: found.job.slug },
    ...(source ? { sourceName: source.name } : {}),
    destinationNames: found.job.repositoryId
      ? await repositoryNames([found.job.repositoryId])
      : await destinationNames(found.destinationIds),
  };
}

/** Names in the order asked for; deleted ones are left out. */
export async function destinationNames(ids: string[]): Promise<string[]> {
  const rows = await endpointsById("destinations", ids);
  return ids.flatMap((id) => rows.get(id)?.name ?? []);
}
