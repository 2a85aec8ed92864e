import { z } from "zod";
import { channelById } from "@/db/queries/channels";
import type { ChannelRow } from "@/db/stores/channels";
import { AppError } from "@/lib/core/errors";
import { recipientsIn } from "@/lib/core/secret-recipients";
import { testDraft } from "@/lib/dispatch/send/send-test";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { configInput, mergeConfig, requireProvider, storedConfig } from "./config";
import { inspectedConfig } from "./inspect";
import { sentOrThrow, type TestSent } from "./test-outcome";

/** Sends a Test through the channel on the form, saved or not. */
export const channelsTestDraft = defineVerb({
  name: "channels.testDraft",
  permission: "admin",
  changes: false,
  records: {
    does: "sends",
    entity: "channel",
    async subject({ id, name, provider: providerId, config }) {
      const known = await savedChannel(id);
      const provider = requireProvider(providerId ?? known?.provider ?? "");
      const plain = known?.provider === provider.id ? known.config : {};
      const to = recipientsIn(provider.configSchema, { ...plain, ...config });
      return { id: id ?? null, name: known?.name ?? name, detail: { provider: provider.id, draft: true, ...to } };
    },
  },
  input: z.object({
    /** The saved channel whose secrets are used where none are sent. */
    id: idField.optional(),
    name: nameField.default("Draft"),
    provider: z.string().max(64).optional(),
    config: configInput,
  }),
  async run({ actor }, { id, name, provider: providerId, config }): Promise<TestSent> {
    const known = await savedChannel(id);
    const provider = requireProvider(providerId ?? known?.provider ?? "");
    // The secrets of one service are never sent to another.
    const stored = known && known.provider === provider.id ? storedConfig(known) : {};
    const whole = await inspectedConfig(provider, mergeConfig(provider, stored, config));
    const testerAddress = actor.kind === "user" ? actor.email : "";
    return sentOrThrow(await testDraft({ name, provider: provider.id, config: whole }, testerAddress), true);
  },
});

/** @throws AppError `not_found` */
async function savedChannel(id: string | undefined): Promise<ChannelRow | null> {
  if (id === undefined) return null;
  const known = await channelById(id);
  if (!known) throw new AppError("not_found", "There is no such channel.");
  return known;
}
