import { channelsOptions } from "@/lib/services/channels/options";
import { destinationsOptions } from "@/lib/services/destinations/verbs";
import { sourcesOptions } from "@/lib/services/sources/verbs";
import { page } from "@/lib/web/page";

/** The sources, destinations and channels that a job's form offers. */
export async function jobChoices() {
  const [sources, destinations, channels] = await Promise.all([
    page(sourcesOptions, {}),
    page(destinationsOptions, {}),
    page(channelsOptions, {}),
  ]);
  return {
    sources: sources.map(({ id, name, kindLabel }) => ({ id, name, note: kindLabel })),
    destinations: destinations.map(({ id, name, kindLabel }) => ({ id, name, note: kindLabel })),
    channels: channels.map(({ id, name, providerLabel, enabled, purpose, ruleStates, messageOptions, usedByJobs }) => ({
      id,
      name,
      providerLabel,
      enabled,
      purpose,
      ruleStates,
      messageOptions,
      usedByJobs,
    })),
  };
}
