import { z } from "zod";
import { TONE_HEX } from "@/lib/core/tone";
import { defineProvider, field } from "../contract";
import { classify } from "../kit/classify";
import { isLocalHost } from "../kit/egress";
import { cutLog } from "../kit/log-cut";
import { linkOf, messageOf, titleOf } from "../kit/message-text";
import { clean, cutTo, measure, oneLine } from "../kit/text";
import { icon } from "./icon";

/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
const limits = {
  title: { max: 256, unit: "codepoints" },
  description: { max: 4096, unit: "codepoints" },
  fieldName: { max: 256, unit: "codepoints" },
  fieldValue: { max: 1024, unit: "codepoints" },
  footer: { max: 2048, unit: "codepoints" },
  username: { max: 80, unit: "codepoints" },
  /** Of title, description, fields and footer together. */
  total: { max: 6000, unit: "codepoints" },
} as const;

const FIELDS_MAX = 25;
/** Kept free for the description, however much the fields say. */
const DESCRIPTION_SHARE = 2000;
const SUPPRESS_NOTIFICATIONS = 4096;
const DISCORD_HOSTS = new Set(["discord.com", "discordapp.com", "canary.discord.com", "ptb.discord.com"]);

const WEBHOOK_PATH = /^\/api(\/v\d+)?\/webhooks\/\d+\/[\w-]+\/?$/;

interface Embed {
  title: string;
  description?: string;
  url?: string;
  color: number;
  fields?: { name: string; value: string; inline: boolean }[];
  timestamp: string;
  footer: { text: string };
}

interface Payload {
  /** The message that this one takes the place of; not part of what is sent. */
  edits?: string;
  username?: string;
  avatar_url?: string;
  embeds: [Embed];
  allowed_mentions: { parse: [] };
  flags?: number;
}

/** Discord: one rich embed by webhook. */
export const discord = defineProvider({
  id: "discord",
  label: "Discord",
  tagline: "To a server channel",
  aliases: ["chat", "webhook"],
  icon,
  docsUrl: "https://discord.com/developers/docs/resources/webhook#execute-webhook",
  purpose: "message",
  limits,
  rate: { requests: 5, perMs: 2_000 },
  concurrency: 2,
  foldAbove: 20,
  usesReceipt: true,
  config: () =>
    z.object({
      webhookUrl: field(z.string().trim().min(1, "Enter the webhook URL.").superRefine(checkWebhookUrl), {
        label: "Webhook URL",
        help: "In Discord: Server Settings → Integrations → Webhooks → Copy Webhook URL",
        placeholder: "https://discord.com/api/webhooks/…",
        secret: true,
      }),
      username: field(
        z
          .string()
          .trim()
          .max(80, "At most 80 characters.")
          .refine(isAllowedName, "Discord refuses names that contain “discord” or “clyde”.")
          .default("Backup Manager"),
        {
          label: "Username",
          help: "The name that messages come from",
        },
      ),
      avatarUrl: field(
        z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "Enter an http or https address." })]).optional(),
        {
          label: "Avatar URL",
          placeholder: "https://…",
          advanced: true,
        },
      ),
      threadId: field(
        z
          .union([
            z.literal(""),
            z
              .string()
              .trim()
              .regex(/^\d{5,25}$/, "A thread id is a number of 17 to 20 digits."),
          ])
          .optional(),
        {
          label: "Thread ID",
          help: "Posts into this thread of the webhook's channel",
          advanced: true,
        },
      ),
      onRecovery: field(z.enum(["edit", "new"]).default("edit"), {
        label: "On recovery",
        help: "Discord notifies nobody of an edit",
        widget: "select",
        optionLabels: { edit: "Edit the problem's message", new: "Write a new message" },
        advanced: true,
      }),
      silent: field(z.boolean().default(false), {
        label: "Silent",
        help: "Members see the message but get no push notification",
        widget: "switch",
        advanced: true,
      }),
    }),
  example: {
    webhookUrl: "https://discord.com/api/webhooks/123456789012345678/exampleTokenThatIsLongEnoughToBeASecret",
    username: "Backup Manager",
    avatarUrl: "https://backup.example.org/icon.png",
    threadId: "1234567890123456789",
    silent: true,
  },

  render(notification, config, context): Payload {
    const title = cutTo(titleOf(notification, context), limits.title, escapeMarkdown);
    const label = `${notification.isTest ? "Test · " : ""}${oneLine(notification.typeName)} · ${oneLine(context.installation.name)}`;
    const message = messageOf(notification, context);
    const wanted = Math.min(
      measure(message.map((piece) => piece.text).join(""), "codepoints") + (context.log ? 600 : 0),
      DESCRIPTION_SHARE,
    );

    let room = limits.total.max - measure(title, "codepoints") - 240 - wanted;
    const fields: Embed["fields"] = [];
    const facts = [
      ...notification.fields.map((one) => ({
        name: one.label,
        value: one.value,
        inline: one.short ?? false,
        isTime: false,
      })),
      // Discord writes these in the zone of whoever reads them.
      ...(notification.times ?? []).map(({ label: name, at }) => ({
        name,
        value: `<t:${Math.floor(at / 1000)}:f>`,
        inline: true,
        isTime: true,
      })),
    ];
    for (const fact of facts) {
      const name = cutTo(oneLine(fact.name), limits.fieldName, escapeMarkdown) || "–";
      const value = fact.isTime
        ? fact.value
        : cutTo(clean(fact.value).trim(), limits.fieldValue, escapeMarkdown) || "–";
      const size = measure(name, "codepoints") + measure(value, "codepoints");
      if (fields.length >= FIELDS_MAX || size > room) break;
      fields.push({ name, value, inline: fact.inline });
      room -= size;
    }
    const left = facts.length - fields.length;
    const footer = cutTo(left > 0 ? `${label} · ${left} more not shown` : label, { max: 240, unit: "codepoints" });
    const description = descriptionOf(message, context.log, Math.min(limits.description.max, room + wanted));
    const link = linkOf(notification);

    const edits = config.onRecovery === "edit" && notification.status === "resolved" && context.previous?.last;
    return {
      ...(edits ? { edits } : {}),
      ...(config.username ? { username: cutTo(oneLine(config.username), limits.username) } : {}),
      ...(config.avatarUrl ? { avatar_url: config.avatarUrl } : {}),
      embeds: [
        {
          title,
          ...(description ? { description } : {}),
          ...(link ? { url: link.url } : {}),
          color: Number.parseInt(TONE_HEX[notification.tone].slice(1), 16),
          ...(fields.length > 0 ? { fields } : {}),
          timestamp: new Date(notification.at).toISOString(),
          footer: { text: footer },
        },
      ],
      // A job called @everyone wakes nobody.
      allowed_mentions: { parse: [] },
      ...(config.silent ? { flags: SUPPRESS_NOTIFICATIONS } : {}),
    };
  },

  async send({ edits, ...message }, config, io) {
    const edited = edits ? await io.http.request(editOf(edits, message, config)) : null;
    // The message was deleted meanwhile: a recovery must be told all the same.
    const isMissing = edited?.kind === "answer" && edited.status === 404 && /"code":\s*10008\b/.test(edited.body);
    const answer = edited && !isMissing ? edited : await io.http.request(postOf(message, config));
    const outcome = classify(answer);
    if (outcome.kind === "sent" && answer.kind === "answer") {
      const receipt = messageId(answer.body);
      return receipt ? { ...outcome, receipt } : outcome;
    }
    // 10003 is the thread, which can be chosen anew; every other 404 means that the webhook was deleted.
    if (outcome.kind === "rejected" && outcome.status === 404 && !/"code":\s*10003\b/.test(outcome.answer ?? "")) {
      return { ...outcome, kind: "gone" };
    }
    return outcome;
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
    ...(edits ? { facts: [{ label: "Takes the place of", value: "the problem's message" }] } : {}),
  }),

  parts: ({ username, embeds: [embed] }) => {
    const names = embed.fields?.map((one) => one.name) ?? [];
    const values = embed.fields?.map((one) => one.value) ?? [];
    const description = embed.description ?? "";
    return {
      title: [embed.title],
      description: [description],
      fieldName: names,
      fieldValue: values,
      footer: [embed.footer.text],
      username: username === undefined ? [] : [username],
      total: [[embed.title, description, ...names, ...values, embed.footer.text].join("")],
    };
  },

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !DISCORD_HOSTS.has(url.hostname) || !WEBHOOK_PATH.test(url.pathname)) return null;
    const threadId = url.searchParams.get("thread_id");
    return { webhookUrl: url.origin + url.pathname, ...(threadId ? { threadId } : {}) };
  },

  advise({ status, reason }) {
    if (status === 404 && /unknown channel/i.test(reason))
      return "The thread does not exist in this webhook's channel. Check the thread ID, or leave it empty.";
    if (status === 404)
      return "Discord does not know this webhook: it was deleted, or the URL is incomplete. Create one under Server Settings → Integrations → Webhooks and paste its URL here.";
    if (status === 401 || status === 403)
      return "Discord does not accept this webhook's token. Copy the whole URL again: Server Settings → Integrations → Webhooks → Copy Webhook URL.";
    if (status === 429)
      return "Discord limits each webhook to about 5 messages in 2 seconds. Belfry waits as long as Discord asks and then goes on; nothing is lost.";
    return undefined;
  },
});

type Message = Omit<Payload, "edits">;

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
function postOf(message: Message, config: { webhookUrl: string; threadId?: string }) {
  const url = addressOf(config, "");
  // Only then does the answer hold the message's id.
  url.searchParams.set("wait", "true");
  return requestOf("POST", url, message);
}

/** https://discord.com/developers/docs/resources/webhook#edit-webhook-message: the sender's name stays as it was. */
function editOf(id: string, message: Message, config: { webhookUrl: string; threadId?: string }) {
  const { embeds, allowed_mentions } = message;
  return requestOf("PATCH", addressOf(config, `/messages/${encodeURIComponent(id)}`), { embeds, allowed_mentions });
}

function addressOf(config: { webhookUrl: string; threadId?: string }, path: string): URL {
  const url = new URL(config.webhookUrl);
  url.pathname = url.pathname.replace(/\/$/, "") + path;
  if (config.threadId) url.searchParams.set("thread_id", config.threadId);
  return url;
}

function requestOf(method: string, url: URL, body: unknown) {
  return { url: url.href, method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function descriptionOf(message: ReturnType<typeof messageOf>, log: string | undefined, room: number): string {
  const max = Math.max(0, room);
  if (!log) return cutTo(message, { max, unit: "codepoints" }, escapeMarkdown);
  const text = cutTo(message, { max: Math.max(0, max - 600), unit: "codepoints" }, escapeMarkdown);
  const block = max - measure(text, "codepoints") - 10;
  if (block < 40) return text;
  return `${text}${text ? "\n" : ""}\`\`\`\n${cutLog(log, { max: block, unit: "codepoints" }, escapeFence)}\n\`\`\``;
}

/** Inside a code block only its end mark means something. */
function escapeFence(text: string): string {
  return text.replaceAll("```", "`\u200b`\u200b`");
}

const MARKDOWN = /(https?:\/\/[\w\-.~:/?#@!$&'+,;=%]+)|([\\*_~`|[\]<>@])/g;
/** What means something at the start of a line: headings, quotes, lists, small print. */
const LINE_START = /^([ \t]*)([#+-]|\d+(?=[.)]))/gm;

/** Text that Discord shows as it is: a backslash before every sign of its markdown, but none inside addresses. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(MARKDOWN, (whole, address: string | undefined) => address ?? `\\${whole}`)
    .replace(LINE_START, (_, blanks: string, sign: string) =>
      /\d/.test(sign) ? `${blanks}${sign}\\` : `${blanks}\\${sign}`,
    );
}

function messageId(body: string): string | undefined {
  try {
    const id: unknown = (JSON.parse(body) as { id?: unknown } | null)?.id;
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Discord's own rule for webhook names: https://discord.com/developers/docs/resources/user#usernames-and-nicknames */
function isAllowedName(name: string): boolean {
  return !/discord|clyde/i.test(name) && !/^(everyone|here)$/i.test(name);
}

/** Discord's own hosts, or another host (a proxy) with the same path. Unencrypted only inside private networks. */
function checkWebhookUrl(text: string, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    refuse("Enter the whole webhook URL, from https:// on.");
    return;
  }
  const isDiscord = DISCORD_HOSTS.has(url.hostname);
  const shape = isDiscord ? WEBHOOK_PATH : /\/api(\/v\d+)?\/webhooks\/[\w-]+\/[\w-]+\/?$/;
  if (/\/(slack|github)\/?$/.test(url.pathname)) {
    refuse("Leave out /slack or /github at the end.");
    return;
  }
  if (!shape.test(url.pathname)) {
    refuse("A Discord webhook URL ends in /api/webhooks/ID/TOKEN.");
    return;
  }
  if (url.protocol === "http:" && (isDiscord || !isLocalHost(url.hostname))) refuse("Use https:// here.");
}
