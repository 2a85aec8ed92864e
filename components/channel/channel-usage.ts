import { pluralize } from "@/components/format";

/** What uses a channel. */
export interface ChannelUsageSummary {
  jobs: { id: string; name: string }[];
  profiles: { id: string; name: string }[];
  isGlobal: boolean;
  isFallback: boolean;
  overrides: { type: string; name: string }[];
}

/** `2 jobs, global channel, User Login`; `not used` without any. */
export function describeUsage({ jobs, profiles, isGlobal, isFallback, overrides }: ChannelUsageSummary): string {
  const parts = [
    jobs.length > 0 && pluralize(jobs.length, "job"),
    profiles.length > 0 && pluralize(profiles.length, "profile"),
    isGlobal && "global channel",
    isFallback && "fallback channel",
    overrides.length > 2 ? pluralize(overrides.length, "event") : overrides.map(({ name }) => name).join(", "),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "not used";
}

export function isUsed({ jobs, profiles, isGlobal, isFallback, overrides }: ChannelUsageSummary): boolean {
  return jobs.length > 0 || profiles.length > 0 || isGlobal || isFallback || overrides.length > 0;
}
