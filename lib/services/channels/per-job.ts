import { channelsOfProviders, jobsOfChannels } from "@/db/queries/channels";
import { allProviders, providerOf } from "@/lib/providers/registry";
import { usableConfig } from "./config";

/**
 * Channels that serve one job only, because their address does not contain the job, with the jobs that use them.
 * Their secrets are opened for this check and not returned.
 */
export async function jobsOfPerJobChannels(): Promise<Map<string, { id: string; name: string }[]>> {
  const monitors = allProviders().filter(({ purpose }) => purpose === "monitor");
  const rows = (await channelsOfProviders(monitors.map(({ id }) => id))).filter((row) => {
    const provider = providerOf(row.provider);
    const parsed = provider?.configSchema.safeParse(usableConfig(provider, row));
    return parsed?.success === true && provider?.isPerJob(parsed.data);
  });
  const jobs = await jobsOfChannels(rows.map(({ id }) => id));
  return new Map(
    rows.map(({ id }) => [
      id,
      jobs.filter(({ channelId }) => channelId === id).map((job) => ({ id: job.id, name: job.name })),
    ]),
  );
}
