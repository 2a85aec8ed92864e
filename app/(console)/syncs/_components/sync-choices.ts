import type { Option } from "@/components/ui/select";
import { destinationsOptions } from "@/lib/services/destinations/verbs";
import { jobsOptions } from "@/lib/services/jobs/options";
import { repositoriesOptions } from "@/lib/services/repositories/options";
import { settingsTimezoneGet } from "@/lib/services/settings/timezone-get";
import { page } from "@/lib/web/page";

interface SyncChoices {
  destinations: Option[];
  /** Those of this machine. */
  repositories: Option[];
  jobs: Option[];
  timezone: string;
}

/** What the form of a sync offers. */
export async function syncChoices(): Promise<SyncChoices> {
  const [destinations, repositories, jobs, { timezone }] = await Promise.all([
    page(destinationsOptions, {}),
    page(repositoriesOptions, {}),
    page(jobsOptions, {}),
    page(settingsTimezoneGet, {}),
  ]);
  return {
    destinations: destinations.map(({ id, name, kindLabel }) => ({ value: id, label: `${name} (${kindLabel})` })),
    repositories: repositories
      .filter(({ isOnServer }) => !isOnServer)
      .map(({ id, name, kindLabel }) => ({ value: id, label: `${name} (${kindLabel})` })),
    jobs: jobs.map(({ id, name }) => ({ value: id, label: name })),
    timezone,
  };
}
