import type { JobNotificationRule } from "./routing";

/**
 * The rules that hold for a job: its own, then those of its profile for channels without a rule of the job. A job's own
 * rule replaces the profile's for that channel, also where it does not take the event.
 */
export function mergeRules(
  own: readonly JobNotificationRule[],
  ofProfile: readonly JobNotificationRule[],
): JobNotificationRule[] {
  const replaced = new Set(own.map(({ channelId }) => channelId));
  return [...own, ...ofProfile.filter(({ channelId }) => !replaced.has(channelId))];
}
