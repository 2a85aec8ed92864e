import { z } from "zod";
import { type ChannelRow, insertChannel } from "@/db/stores/channels";
import { newId } from "@/lib/core/id";
import { nextReports } from "@/lib/reports/slots";
import { installationZone } from "@/lib/reports/zone";
import { splitSecrets } from "@/lib/secrets/config";
import { labelsField } from "@/lib/services/labels/fields";
import { assertMayReport } from "@/lib/services/reports/channel-rules";
import { reportsField } from "@/lib/services/reports/fields";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { configInput, mergeConfig, requireProvider } from "./config";
import { assertMaySubscribe, deliveryRulesFields, subscriptionsField, zonedHours } from "./fields";
import { inspectedConfig } from "./inspect";
import { assertMentions } from "./mention-problems";
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
    quietHours: deliveryRulesFields.quietHours.default(null),
    texts: deliveryRulesFields.texts.default(null),
    labels: labelsField.default({}),
    reports: reportsField.default(null),
  }),
  async run({ actor, now, audit }, { name, provider: providerId, config, enabled, events, labels, reports, ...rules }) {
    const provider = requireProvider(providerId);
    assertMaySubscribe(provider, events);
    assertMentions(provider, rules.texts);
    const whole = await inspectedConfig(provider, mergeConfig(provider, {}, config));
    assertMayReport(provider, whole, reports);
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
      quietHours: rules.quietHours && (await zonedHours(rules.quietHours)),
      reports,
      createdAt: now,
      updatedAt: now,
    };
    const detail = { provider: provider.id, enabled, events, labels, reports, ...rules };
    const next = enabled ? nextReports(reports, await installationZone(), now) : {};
    await insertChannel(row, audit("channel", row.id, name, detail), { labels, nextReports: next });
    return channelView(row, actor);
  },
});
