import { channelsOptions } from "@/lib/services/channels/options";
import { destinationsOptions } from "@/lib/services/destinations/verbs";
import { profilesOptions } from "@/lib/services/profiles/options";
import { sourcesOptions } from "@/lib/services/sources/verbs";
import { pageOrNull } from "@/lib/web/page";

/** What the list of jobs can be narrowed to, by name; empty where there is none, and where its reader may not see them. */
export async function readJobChoices() {
  const [profiles, sources, destinations, channels] = await Promise.all([
    pageOrNull(profilesOptions, {}),
    pageOrNull(sourcesOptions, {}),
    pageOrNull(destinationsOptions, {}),
    pageOrNull(channelsOptions, {}),
  ]);
  return {
    profiles: profiles ?? [],
    sources: named(sources),
    destinations: named(destinations),
    channels: named(channels),
  };
}

export type JobFilterChoices = Awaited<ReturnType<typeof readJobChoices>>;

/** Only what the selects show goes to the browser. */
const named = (options: readonly Named[] | null): Named[] => (options ?? []).map(({ id, name }) => ({ id, name }));

interface Named {
  id: string;
  name: string;
}

/** The ids that an address names, of those that its reader sees; any other narrows nothing. */
export function readJobIds(search: Record<string, string | undefined>, choices: JobFilterChoices) {
  const idOf = (options: readonly Named[], id: string | undefined) => options.find((one) => one.id === id)?.id;
  return {
    profileId: idOf(choices.profiles, search.profileId),
    sourceId: idOf(choices.sources, search.sourceId),
    destinationId: idOf(choices.destinations, search.destinationId),
    channelId: idOf(choices.channels, search.channelId),
  };
}
