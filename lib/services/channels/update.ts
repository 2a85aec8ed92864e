import { z } from "zod";
import { channelById } from "@/db/queries/channels";
import {
  applyChannelChanges,
  type ChannelChanges,
  type ChannelRow,
  channelLocks,
  readChannel,
} from "@/db/stores/channels";
import { writeLabels } from "@/db/stores/labels";
import { putReportSlots } from "@/db/stores/report-slots";
import { noteRinging, RINGING_LOCK } from "@/db/stores/ringing";
import { transact } from "@/db/transact";
import { nextReports } from "@/lib/reports/slots";
import { installationZone } from "@/lib/reports/zone";
import { splitSecrets } from "@/lib/secrets/config";
import { labelsField } from "@/lib/services/labels/fields";
import { idField } from "@/lib/services/page";
import { assertMayReport } from "@/lib/services/reports/channel-rules";
import { reportsField } from "@/lib/services/reports/fields";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { checkConfig, configInput, mayRing, mergeConfig, requireProvider, storedConfig } from "./config";
import { assertMaySubscribe, deliveryRulesFields, subscriptionsField, zonedHours } from "./fields";
import { inspect } from "./inspect";
import { assertMentions } from "./mention-problems";
import { closeRemovedRecipients } from "./removed-recipients";
import { channelView } from "./view";

type Config = z.output<typeof configInput>;

/** Changes only the fields that are given; of the configuration, too. */
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
    quietHours: deliveryRulesFields.quietHours.optional(),
    texts: deliveryRulesFields.texts.optional(),
    labels: labelsField.optional(),
    reports: reportsField.optional(),
  }),
  async run({ actor, now, audit }, { id, name, config, enabled, events, labels, ...rules }) {
    if (config) await inspectChange(id, config);
    if (rules.quietHours) rules.quietHours = await zonedHours(rules.quietHours);
    const changes: ChannelChanges = {
      ...(name !== undefined && { name }),
      ...(enabled !== undefined && { enabled }),
      ...(events && { subscriptions: events }),
      ...Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined)),
    };
    const detail = { name, enabled, events, labels, ...rules, ...(config && { config: Object.keys(config) }) };
    const zone = await installationZone();
    const row = await transact([...channelLocks(id), RINGING_LOCK], function* (tx) {
      const known = yield* readChannel(tx, id);
      if (events) assertMaySubscribe(requireProvider(known.provider), events);
      if (rules.texts) assertMentions(requireProvider(known.provider), rules.texts);
      if (known.enabled && enabled === false && mayRing(known.provider)) yield* noteRinging(tx, known, Date.now());
      const all = config ? { ...changes, ...changedConfig(known, config) } : changes;
      const changed = yield* applyChannelChanges(tx, known, all, audit("channel", id, name ?? known.name, detail));
      if (config) yield* closeRemovedRecipients(tx, changed);
      if (labels) yield* writeLabels(tx, "channel", id, labels);
      if (config || rules.reports)
        assertMayReport(requireProvider(changed.provider), storedConfig(changed), changed.reports);
      if (rules.reports !== undefined || enabled !== undefined)
        yield* putReportSlots(tx, "channel", id, changed.enabled ? nextReports(changed.reports, zone, now) : {});
      return changed;
    });
    return channelView(row, actor);
  },
});

function changedConfig(known: ChannelRow, config: Config): ChannelChanges {
  const provider = requireProvider(known.provider);
  const whole = checkConfig(provider, mergeConfig(provider, storedConfig(known), config));
  const { plain, sealed } = splitSecrets(whole, provider.secretFields);
  return { config: plain, secrets: sealed };
}

/** Runs before the transaction, because it may have to start a program. */
async function inspectChange(id: string, config: Config): Promise<void> {
  const known = await channelById(id);
  if (!known) return;
  const provider = requireProvider(known.provider);
  if (!provider.inspect) return;
  await inspect(provider, checkConfig(provider, mergeConfig(provider, storedConfig(known), config)));
}
