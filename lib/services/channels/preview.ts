import { z } from "zod";
import { channelById } from "@/db/queries/channels";
import type { ChannelRow } from "@/db/stores/channels";
import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { ofService } from "@/lib/auth/access/visibility/conditions";
import type { TextSet } from "@/lib/core/delivery";
import { AppError } from "@/lib/core/errors";
import type { Preview } from "@/lib/core/preview";
import { readInstallation } from "@/lib/dispatch/send/installation";
import { type LoadedChannel, readyChannel } from "@/lib/dispatch/send/loaded-channel";
import type { Provider } from "@/lib/providers/contract";
import type { Config } from "@/lib/secrets/config";
import { redactDeep } from "@/lib/secrets/redact";
import { slugOf } from "@/lib/services/jobs/slug";
import { idField } from "@/lib/services/page";
import { maySee } from "@/lib/services/reveal-answer";
import { defineVerb } from "@/lib/services/verb";
import { configInput, mergeConfig, requireProvider, storedConfig } from "./config";
import { exampleOf, plausibleConfig } from "./preview-config";
import { previewContext } from "./preview-context";
import { PREVIEW_OUTCOMES, previewSample } from "./preview-sample";
import { draftTexts, readDraftTexts, type TextProblem } from "./preview-texts";

export interface ChannelPreview {
  /** The message as its service shows it, without custom texts that are not valid yet. */
  preview: Preview;
  problems: TextProblem[];
}

/** A message as its service shows it. */
export const messagePreviewSchema: z.ZodType<Preview> = z.object({
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
});

/** A message as it is answered. */
export const channelPreviewSchema: z.ZodType<ChannelPreview> = z.object({
  preview: messagePreviewSchema,
  problems: z.array(z.object({ field: z.string(), message: z.string(), at: z.int(), length: z.int() })),
});

/** Previews a message of an outcome as its service shows it, with the texts in an editor. Sends nothing. */
export const channelsPreview = defineVerb({
  name: "channels.preview",
  permission: "operator",
  changes: false,
  input: z.object({
    /** A stored channel; fields that are left out below are taken from it. */
    channelId: idField.optional(),
    provider: z.string().max(64).optional(),
    /** As entered on the form, complete or not. */
    config: configInput.optional(),
    /** Custom text of the channel; null: none. */
    texts: draftTexts.nullish(),
    /** Custom text of a job's rule, which takes precedence over the channel's. */
    ruleTexts: draftTexts.nullish(),
    outcome: z.enum(PREVIEW_OUTCOMES),
    /** The job that the sample names. */
    job: z.object({ name: z.string().max(200), slug: z.string().max(200).optional() }).optional(),
    includeLog: z.boolean().default(false),
  }),
  async run({ actor, now }, input): Promise<ChannelPreview> {
    const { channelId, outcome, includeLog } = input;
    const job = input.job && { name: input.job.name, slug: input.job.slug ?? slugOf(input.job.name) };
    const known = channelId === undefined ? null : await channelById(channelId);
    if (channelId !== undefined && !known) throw new AppError("not_found", "There is no such channel.");
    const provider = requireProvider(input.provider ?? known?.provider ?? "");
    const channel = await previewChannel(provider, configOf(provider, known, input.config, actor), known, now);
    const own = readDraftTexts(input.texts, "texts");
    const ruleTexts = readDraftTexts(input.ruleTexts, "ruleTexts");
    const sample = previewSample(outcome, job, now);
    const context = await previewContext(
      sample,
      channel,
      { channel: input.texts === undefined ? storedTexts(known) : own.texts, rule: ruleTexts.texts, includeLog },
      { installation: await readInstallation(), reader: actor.kind === "user" ? actor.email : "", now },
    );
    const { provider: sender, config } = channel;
    const preview = sender.preview(sender.render(context.notification, config, context.render), config);
    return {
      preview: redactDeep(preview, channel.redact),
      problems: [...own.problems, ...ruleTexts.problems],
    };
  },
});

function storedTexts(known: ChannelRow | null): TextSet | null {
  return known?.texts ?? null;
}

/**
 * The stored configuration with the entered fields over it. Only administrators combine entered fields with stored secrets;
 * who may not see whom the service names gets its example.
 */
function configOf(provider: Provider, known: ChannelRow | null, typed: Config | undefined, actor: Actor): Config {
  const usesStored =
    known !== null &&
    known.provider === provider.id &&
    (hasRole(actor, "admin") || (typed === undefined && maySee(actor, ofService, { provider: provider.id })));
  const stored = usesStored ? storedConfig(known) : {};
  return plausibleConfig(provider, typed ? mergeConfig(provider, stored, typed, "withhold") : stored);
}

/** Loads the channel for rendering; falls back to the example when something it needs is missing, such as the system mail server. */
async function previewChannel(
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
