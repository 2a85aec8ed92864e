import { z } from "zod";
import { type ChannelChanges, changeChannel } from "@/db/stores/channels";
import { splitSecrets } from "@/lib/secrets/config";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { checkConfig, configInput, demandProvider, mergeConfig, storedConfig } from "./config";
import { demandMaySubscribe, subscriptionsField } from "./fields";
import { channelView } from "./view";

/** Changes only what is named; of the configuration, too. */
export const channelsUpdate = defineVerb({
  name: "channels.update",
  permission: "admin",
  changes: true,
  input: z.object({
    id: idField,
    name: nameField.optional(),
    config: configInput.optional(),
    enabled: z.boolean().optional(),
    events: subscriptionsField.optional(),
  }),
  async run({ actor, audit }, { id, name, config, enabled, events }) {
    const row = await changeChannel(id, (known) => {
      const changes: ChannelChanges = {
        ...(name !== undefined && { name }),
        ...(enabled !== undefined && { enabled }),
        ...(events && { subscriptions: events }),
      };
      if (config || events) {
        const provider = demandProvider(known.provider);
        if (events) demandMaySubscribe(provider, events);
        if (config) {
          const whole = checkConfig(provider, mergeConfig(provider, storedConfig(known), config));
          const { plain, sealed } = splitSecrets(whole, provider.secretFields);
          Object.assign(changes, { config: plain, secrets: sealed });
        }
      }
      const detail = { name, enabled, events, ...(config && { config: Object.keys(config) }) };
      return { changes, audit: audit("channel", id, name ?? known.name, detail) };
    });
    return channelView(row, actor);
  },
});
