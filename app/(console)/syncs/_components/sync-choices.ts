import type { Option } from "@/components/ui/select";
import { destinationsOptions } from "@/lib/services/destinations/verbs";
import { jobsOptions } from "@/lib/services/jobs/options";
import { settingsTimezoneGet } from "@/lib/services/settings/timezone-get";
import { page } from "@/lib/web/page";

/** What the form of a sync offers. */
export async function syncChoices(): Promise<{ destinations: Option[]; jobs: Option[]; timezone: string }> {
  const [destinations, jobs, { timezone }] = await Promise.all([
    page(destinationsOptions, {}),
    page(jobsOptions, {}),
    page(settingsTimezoneGet, {}),
  ]);
  return {
    destinations: destinations.map(({ id, name, kindLabel }) => ({ value: id, label: `${name} (${kindLabel})` })),
    jobs: jobs.map(({ id, name }) => ({ value: id, label: name })),
    timezone,
  };
}
