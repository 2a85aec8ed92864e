import { z } from "zod";
import { type ChannelRow, insertChannel } from "@/db/stores/channels";
import { newId } from "@/lib/core/id";
import { splitSecrets } from "@/lib/secrets/config";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { checkConfig, configInput, demandProvider, mergeConfig } from "./config";
import { demandMaySubscribe, subscriptionsField } from "./fields";
import { channelView } from "./view";

export const channelsCreate = defineVerb({
  name: "channels.create",
  permission: "admin",
  changes: true,
  input: z.object({
    name: nameField,
    provider: z.string().max(64),
    config: configInput,
    enabled: z.boolean().default(true),
    events: subscriptionsField.default([]),
  }),
  async run({ actor, now, audit }, { name, provider: providerId, config, enabled, events }) {
    const provider = demandProvider(providerId);
    demandMaySubscribe(provider, events);
    const { plain, sealed } = splitSecrets(
      checkConfig(provider, mergeConfig(provider, {}, config)),
      provider.secretFields,
    );
    const row: ChannelRow = {
      id: newId("chn"),
      name,
      provider: provider.id,
      enabled,
      config: plain,
      secrets: sealed,
      subscriptions: events,
      createdAt: now,
      updatedAt: now,
    };
    await insertChannel(row, audit("channel", row.id, name, { provider: provider.id, enabled, events }));
    return channelView(row, actor);
  },
});
