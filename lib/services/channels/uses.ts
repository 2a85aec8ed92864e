import { AppError } from "@/lib/core/errors";
import { readNotificationSettings } from "@/lib/dispatch/plan/notification-settings";
import { eventType } from "@/lib/events/catalog";

/** Everything that uses a channel. */
export interface ChannelUsage {
  jobs: { id: string; name: string }[];
  isGlobal: boolean;
  /** Events whose own channels include it. */
  overrides: { type: string; name: string }[];
}

/** @param notifications the stored value of the Notifications tab */
export function readUsage(id: string, jobs: { id: string; name: string }[], notifications: unknown): ChannelUsage {
  const settings = readNotificationSettings(notifications);
  return {
    jobs: jobs.map((job) => ({ id: job.id, name: job.name })),
    isGlobal: settings.globalChannels.includes(id),
    overrides: Object.entries(settings.events)
      .filter(([, setting]) => setting.channels?.includes(id))
      .map(([type]) => ({ type, name: eventType(type).name })),
  };
}

/** @throws AppError `conflict` that names who uses it */
export function assertUnused(name: string, usage: ChannelUsage): void {
  const users = [
    ...(usage.jobs.length > 0 ? [`${usage.jobs.length === 1 ? "the job" : "the jobs"} ${listed(usage.jobs)}`] : []),
    ...(usage.isGlobal ? ["the global channels"] : []),
    ...(usage.overrides.length > 0
      ? [`${usage.overrides.length === 1 ? "the event" : "the events"} ${listed(usage.overrides)}`]
      : []),
  ];
  if (users.length > 0)
    throw new AppError("conflict", `${name} is in use by ${users.join(", and by ")}. Remove it there first.`);
}

const NAMED = 10;

function listed(things: { name: string }[]): string {
  const names = things.slice(0, NAMED).map((thing) => thing.name);
  const more = things.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
}
