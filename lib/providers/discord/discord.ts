import type { z } from "zod";
import { type AnswerRules, defineProvider, type ProviderIo, type SendResult } from "../contract";
import { classify } from "../kit/classify";
import type { HttpRequest } from "../kit/http";
import { objectIn } from "../kit/json-body";
import { mentionFacts } from "../kit/mentions";
import { discordConfig, explainDiscordLink, readDiscordUrl } from "./config";
import { discordIcon } from "./icon";
import { discordMentions } from "./mentions";
import { composeMessage, DISCORD_LIMITS, type DiscordMessage } from "./message";

interface Payload extends DiscordMessage {
  /** Id of the message to edit, which is not part of the body; undefined posts a new message. */
  edits?: string;
}

/** https://discord.com/developers/docs/reference#error-messages: a code and a message, or `retry_after` when limited. */
const answers: AnswerRules = {
  service: "Discord",
  proof: {
    expected: "with the message's id, or with 204",
    holds: ({ status, body }) => status === 204 || typeof objectIn(body)?.id === "string",
  },
  isOwn: ({ body }) => {
    const said = objectIn(body);
    return typeof said?.message === "string" && typeof (said.code ?? said.retry_after) === "number";
  },
  isGone: ({ body }) => objectIn(body)?.code === UNKNOWN_WEBHOOK,
  isLater: ({ body }) => LATER.has(Number(objectIn(body)?.code)),
  address: "A webhook's address looks like https://discord.com/api/webhooks/ID/TOKEN.",
};

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes */
const UNKNOWN_WEBHOOK = 10015;
/** Slow mode, the write limits of a channel, of a server and of a service, and an overloaded resource. */
const LATER = new Set([20016, 20028, 20029, 40062, 130000]);

/** Unknown channel, which a thread is too; thread archived; thread locked. */
const THREAD_ERRORS = new Set([10003, 50083, 160005]);
const OUTSIDE =
  "The message was posted outside the thread, in the webhook's own channel. Check the thread ID, or leave it empty.";

/** Discord: one rich embed through a webhook. */
export const discord = defineProvider({
  id: "discord",
  label: "Discord",
  tagline: "To a server channel",
  aliases: ["chat", "webhook"],
  icon: discordIcon,
  docsUrl: "https://discord.com/developers/docs/resources/webhook#execute-webhook",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
  limits: DISCORD_LIMITS,
  rate: { requests: 5, perMs: 2_000 },
  concurrency: 2,
  foldAbove: 20,
  usesReceipt: true,
  messageOptions: { mentions: discordMentions },
  config: discordConfig,
  example: {
    webhookUrl: "https://discord.com/api/webhooks/123456789012345678/exampleTokenThatIsLongEnoughToBeASecret",
    username: "Backup Manager",
    avatarUrl: "https://backup.example.org/icon.png",
    threadId: "1234567890123456789",
    silent: true,
  },

  render(notification, config, context): Payload {
    const edits = config.onRecovery === "edit" && notification.status === "resolved" && context.previous?.last;
    return { ...(edits ? { edits } : {}), ...composeMessage(notification, config, context) };
  },

  async send({ edits, ...message }, config, io) {
    const edited = edits ? await request(editRequest(edits, message, config), io) : null;
    // Whatever Discord has against the edit (the message was deleted, its thread is archived), the recovery is posted.
    if (edited && !isRefused(edited)) return edited;
    const posted = await request(postRequest(message, config), io);
    if (!config.threadId || !isRefused(posted) || !THREAD_ERRORS.has(codeIn(posted))) return posted;
    const outside = await request(postRequest(message, { webhookUrl: config.webhookUrl }), io);
    // A channel that takes nothing outside its threads is no news.
    if (outside.kind !== "sent") return isRefused(outside) ? posted : outside;
    return { ...outside, advice: `${OUTSIDE} Discord's answer: ${posted.reason}` };
  },

  preview: ({ edits, username, content, embeds: [embed] }) => ({
    kind: "chat",
    format: "markdown",
    from: username ?? "Webhook",
    title: embed.title,
    ...(embed.description ? { text: embed.description } : {}),
    color: `#${embed.color.toString(16).padStart(6, "0")}`,
    fields: (embed.fields ?? []).map(({ name, value, inline }) => ({ label: name, value, short: inline })),
    footer: embed.footer.text,
    ...(embed.url ? { link: { label: embed.title, url: embed.url } } : {}),
    facts: [
      ...mentionFacts(content && !edits ? [content] : []),
      ...(edits ? [{ label: "Replaces", value: "the problem's message" }] : []),
    ],
  }),

  parts({ username, content, embeds: [embed] }) {
    const { title, description = "", fields = [], footer } = embed;
    const names = fields.map(({ name }) => name);
    const values = fields.map(({ value }) => value);
    return {
      title: [title],
      description: [description],
      fieldName: names,
      fieldValue: values,
      footer: [footer.text],
      username: username === undefined ? [] : [username],
      content: content === undefined ? [] : [content],
      total: [[title, description, ...names, ...values, footer.text].join("")],
    };
  },

  fromUrl: readDiscordUrl,
  wrongLink: explainDiscordLink,

  advise({ status, reason }) {
    if (status === 404 && /unknown channel/i.test(reason))
      return "The thread does not exist in this webhook's channel. Check the thread ID, or leave it empty.";
    if (status === 404)
      return "Discord does not know this webhook: it was deleted, or the URL is incomplete. Create one under Server Settings → Integrations → Webhooks and paste its URL here.";
    if (status === 401 || status === 403)
      return "Discord does not accept this webhook's token. Copy the complete URL again: Server Settings → Integrations → Webhooks → Copy Webhook URL.";
    if (status === 429)
      return "Discord limits each webhook to about 5 messages in 2 seconds. Belfry waits as long as Discord asks, then continues; nothing is lost.";
    return undefined;
  },
});

async function request(input: HttpRequest, io: ProviderIo): Promise<SendResult> {
  const result = classify(await io.http.request(input), answers);
  const receipt = result.kind === "sent" ? objectIn(result.answer)?.id : undefined;
  return result.kind === "sent" && typeof receipt === "string" ? { ...result, receipt } : result;
}

/** Refused by Discord itself, for what was asked: the same message may be taken elsewhere. */
function isRefused(result: SendResult): result is SendResult & { kind: "rejected" } {
  return result.kind === "rejected" && result.status !== undefined;
}

function codeIn({ answer }: SendResult): number {
  return Number(objectIn(answer)?.code ?? 0);
}

type Target = Pick<z.output<ReturnType<typeof discordConfig>>, "webhookUrl" | "threadId">;

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
function postRequest(message: DiscordMessage, target: Target) {
  const url = endpointUrl(target, "");
  // Without it the answer does not contain the message's id.
  url.searchParams.set("wait", "true");
  return jsonRequest("POST", url, message);
}

/** https://discord.com/developers/docs/resources/webhook#edit-webhook-message: an edit keeps the sender's name, and alerts nobody. */
function editRequest(id: string, { embeds }: DiscordMessage, target: Target) {
  const body = { embeds, allowed_mentions: { parse: [] } };
  return jsonRequest("PATCH", endpointUrl(target, `/messages/${encodeURIComponent(id)}`), body);
}

function endpointUrl({ webhookUrl, threadId }: Target, path: string): URL {
  const url = new URL(webhookUrl);
  url.pathname = url.pathname.replace(/\/$/, "") + path;
  if (threadId) url.searchParams.set("thread_id", threadId);
  return url;
}

function jsonRequest(method: string, url: URL, body: unknown) {
  return { url: url.href, method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
