import { pluralize } from "@/components/format";

/** What uses a channel. */
export interface ChannelUsageSummary {
  jobs: { id: string; name: string }[];
  isGlobal: boolean;
  overrides: { type: string; name: string }[];
}

/** `2 jobs, global channel, User Login`; `not used` without any. */
export function describeUsage({ jobs, isGlobal, overrides }: ChannelUsageSummary): string {
  const parts = [
    jobs.length > 0 && pluralize(jobs.length, "job"),
    isGlobal && "global channel",
    overrides.length > 2 ? pluralize(overrides.length, "event") : overrides.map(({ name }) => name).join(", "),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "not used";
}

export function isUsed({ jobs, isGlobal, overrides }: ChannelUsageSummary): boolean {
  return jobs.length > 0 || isGlobal || overrides.length > 0;
}
