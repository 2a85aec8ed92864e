import type { EventData } from "@/lib/core/event";
import { destinationsById } from "./destinations";
import { findJob } from "./jobs";
import { findSource } from "./sources";

/** Job, source and destinations by their current names: an event keeps the names it was created with. */
export async function jobFacts(jobId: string, name: string): Promise<Partial<EventData>> {
  const whole = await findJob(jobId);
  if (!whole) return { job: { id: jobId, name, slug: "" } };
  const source = whole.job.sourceId ? await findSource(whole.job.sourceId) : null;
  return {
    job: { id: jobId, name: whole.job.name, slug: whole.job.slug },
    ...(source ? { sourceName: source.name } : {}),
    destinationNames: await destinationNames(whole.destinationIds),
  };
}

/** Names in the order asked for; deleted ones are left out. */
export async function destinationNames(ids: string[]): Promise<string[]> {
  const rows = await destinationsById(ids);
  return ids.flatMap((id) => rows.get(id)?.name ?? []);
}
