import type { z } from "zod";
import { defineProvider } from "../contract";
import { classify } from "../kit/classify";
import { objectIn } from "../kit/json-body";
import { discordConfig, readDiscordUrl } from "./config";
import { discordIcon } from "./icon";
import { composeMessage, DISCORD_LIMITS, type DiscordMessage } from "./message";

interface Payload extends DiscordMessage {
  /** Id of the message to edit, which is not part of the body; undefined posts a new message. */
  edits?: string;
}

/** Discord: one rich embed through a webhook. */
export const discord = defineProvider({
  id: "discord",
  label: "Discord",
  tagline: "To a server channel",
  aliases: ["chat", "webhook"],
  icon: discordIcon,
  docsUrl: "https://discord.com/developers/docs/resources/webhook#execute-webhook",
  purpose: "message",
  limits: DISCORD_LIMITS,
  rate: { requests: 5, perMs: 2_000 },
  concurrency: 2,
  foldAbove: 20,
  usesReceipt: true,
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
    const edited = edits ? await io.http.request(editRequest(edits, message, config)) : null;
    // When the message to edit was deleted, the recovery is posted as a new one.
    const isMissing = edited?.kind === "answer" && edited.status === 404 && /"code":\s*10008\b/.test(edited.body);
    const answer = edited && !isMissing ? edited : await io.http.request(postRequest(message, config));
    const result = classify(answer);
    if (result.kind === "sent") {
      const receipt = objectIn(result.answer)?.id;
      return typeof receipt === "string" ? { ...result, receipt } : result;
    }
    // 10003 is an unknown thread, which the form can correct; every other 404 means that the webhook was deleted.
    const isDeleted = result.status === 404 && !/"code":\s*10003\b/.test(result.answer ?? "");
    return result.kind === "rejected" && isDeleted ? { ...result, kind: "gone" } : result;
  },

  preview: ({ edits, username, embeds: [embed] }) => ({
    kind: "chat",
    format: "markdown",
    from: username ?? "Webhook",
    title: embed.title,
    ...(embed.description ? { text: embed.description } : {}),
    color: `#${embed.color.toString(16).padStart(6, "0")}`,
    fields: (embed.fields ?? []).map(({ name, value, inline }) => ({ label: name, value, short: inline })),
    footer: embed.footer.text,
    ...(embed.url ? { link: { label: embed.title, url: embed.url } } : {}),
    ...(edits ? { facts: [{ label: "Replaces", value: "the problem's message" }] } : {}),
  }),

  parts({ username, embeds: [embed] }) {
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
      total: [[title, description, ...names, ...values, footer.text].join("")],
    };
  },

  fromUrl: readDiscordUrl,

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

type Target = Pick<z.output<ReturnType<typeof discordConfig>>, "webhookUrl" | "threadId">;

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
function postRequest(message: DiscordMessage, target: Target) {
  const url = endpointUrl(target, "");
  // Without it the answer does not contain the message's id.
  url.searchParams.set("wait", "true");
  return jsonRequest("POST", url, message);
}

/** https://discord.com/developers/docs/resources/webhook#edit-webhook-message: an edit keeps the sender's name. */
function editRequest(id: string, { embeds, allowed_mentions }: DiscordMessage, target: Target) {
  return jsonRequest("PATCH", endpointUrl(target, `/messages/${encodeURIComponent(id)}`), { embeds, allowed_mentions });
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
