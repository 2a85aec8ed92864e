import { z } from "zod";
import type { Notification } from "@/lib/core/notification";
import { TONE_HEX } from "@/lib/core/tone";
import { type AnswerRules, defineProvider, field, type MentionFormat, type SendResult } from "./contract";
import { classify } from "./kit/classify";
import { isLocalHost } from "./kit/egress";
import { footerOf, notificationFacts } from "./kit/facts";
import { brandMark } from "./kit/icon";
import { objectIn } from "./kit/json-body";
import type { Limit } from "./kit/limit";
import { localTimeText } from "./kit/local-time";
import { cutLog } from "./kit/log-cut";
import { mentionFacts, readMentions } from "./kit/mentions";
import { actionsOf, linkOf, messagePieces, titlePieces } from "./kit/message-text";
import { cutTo, measure, oneLine, type Piece } from "./kit/text";

/** https://docs.mattermost.com/developers/integrate/reference/message-attachments; `text` is the size of a post, the others are Belfry's own. */
const limits = {
  title: { max: 256, unit: "codepoints" },
  text: { max: 16_383, unit: "codepoints" },
  fieldName: { max: 200, unit: "codepoints" },
  fieldValue: { max: 2000, unit: "codepoints" },
  footer: { max: 300, unit: "codepoints" },
  username: { max: 64, unit: "codepoints" },
} as const;

const FIELDS_MAX = 30;
/** Reserved for the log when there is one, however long the message is. */
const LOG_SHARE = 6_000;

interface Payload {
  /** Above the attachment: mentions alone. */
  text?: string;
  channel?: string;
  username?: string;
  icon_url?: string;
  attachments: [
    {
      fallback: string;
      color: string;
      title: string;
      title_link?: string;
      text?: string;
      fields?: { title: string; value: string; short: boolean }[];
      footer: string;
    },
  ];
}

/**
 * Errors by their ids: https://github.com/mattermost/mattermost/blob/master/server/channels/app/webhook.go
 * `web.incoming_webhook.invalid.app_error` is no proof of a deleted webhook: the server says it of a failed query too.
 */
const answers: AnswerRules = {
  service: "Mattermost",
  proof: { expected: "with the word ok", holds: ({ body }) => body.trim() === "ok" },
  isOwn: ({ body }) => {
    const error = objectIn(body);
    return typeof error?.id === "string" && typeof error.status_code === "number";
  },
  isGone: ({ body }) => {
    const error = objectIn(body);
    return (
      error?.id === "app.channel.get.existing.app_error" ||
      /can ?not post to deleted channel/i.test(`${error?.message} ${error?.detailed_error}`)
    );
  },
  address: "A webhook's address ends in /hooks/ID.",
};

/** By the name of a person or group: https://docs.mattermost.com/end-user-guide/collaborate/mention-people.html */
const mentions: MentionFormat<string> = {
  example: "@ops-team",
  hint: "A person or a group by name, such as @ann or @ops-team; @here and @channel alert the whole channel",
  refusal: "Mattermost mentions a person or a group by name, such as @ops-team.",
  read: (text) => /^@[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?$/.exec(text.trim().toLowerCase())?.[0] ?? null,
};

/** Mattermost: one attachment with the tone's colour, by an incoming webhook. */
export const mattermost = defineProvider({
  id: "mattermost",
  label: "Mattermost",
  tagline: "To a team channel",
  aliases: ["chat", "mmost"],
  icon: brandMark(
    "M12.081 0C7.048-.034 2.339 3.125.637 8.153c-2.125 6.276 1.24 13.086 7.516 15.21 6.276 2.125 13.086-1.24 15.21-7.516 1.727-5.1-.172-10.552-4.311-13.557l.126 2.547c2.065 2.282 2.88 5.512 1.852 8.549-1.534 4.532-6.594 6.915-11.3 5.321-4.708-1.593-7.28-6.559-5.745-11.092 1.031-3.046 3.655-5.121 6.694-5.67l1.642-1.94A4.87 4.87 0 0 0 12.08 0zm3.528 1.094a.284.284 0 0 0-.123.024l-.004.001a.33.33 0 0 0-.109.071c-.145.142-.657.828-.657.828L13.6 3.4l-1.3 1.585-2.232 2.776s-1.024 1.278-.798 2.851c.226 1.574 1.396 2.34 2.304 2.648.907.307 2.302.408 3.438-.704 1.135-1.112 1.098-2.75 1.098-2.75l-.087-3.56-.07-2.05-.047-1.775s.01-.856-.02-1.057a.33.33 0 0 0-.035-.107l-.006-.012-.007-.011a.277.277 0 0 0-.229-.14z",
  ),
  docsUrl: "https://docs.mattermost.com/developers/integrate/webhooks/incoming",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
  ownServer: true,
  limits,
  // The server's default when its administrator enabled the limit.
  rate: { requests: 10, perMs: 1_000 },
  concurrency: 4,
  foldAbove: 20,
  messageOptions: { mentions },
  config: () =>
    z.object({
      webhookUrl: field(z.string().trim().min(1, "Enter the webhook URL.").superRefine(checkWebhookUrl), {
        label: "Webhook URL",
        help: "In Mattermost: Product menu → Integrations → Incoming Webhooks → Add Incoming Webhook",
        placeholder: "https://chat.example.org/hooks/…",
        secret: true,
        sentTo: "itself",
      }),
      channel: field(
        z
          .union([
            z.literal(""),
            z
              .string()
              .trim()
              .regex(
                /^[#@]?[a-z0-9][a-z0-9._-]{0,63}$/,
                "Enter the channel as in its URL, such as town-square, or @user.",
              ),
          ])
          .optional(),
        {
          label: "Channel",
          help: "Another channel than the webhook's own, as in its URL, or @user; refused when the webhook is locked to its channel",
          placeholder: "town-square",
          advanced: true,
        },
      ),
      username: field(z.string().trim().max(64, "At most 64 characters.").optional(), {
        label: "Username",
        help: "Sender name of the messages, if the server lets integrations choose it",
        advanced: true,
      }),
      iconUrl: field(
        z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "Enter an http or https address." })]).optional(),
        { label: "Icon URL", placeholder: "https://…", advanced: true },
      ),
    }),
  example: {
    webhookUrl: "https://chat.example.org/hooks/exampl3t0kenofawebh00k1234",
    channel: "backups",
    username: "Backup Manager",
    iconUrl: "https://backup.example.org/icon.png",
  },

  render(notification, config, context): Payload {
    const link = linkOf(notification);
    // A title with a link is shown literally, any other one as markdown.
    const title = cutTo(
      titlePieces(notification, context),
      limits.title,
      link ? withoutMentions : escapeMattermostMarkdown,
    );
    const all = notificationFacts(notification, (at) => localTimeText(at, context.timezone));
    const fields = all.slice(0, FIELDS_MAX).map(({ name, value, short }) => ({
      title: cutTo(name, limits.fieldName, withoutMentions),
      value: cutTo(value, limits.fieldValue, escapeMattermostMarkdown),
      short,
    }));
    const footer = cutTo(footerOf(notification, context, all.length - fields.length), limits.footer, withoutMentions);
    const text = textOf(messagePieces(notification, context), context.log, actionLine(notification));
    const mentioned = readMentions(mentions, context.mentions).join(" ");
    return {
      ...(mentioned ? { text: mentioned } : {}),
      ...(config.channel ? { channel: config.channel } : {}),
      ...(config.username ? { username: cutTo(oneLine(config.username), limits.username) } : {}),
      ...(config.iconUrl ? { icon_url: config.iconUrl } : {}),
      attachments: [
        {
          fallback: title,
          color: TONE_HEX[notification.tone],
          title: title.trim() || "–",
          ...(link ? { title_link: link.url } : {}),
          ...(text ? { text } : {}),
          ...(fields.length > 0 ? { fields } : {}),
          footer,
        },
      ],
    };
  },

  async send(payload, config, io) {
    const answer = await io.http.request({
      url: config.webhookUrl,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(payload),
    });
    return judge(classify(answer, answers));
  },

  parts: ({ text, username, attachments: [one] }) => ({
    title: [one.title],
    text: [text, one.text].filter((part) => part !== undefined),
    fieldName: one.fields?.map(({ title }) => title) ?? [],
    fieldValue: one.fields?.map(({ value }) => value) ?? [],
    footer: [one.footer],
    username: username === undefined ? [] : [username],
  }),

  preview: ({ text, username, attachments: [one] }) => ({
    kind: "chat",
    format: "markdown",
    facts: mentionFacts(text ? [text] : []),
    from: username ?? "Webhook",
    title: one.title,
    ...(one.text ? { text: one.text } : {}),
    color: one.color,
    fields: (one.fields ?? []).map(({ title, value, short }) => ({ label: title, value, short })),
    footer: one.footer,
    ...(one.title_link ? { link: { label: one.title, url: one.title_link } } : {}),
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isHook = url && /^https?:$/.test(url.protocol) && /\/hooks\/[a-z0-9]{26}\/?$/.test(url.pathname);
    return isHook ? { webhookUrl: url.origin + url.pathname } : null;
  },

  advise({ status, reason }) {
    if (/invalid webhook/i.test(reason))
      return "Mattermost does not know this webhook: it was deleted, or the URL is incomplete. Create one under Integrations → Incoming Webhooks and paste its URL here.";
    if (/deleted channel|archived/i.test(reason))
      return "The channel is archived. Unarchive it, or choose another one.";
    if (status === 404 && /channel/i.test(reason))
      return "Mattermost does not find the channel. Enter its name as in its URL, or leave the field empty.";
    if (status === 403)
      return "The webhook may not write there: it is locked to its channel, or its creator is not a member. Leave Channel empty, or change the webhook.";
    if (status === 501)
      return "Incoming webhooks are disabled on this server. An administrator enables them under System Console → Integrations.";
    if (status === 404) return "Nothing answers at this address. Check the URL, also the path in front of /hooks/.";
    if (status === 429)
      return "The server limits the rate of requests. Belfry waits as long as it asks, then continues; nothing is lost.";
    return undefined;
  },
});

/** What the reader can do, as links in one line. */
function actionLine(notification: Notification): string {
  return actionsOf(notification)
    .map(
      ({ label, url }) => `[${escapeMattermostMarkdown(label)}](${url.replaceAll("(", "%28").replaceAll(")", "%29")})`,
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
  const text = cutTo(message, { max: log?.trim() ? max - LOG_SHARE : max, unit }, escapeMattermostMarkdown).trim();
  if (!log?.trim()) return text;
  const room = max - measure(text, unit) - 10;
  return `${text}${text ? "\n" : ""}\`\`\`\n${cutLog(log, { max: room, unit }, escapeFence)}\n\`\`\``;
}

/** Inside a code block its end mark has a meaning, and the server replaces Slack's mentions even there. */
function escapeFence(text: string): string {
  return withoutMentions(text).replaceAll("```", "`\u200b`\u200b`");
}

const MENTION = /(?<![A-Za-z0-9])@(?=\w)|<(?=[\w!@])/g;

/** Names mention nobody: neither `@all`, nor `<!channel>`, which the server reads as Slack does. */
function withoutMentions(text: string): string {
  return text.replace(MENTION, "$&\u200b");
}

/** Addresses stay whole, up to an `@`, which would be a mention even there. */
const MARKDOWN = /(https?:\/\/[\w\-.~:/?#!$&'+,;=%]+)|[\\*_~`|[\]>]|(?<![A-Za-z0-9])@(?=\w)|<(?=[\w!@])/g;
const LINE_START = /^([ \t]*)([#+-]|\d+(?=[.)]))/gm;

/** Text that Mattermost shows as it is: https://docs.mattermost.com/end-user-guide/collaborate/format-messages.html */
export function escapeMattermostMarkdown(text: string): string {
  return text
    .replace(MARKDOWN, (whole, address: string | undefined) => {
      if (address) return address;
      return whole === "@" || whole === "<" ? `${whole}\u200b` : `\\${whole}`;
    })
    .replace(LINE_START, (_, blanks: string, sign: string) =>
      /\d/.test(sign) ? `${blanks}${sign}\\` : `${blanks}\\${sign}`,
    );
}

function judge(outcome: SendResult): SendResult {
  if (outcome.kind === "sent" || outcome.status === undefined) return outcome;
  const error = objectIn(outcome.answer);
  // Only servers in developer mode give details here.
  const detail = typeof error?.detailed_error === "string" ? oneLine(error.detailed_error).slice(0, 300) : "";
  const reason = detail ? `${outcome.reason} (${detail})` : outcome.reason;
  const { status, answer } = outcome;
  // Disabled by its administrator: that is permanent.
  return error?.id === "web.incoming_webhook.disabled.app_error"
    ? { kind: "rejected", status, answer, reason }
    : { ...outcome, reason };
}

function checkWebhookUrl(text: string, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) refuse("Enter the complete webhook URL, starting with https://.");
  else if (/\/hooks\/\w+\/\w+\/?$/.test(url.pathname))
    refuse("A webhook URL with two parts after /hooks/ is Rocket.Chat's: choose that channel instead.");
  else if (!/\/hooks\/\w+\/?$/.test(url.pathname)) refuse("A Mattermost webhook URL ends in /hooks/ID.");
  else if (url.protocol === "http:" && !isLocalHost(url.hostname)) refuse("Use https:// here.");
}
