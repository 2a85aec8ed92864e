import { pluralize } from "@/components/format";

/** RoutingPreview relies on a channel. */
export interface ChannelUsers {
  jobs: { id: string; name: string }[];
  isGlobal: boolean;
  overrides: { type: string; name: string }[];
}

/** `2 jobs, global channel, User Login`, or that nobody does. */
export function usedByText({ jobs, isGlobal, overrides }: ChannelUsers): string {
  const parts = [
    jobs.length > 0 && pluralize(jobs.length, "job"),
    isGlobal && "global channel",
    overrides.length > 2 ? pluralize(overrides.length, "event") : overrides.map(({ name }) => name).join(", "),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "nothing yet";
}

export function isUsed({ jobs, isGlobal, overrides }: ChannelUsers): boolean {
  return jobs.length > 0 || isGlobal || overrides.length > 0;
}
