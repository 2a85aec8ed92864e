import { z } from "zod";
import { type ChannelRow, insertChannel } from "@/db/stores/channels";
import { newId } from "@/lib/core/id";
import { splitSecrets } from "@/lib/secrets/config";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { configInput, mergeConfig, requireProvider } from "./config";
import { assertMaySubscribe, deliveryRulesFields, subscriptionsField } from "./fields";
import { inspectedConfig } from "./inspect";
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
    minSeverity: deliveryRulesFields.minSeverity.default(null),
    mutedUntil: deliveryRulesFields.mutedUntil.default(null),
    rateLimit: deliveryRulesFields.rateLimit.default(null),
    texts: deliveryRulesFields.texts.default(null),
  }),
  async run({ actor, now, audit }, { name, provider: providerId, config, enabled, events, ...rules }) {
    const provider = requireProvider(providerId);
    assertMaySubscribe(provider, events);
    const whole = await inspectedConfig(provider, mergeConfig(provider, {}, config));
    const { plain, sealed } = splitSecrets(whole, provider.secretFields);
    const row: ChannelRow = {
      id: newId("chn"),
      name,
      provider: provider.id,
      enabled,
      config: plain,
      secrets: sealed,
      subscriptions: events,
      ...rules,
      createdAt: now,
      updatedAt: now,
    };
    await insertChannel(row, audit("channel", row.id, name, { provider: provider.id, enabled, events, ...rules }));
    return channelView(row, actor);
  },
});
