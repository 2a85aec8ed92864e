import { z } from "zod";
import { channelNames } from "@/db/queries/channels";
import { providerOf } from "@/lib/providers/registry";
import { defineVerb } from "@/lib/services/verb";

export interface ChannelOption {
  id: string;
  name: string;
  provider: string;
  providerLabel: string;
  enabled: boolean;
  canMailPeople: boolean;
  purpose: "message" | "monitor";
  /** What of a message's manner its service knows. */
  manner: { priority: boolean; tags: boolean; sound: boolean };
}

/** Every channel, as pickers need it. */
export const channelsOptions = defineVerb({
  name: "channels.options",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run(): Promise<ChannelOption[]> {
    return (await channelNames()).map((row) => {
      const provider = providerOf(row.provider);
      return {
        ...row,
        providerLabel: provider?.label ?? row.provider,
        canMailPeople: provider?.canMailPeople ?? false,
        purpose: provider?.purpose ?? "message",
        manner: provider?.manner ?? { priority: false, tags: false, sound: false },
      };
    });
  },
});
