import type { EventData } from "@/lib/core/event";
import { findClient } from "./clients";
import { endpointsById, findEndpoint } from "./endpoints";
import { findJob } from "./jobs";
import { repositoryNames } from "./repositories";

/** Job, source, destinations and client by their current names: an event keeps the names it was created with. */
export async function jobFacts(jobId: string, name: string): Promise<Partial<EventData>> {
  const found = await findJob(jobId);
  if (!found) return { job: { id: jobId, name, slug: "" } };
  const source = found.job.sourceId ? await findEndpoint("sources", found.job.sourceId) : null;
  const { clientId } = found.job;
  const executor = clientId ? await findClient(clientId) : null;
  return {
    job: { id: jobId, name: found.job.name, slug: found.job.slug },
    ...(source ? { sourceName: source.name } : {}),
    ...(executor ? { client: { id: executor.client.id, name: executor.client.name } } : {}),
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
