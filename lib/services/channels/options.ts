import { z } from "zod";
import { channelNames } from "@/db/queries/channels";
import type { JobState } from "@/lib/core/job";
import { providerOf } from "@/lib/providers/registry";
import { type MessageOptionsView, viewMessageOptions } from "@/lib/services/providers/message-options";
import { defineVerb } from "@/lib/services/verb";
import { jobsOfPerJobChannels } from "./per-job";

export interface ChannelOption {
  id: string;
  name: string;
  provider: string;
  providerLabel: string;
  enabled: boolean;
  canMailPeople: boolean;
  purpose: "message" | "monitor";
  /** The states that a new rule for it starts with, when it is a monitor. */
  ruleStates: readonly JobState[];
  /** Which options of a message its service supports. */
  messageOptions: MessageOptionsView;
  /** Only of a channel that serves one job, by its configuration: the jobs that use it. */
  usedByJobs?: { id: string; name: string }[];
}

/** Every channel, as pickers need it. */
export const channelsOptions = defineVerb({
  name: "channels.options",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run(): Promise<ChannelOption[]> {
    const [rows, perJob] = await Promise.all([channelNames(), jobsOfPerJobChannels()]);
    return rows.map((row) => {
      const provider = providerOf(row.provider);
      const usedByJobs = perJob.get(row.id);
      return {
        ...row,
        providerLabel: provider?.label ?? row.provider,
        canMailPeople: provider?.canMailPeople ?? false,
        purpose: provider?.purpose ?? "message",
        ruleStates: provider?.ruleStates ?? [],
        messageOptions: viewMessageOptions(provider),
        ...(usedByJobs && { usedByJobs }),
      };
    });
  },
});
