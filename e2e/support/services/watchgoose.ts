import { CHECK, type HealthchecksService, startHealthchecks } from "./healthchecks";
import type { ServiceForForms } from "./service";

/** The same protocol with a shorter body: https://watchgoose.com/docs/http_api/ */
export function startWatchgoose(): Promise<HealthchecksService> {
  return startHealthchecks({ bodyLimit: 10_000, isHosted: false });
}

export const forForms: ServiceForForms<HealthchecksService> = {
  provider: "watchgoose",
  start: startWatchgoose,
  config: (url) => ({ pingUrl: `${url}/${CHECK}` }),
  secretField: "pingUrl",
  texts: (service) => service.pings.map(({ body }) => body),
};
