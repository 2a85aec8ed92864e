import { z } from "zod";
import { CHANNEL_STATES, listChannels } from "@/db/queries/channels";
import { labelFilterField } from "@/lib/services/labels/fields";
import { type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type ChannelView, channelViews } from "./view";

export const channelsList = defineVerb({
  name: "channels.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    /** Searched for in the name. */
    q: z.string().trim().max(100).optional(),
    provider: z
      .string()
      .max(64, "This is not the id of a service.")
      .regex(/^[\w-]{1,64}$/, "This is not the id of a service.")
      .optional(),
    /** The state on its badge. */
    state: z.enum(CHANNEL_STATES).optional(),
    /** `key:value`, or `key`. */
    label: labelFilterField.optional(),
  }),
  async run({ actor, now }, { limit, ...filters }): Promise<PageOf<ChannelView>> {
    const rows = await listChannels({ ...filters, limit: limit + 1, now });
    const shown = rows.slice(0, limit);
    return {
      items: await channelViews(shown, actor),
      nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  },
});
