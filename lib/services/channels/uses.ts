import { AppError } from "@/lib/core/errors";
import { readNotificationSettings } from "@/lib/dispatch/plan/notification-settings";
import { eventType } from "@/lib/events/catalog";

/** Everything that uses a channel. */
export interface ChannelUsage {
  jobs: { id: string; name: string }[];
  profiles: { id: string; name: string }[];
  isGlobal: boolean;
  /** Alerts go there that no channel has taken. */
  isFallback: boolean;
  /** Events whose own channels include it. */
  overrides: { type: string; name: string }[];
}

/** @param notifications the stored value of the Notifications tab */
export function readUsage(
  id: string,
  { jobs, profiles }: Pick<ChannelUsage, "jobs" | "profiles">,
  notifications: unknown,
): ChannelUsage {
  const settings = readNotificationSettings(notifications);
  return {
    jobs: jobs.map((job) => ({ id: job.id, name: job.name })),
    profiles: profiles.map((profile) => ({ id: profile.id, name: profile.name })),
    isGlobal: settings.globalChannels.includes(id),
    isFallback: settings.fallbackChannels.includes(id),
    overrides: Object.entries(settings.events)
      .filter(([, setting]) => setting.channels?.includes(id))
      .map(([type]) => ({ type, name: eventType(type).name })),
  };
}

/** @param routes of the installation that name it @throws AppError `conflict` that names who uses it */
export function assertUnused(name: string, usage: ChannelUsage, routes: readonly { name: string }[]): void {
  const users = [
    ...(usage.jobs.length > 0 ? [`${usage.jobs.length === 1 ? "the job" : "the jobs"} ${listed(usage.jobs)}`] : []),
    ...(usage.profiles.length > 0
      ? [`${usage.profiles.length === 1 ? "the profile" : "the profiles"} ${listed(usage.profiles)}`]
      : []),
    ...(usage.isGlobal ? ["the global channels"] : []),
    ...(usage.isFallback ? ["the fallback channels"] : []),
    ...(usage.overrides.length > 0
      ? [`${usage.overrides.length === 1 ? "the event" : "the events"} ${listed(usage.overrides)}`]
      : []),
    ...(routes.length > 0 ? [`${routes.length === 1 ? "the route" : "the routes"} ${listed(routes)}`] : []),
  ];
  if (users.length > 0)
    throw new AppError("conflict", `${name} is in use by ${users.join(", and by ")}. Remove it there first.`);
}

const NAMED = 10;

/** Names of the first ten, and how many more there are. */
export function listed(things: readonly { name: string }[]): string {
  const names = things.slice(0, NAMED).map((thing) => thing.name);
  const more = things.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
}
