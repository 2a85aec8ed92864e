import { z } from "zod";
import { channelById } from "@/db/queries/channels";
import type { ChannelRow } from "@/db/stores/channels";
import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import type { TextSet } from "@/lib/core/delivery";
import { AppError } from "@/lib/core/errors";
import type { Preview } from "@/lib/core/preview";
import { readInstallation } from "@/lib/dispatch/send/installation";
import { type LoadedChannel, readyChannel } from "@/lib/dispatch/send/loaded-channel";
import type { Provider } from "@/lib/providers/contract";
import type { Config } from "@/lib/secrets/config";
import { redactDeep } from "@/lib/secrets/redact";
import { redactAddresses } from "@/lib/services/events/visibility";
import { slugOf } from "@/lib/services/jobs/slug";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { configInput, mergeConfig, requireProvider, storedConfig } from "./config";
import { exampleOf, plausibleConfig } from "./preview-config";
import { previewContext } from "./preview-context";
import { PREVIEW_OUTCOMES, previewSample } from "./preview-sample";
import { draftTexts, readDraftTexts, type TextProblem } from "./preview-texts";

export interface ChannelPreview {
  /** The message as its service would show it. Texts that cannot be used yet are left out of it. */
  preview: Preview;
  problems: TextProblem[];
}

/** A message as it is answered. */
export const channelPreviewSchema: z.ZodType<ChannelPreview> = z.object({
  preview: z.object({
    kind: z.enum(["chat", "push", "mail", "sms", "incident", "request", "monitor"]),
    from: z.string().optional(),
    title: z.string().optional(),
    text: z.string().optional(),
    format: z.enum(["plain", "markdown", "mrkdwn", "html"]).optional(),
    color: z.string().optional(),
    fields: z.array(z.object({ label: z.string(), value: z.string(), short: z.boolean().optional() })).optional(),
    facts: z.array(z.object({ label: z.string(), value: z.string() })).optional(),
    footer: z.string().optional(),
    link: z.object({ label: z.string(), url: z.string() }).optional(),
    document: z.string().optional(),
    body: z.string().optional(),
  }),
  problems: z.array(z.object({ field: z.string(), message: z.string(), at: z.int(), length: z.int() })),
});

/** How a message of each outcome would look at its service, with the words as they stand in an editor. Sends nothing. */
export const channelsPreview = defineVerb({
  name: "channels.preview",
  permission: "operator",
  changes: false,
  input: z.object({
    /** A stored channel; what is not named below is as it is stored. */
    channelId: idField.optional(),
    provider: z.string().max(64).optional(),
    /** As it stands on the form, complete or not. */
    config: configInput.optional(),
    /** Own words of the channel; null: none. */
    texts: draftTexts.nullish(),
    /** Own words of a job's row, which go before the channel's. */
    ruleTexts: draftTexts.nullish(),
    outcome: z.enum(PREVIEW_OUTCOMES),
    /** Whose name the sample bears. */
    job: z.object({ name: z.string().max(200), slug: z.string().max(200).optional() }).optional(),
    includeLog: z.boolean().default(false),
  }),
  async run({ actor, now }, input): Promise<ChannelPreview> {
    const { channelId, outcome, includeLog } = input;
    const job = input.job && { name: input.job.name, slug: input.job.slug ?? slugOf(input.job.name) };
    const known = channelId === undefined ? null : await channelById(channelId);
    if (channelId !== undefined && !known) throw new AppError("not_found", "There is no such channel.");
    const provider = requireProvider(input.provider ?? known?.provider ?? "");
    const channel = await shownChannel(provider, configOf(provider, known, input.config, actor), known, now);
    const own = readDraftTexts(input.texts, "texts");
    const ofRow = readDraftTexts(input.ruleTexts, "ruleTexts");
    const sample = previewSample(outcome, job, now);
    const context = await previewContext(
      sample,
      channel,
      { channel: input.texts === undefined ? storedTexts(known) : own.texts, row: ofRow.texts, includeLog },
      { installation: await readInstallation(), reader: actor.kind === "user" ? actor.email : "", now },
    );
    const { provider: sender, config } = channel;
    const preview = sender.preview(sender.render(context.notification, config, context.render), config);
    const redact = redactAddresses(actor);
    return {
      preview: redactDeep(preview, (text) => redact(channel.redact(text))),
      problems: [...own.problems, ...ofRow.problems],
    };
  },
});

function storedTexts(known: ChannelRow | null): TextSet | null {
  return known?.texts ?? null;
}

/** What is stored with what was typed laid over it. Only administrators type configurations over stored secrets. */
function configOf(provider: Provider, known: ChannelRow | null, typed: Config | undefined, actor: Actor): Config {
  const isTheirs = known !== null && known.provider === provider.id && (typed === undefined || hasRole(actor, "admin"));
  const stored = isTheirs ? storedConfig(known) : {};
  return plausibleConfig(provider, typed ? mergeConfig(provider, stored, typed) : stored);
}

/** Ready to render; with its example where what it leans on is missing, such as the system mail server. */
async function shownChannel(
  provider: Provider,
  config: Config,
  known: ChannelRow | null,
  now: number,
): Promise<LoadedChannel> {
  const draft = { id: "draft", name: known?.name ?? provider.label, enabled: true, updatedAt: now, secrets: null };
  const channel = await readyChannel({ ...draft, provider: provider.id, config });
  if (!("broken" in channel)) return channel;
  const example = await readyChannel({ ...draft, provider: provider.id, config: exampleOf(provider) });
  if ("broken" in example) throw new AppError("invalid", example.broken);
  return example;
}
