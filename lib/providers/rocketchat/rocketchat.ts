import type { Notification } from "@/lib/core/notification";
import { TONE_HEX } from "@/lib/core/tone";
import { defineProvider } from "../contract";
import { footerOf, notificationFacts } from "../kit/facts";
import type { Limit } from "../kit/limit";
import { localTimeText } from "../kit/local-time";
import { cutLog } from "../kit/log-cut";
import { actionsOf, linkOf, messagePieces, titlePieces } from "../kit/message-text";
import { cutTo, measure, oneLine, type Piece } from "../kit/text";
import { hookAnswers, postAsUser, postToHook, restAnswers } from "./api";
import { rocketchatConfig } from "./config";
import { rocketchatIcon } from "./icon";

/** The server's default Message_MaxAllowedSize; the others are Belfry's own. */
const limits = {
  title: { max: 256, unit: "codepoints" },
  text: { max: 5000, unit: "utf16" },
  fieldName: { max: 200, unit: "codepoints" },
  fieldValue: { max: 1000, unit: "codepoints" },
  footer: { max: 300, unit: "codepoints" },
} as const;

const FIELDS_MAX = 30;
/** Reserved for the log when there is one, however long the message is. */
const LOG_SHARE = 2_500;
const WEBHOOK_PATH = /\/hooks\/\w{17,24}\/[\w%-]{20,}\/?$/;

interface Payload {
  channel?: string;
  /** The text of push notifications. */
  text: string;
  attachments: [
    {
      color: string;
      author_name: string;
      title?: string;
      title_link?: string;
      text?: string;
      fields?: { title: string; value: string; short: boolean }[];
    },
  ];
}

/** Rocket.Chat: a title and an attachment with the tone's colour, by a webhook or as a user. */
export const rocketchat = defineProvider({
  id: "rocketchat",
  label: "Rocket.Chat",
  tagline: "To a channel or a room",
  aliases: ["Rocket Chat", "chat"],
  icon: rocketchatIcon,
  docsUrl: "https://developer.rocket.chat/apidocs/post-message",
  purpose: "message",
  namesPeople: false,
  answers: [hookAnswers, restAnswers],
  ownServer: true,
  limits,
  // The server's default for each of its endpoints.
  rate: { requests: 10, perMs: 60_000 },
  concurrency: 2,
  foldAbove: 20,
  config: rocketchatConfig,
  example: {
    webhookUrl: "https://chat.example.org/hooks/exampleIdOf17Sign/exampleTokenOfAnIncomingIntegration0123456789abcd",
    channel: "#backups",
  },

  render(notification, config, context): Payload {
    const link = linkOf(notification);
    const all = notificationFacts(notification, (at) => localTimeText(at, context.timezone));
    const fields = all.slice(0, FIELDS_MAX).map(({ name, value, short }) => ({
      title: cutTo(name, limits.fieldName),
      value: cutTo(value, limits.fieldValue, escapeRocketChatMarkdown),
      short,
    }));
    const text = textOf(messagePieces(notification, context), context.log, actionLine(notification));
    return {
      ...(config.channel ? { channel: config.channel } : {}),
      text: cutTo(titlePieces(notification, context), limits.title, escapeRocketChatMarkdown).trim() || "–",
      attachments: [
        {
          color: TONE_HEX[notification.tone],
          author_name: cutTo(footerOf(notification, context, all.length - fields.length), limits.footer),
          ...(link
            ? { title: cutTo(oneLine(link.label), { max: 100, unit: "codepoints" }) || "Open", title_link: link.url }
            : {}),
          ...(text ? { text } : {}),
          ...(fields.length > 0 ? { fields } : {}),
        },
      ],
    };
  },

  async send(payload, { webhookUrl, serverUrl = "", user = "", password = "" }, io) {
    return webhookUrl
      ? postToHook(io.http, webhookUrl, payload)
      : postAsUser(io.http, { serverUrl, user, password }, payload);
  },

  parts: ({ text, attachments: [one] }) => ({
    title: [text],
    text: one.text === undefined ? [] : [one.text],
    fieldName: one.fields?.map(({ title }) => title) ?? [],
    fieldValue: one.fields?.map(({ value }) => value) ?? [],
    footer: [one.author_name],
  }),

  preview: ({ channel, text, attachments: [one] }, { user }) => ({
    kind: "chat",
    format: "markdown",
    from: user || "Webhook",
    title: text,
    ...(one.text ? { text: one.text } : {}),
    color: one.color,
    fields: (one.fields ?? []).map(({ title, value, short }) => ({ label: title, value, short })),
    footer: one.author_name,
    ...(one.title && one.title_link ? { link: { label: one.title, url: one.title_link } } : {}),
    ...(channel ? { facts: [{ label: "Channel", value: channel }] } : {}),
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isHook = url && /^https?:$/.test(url.protocol) && WEBHOOK_PATH.test(url.pathname);
    return isHook ? { webhookUrl: url.origin + url.pathname } : null;
  },

  advise({ status, reason }) {
    if (/invalid integration id or token/i.test(reason))
      return "Rocket.Chat does not know this webhook: it was deleted, or the URL is incomplete. Copy it again from Administration → Workspace → Integrations.";
    if (/totp|two.?factor/i.test(reason))
      return "The user has two-factor sign-in, which Belfry does not support. Use a user without it, or a webhook.";
    if (/overriding destination channel/i.test(reason))
      return "The webhook may only post to its own channel. Leave Channel empty, or allow it in the integration.";
    if (/invalid-channel|invalid-room|room-not-found|error-not-allowed|not in (room|channel)/i.test(reason))
      return "Rocket.Chat does not find the channel, or the user is not in it. Enter #channel or @user, and let the user join.";
    if (/room_is_readonly|readonly/i.test(reason))
      return "The channel is read-only or archived for this user. Choose another one.";
    if (/message-size-exceeded/i.test(reason))
      return "The server only accepts shorter messages. An administrator sets the size under Settings → Message.";
    if (status === 429 || /too many requests/i.test(reason))
      return "The server accepts 10 requests a minute unless its administrator allows more. Belfry waits as long as it asks, then continues; nothing is lost.";
    if (status === 401) return "Rocket.Chat does not accept this user and password.";
    if (status === 403) return "The user may not do this. Give it a role that may post messages, such as bot.";
    if (status === 503) return "The integration may be disabled: Administration → Workspace → Integrations.";
    if (status === 404) return "Nothing answers at this address. Check the server's URL, also its path.";
    return undefined;
  },
});

/** What the reader can do, as links in one line. */
function actionLine(notification: Notification): string {
  return actionsOf(notification)
    .map(
      ({ label, url }) => `[${escapeRocketChatMarkdown(label)}](${url.replaceAll("(", "%28").replaceAll(")", "%29")})`,
    )
    .join(" · ");
}

/** Message and log in one text, the log with its share, and what the reader can do below it. */
function textOf(message: Piece[], log: string | undefined, foot: string): string {
  const { unit } = limits.text;
  const max = limits.text.max - (foot ? measure(foot, unit) + 2 : 0);
  return [textWithin(message, log, { max, unit }), foot].filter(Boolean).join("\n\n");
}

function textWithin(message: Piece[], log: string | undefined, { max, unit }: Limit): string {
  const text = cutTo(message, { max: log?.trim() ? max - LOG_SHARE : max, unit }, escapeRocketChatMarkdown).trim();
  if (!log?.trim()) return text;
  const room = max - measure(text, unit) - 10;
  const inside = cutLog(log, { max: room, unit }, (part) => part.replaceAll("```", "`\u200b`\u200b`"));
  return `${text}${text ? "\n" : ""}\`\`\`\n${inside}\n\`\`\``;
}

/** Signs that a backslash escapes, then those that only an invisible character does: mentions, links, spoilers. */
const MARKDOWN = /(https?:\/\/[\w\-.~:/?#!$&'+,;=%]+)|([*_~`#])|@(?=\w)|<(?=\S)|\](?=\()|\|(?=\|)/g;
const LINE_START = /^([ \t]*)(?:([>-])|(\d+)\.)/gm;

/** Text that Rocket.Chat shows as it is: https://github.com/RocketChat/Rocket.Chat/blob/develop/packages/message-parser/src/grammar.pegjs */
export function escapeRocketChatMarkdown(text: string): string {
  return text
    .replace(MARKDOWN, (whole, address: string | undefined, sign: string | undefined) => {
      if (address) return address;
      return sign ? `\\${sign}` : `${whole}\u200b`;
    })
    .replace(LINE_START, (_, blanks: string, sign: string | undefined, number: string) =>
      sign ? `${blanks}\u200b${sign}` : `${blanks}${number}\\.`,
    );
}
