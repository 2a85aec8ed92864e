import { z } from "zod";
import { channelById } from "@/db/queries/channels";
import { type ChannelChanges, changeChannel } from "@/db/stores/channels";
import { splitSecrets } from "@/lib/secrets/config";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { checkConfig, configInput, mergeConfig, requireProvider, storedConfig } from "./config";
import { assertMaySubscribe, deliveryRulesFields, subscriptionsField } from "./fields";
import { inspect } from "./inspect";
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
    minSeverity: deliveryRulesFields.minSeverity.optional(),
    mutedUntil: deliveryRulesFields.mutedUntil.optional(),
    rateLimit: deliveryRulesFields.rateLimit.optional(),
    texts: deliveryRulesFields.texts.optional(),
  }),
  async run({ actor, audit }, { id, name, config, enabled, events, ...manner }) {
    if (config) await inspectChange(id, config);
    const row = await changeChannel(id, (known) => {
      const changes: ChannelChanges = {
        ...(name !== undefined && { name }),
        ...(enabled !== undefined && { enabled }),
        ...(events && { subscriptions: events }),
        ...Object.fromEntries(Object.entries(manner).filter(([, value]) => value !== undefined)),
      };
      if (config || events) {
        const provider = requireProvider(known.provider);
        if (events) assertMaySubscribe(provider, events);
        if (config) {
          const whole = checkConfig(provider, mergeConfig(provider, storedConfig(known), config));
          const { plain, sealed } = splitSecrets(whole, provider.secretFields);
          Object.assign(changes, { config: plain, secrets: sealed });
        }
      }
      const detail = { name, enabled, events, ...manner, ...(config && { config: Object.keys(config) }) };
      return { changes, audit: audit("channel", id, name ?? known.name, detail) };
    });
    return channelView(row, actor);
  },
});

/** Asked before the transaction: it may take a program's start to answer. */
async function inspectChange(id: string, config: Record<string, unknown>): Promise<void> {
  const known = await channelById(id);
  if (!known) return;
  const provider = requireProvider(known.provider);
  if (!provider.inspect) return;
  await inspect(provider, checkConfig(provider, mergeConfig(provider, storedConfig(known), config)));
}
