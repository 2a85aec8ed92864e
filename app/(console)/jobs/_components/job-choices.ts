import { currentUser } from "@/app/(console)/current-user";
import { channelsOptions } from "@/lib/services/channels/options";
import { clientsList } from "@/lib/services/clients/list";
import { destinationsOptions } from "@/lib/services/destinations/verbs";
import { jobsHooks } from "@/lib/services/jobs/hooks";
import { profilesOptions } from "@/lib/services/profiles/options";
import { repositoriesOptions } from "@/lib/services/repositories/options";
import { sourcesOptions } from "@/lib/services/sources/verbs";
import { page } from "@/lib/web/page";

/** As many clients as the form offers. */
const MOST_CLIENTS = 200;

/** The sources, destinations, repositories, clients, channels, profiles and hooks that a job's form offers. */
export async function jobChoices() {
  const [sources, destinations, repositories, clients, channels, profiles, hooks, { isAdmin }] = await Promise.all([
    page(sourcesOptions, {}),
    page(destinationsOptions, {}),
    page(repositoriesOptions, {}),
    page(clientsList, { limit: MOST_CLIENTS }),
    channelChoices(),
    page(profilesOptions, {}),
    page(jobsHooks, {}),
    currentUser(),
  ]);
  return {
    sources: sources.map(({ id, name, kindLabel, storesItself }) => ({ id, name, note: kindLabel, storesItself })),
    destinations: destinations.map(({ id, name, kindLabel }) => ({ id, name, note: kindLabel })),
    repositories: repositories.map(({ id, name, kindLabel }) => ({ id, name, note: kindLabel })),
    clients: clients.items.map(({ id, name, allowedJobs }) => ({ id, name, jobs: allowedJobs })),
    channels,
    profiles,
    hooks: { ...hooks, canChoose: isAdmin },
  };
}

/** The channels that rules are made for. */
export async function channelChoices() {
  return (await page(channelsOptions, {})).map(
    ({ id, name, providerLabel, enabled, purpose, ruleStates, messageOptions, usedByJobs }) => ({
      id,
      name,
      providerLabel,
      enabled,
      purpose,
      ruleStates,
      messageOptions,
      usedByJobs,
    }),
  );
}
