import type { Notification } from "@/lib/core/notification";
import { TONE_HEX } from "@/lib/core/tone";
import type { RenderContext } from "../contract";
import { footerOf, notificationFacts } from "../kit/facts";
import { cutLog } from "../kit/log-cut";
import { readMentions } from "../kit/mentions";
import { actionsOf, linkOf, messagePieces, titlePieces } from "../kit/message-text";
import { cutTo, measure, oneLine } from "../kit/text";
import { escapeDiscordCode, escapeDiscordMarkdown } from "./markdown";
import { type DiscordMention, discordMentions } from "./mentions";

/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
export const DISCORD_LIMITS = {
  title: { max: 256, unit: "codepoints" },
  description: { max: 4096, unit: "codepoints" },
  fieldName: { max: 256, unit: "codepoints" },
  fieldValue: { max: 1024, unit: "codepoints" },
  footer: { max: 2048, unit: "codepoints" },
  username: { max: 80, unit: "codepoints" },
  /** The text above the embed, which holds the mentions. */
  content: { max: 2000, unit: "codepoints" },
  /** Of title, description, fields and footer together. */
  total: { max: 6000, unit: "codepoints" },
} as const;

const FIELDS_MAX = 25;
const FOOTER_MAX = 240;
/** Reserved for the description, however long the fields are; of it, this much for a log. */
const DESCRIPTION_SHARE = 2000;
const LOG_SHARE = 600;
/** A shorter excerpt of a log is of no use. */
const LOG_MIN = 40;
const SUPPRESS_NOTIFICATIONS = 4096;

interface EmbedField {
  name: string;
  value: string;
  inline: boolean;
}

export interface DiscordMessage {
  username?: string;
  avatar_url?: string;
  /** Mentions alone: an embed alerts nobody, whatever its texts say. */
  content?: string;
  embeds: [
    {
      title: string;
      description?: string;
      url?: string;
      color: number;
      fields?: EmbedField[];
      timestamp: string;
      footer: { text: string };
    },
  ];
  allowed_mentions: { parse: []; roles?: string[]; users?: string[] };
  flags?: number;
}

interface Appearance {
  username: string;
  avatarUrl?: string | undefined;
  silent: boolean;
}

/** One embed: title and footer always, then fields and description share the rest of the total. */
export function composeMessage(
  notification: Notification,
  { username, avatarUrl, silent }: Appearance,
  context: RenderContext,
): DiscordMessage {
  const title = cutTo(titlePieces(notification, context), DISCORD_LIMITS.title, escapeDiscordMarkdown);
  const room = DISCORD_LIMITS.total.max - measure(title, "codepoints") - FOOTER_MAX;
  const reserved = descriptionShare(notification, context);
  const { fields, leftOut, used } = composeFields(notification, room - reserved);
  const descriptionMax = Math.min(DISCORD_LIMITS.description.max, room - used);
  const actions = actionLine(notification);
  const forActions = actions ? measure(actions, "codepoints") + 2 : 0;
  const text = composeDescription(notification, context, descriptionMax - forActions);
  const description = [text, actions].filter(Boolean).join("\n\n");
  const link = linkOf(notification);
  const mentions = readMentions(discordMentions, context.mentions);
  return {
    ...(username ? { username: cutTo(oneLine(username), DISCORD_LIMITS.username) } : {}),
    ...(avatarUrl ? { avatar_url: avatarUrl } : {}),
    ...(mentions.length > 0 ? { content: mentions.map(({ written }) => written).join(" ") } : {}),
    embeds: [
      {
        title,
        ...(description ? { description } : {}),
        ...(link ? { url: link.url } : {}),
        color: Number.parseInt(TONE_HEX[notification.tone].slice(1), 16),
        ...(fields.length > 0 ? { fields } : {}),
        timestamp: new Date(notification.at).toISOString(),
        footer: { text: cutTo(footerOf(notification, context, leftOut), { max: FOOTER_MAX, unit: "codepoints" }) },
      },
    ],
    allowed_mentions: allowedMentions(mentions),
    ...(silent ? { flags: SUPPRESS_NOTIFICATIONS } : {}),
  };
}

/** Exactly these: a job named @everyone must mention nobody. */
function allowedMentions(mentions: readonly DiscordMention[]): DiscordMessage["allowed_mentions"] {
  const ids = (kind: DiscordMention["kind"]) => mentions.filter((one) => one.kind === kind).map(({ id }) => id);
  const [roles, users] = [ids("role"), ids("user")];
  return { parse: [], ...(roles.length > 0 ? { roles } : {}), ...(users.length > 0 ? { users } : {}) };
}

/** As many facts as fit. Discord shows the times in each reader's own zone. */
function composeFields(notification: Notification, room: number) {
  const facts = notificationFacts(notification, (at) => `<t:${Math.floor(at / 1000)}:f>`);
  const fields: EmbedField[] = [];
  let used = 0;
  for (const fact of facts.slice(0, FIELDS_MAX)) {
    const name = cutTo(fact.name, DISCORD_LIMITS.fieldName, escapeDiscordMarkdown);
    const value = fact.isWritten ? fact.value : cutTo(fact.value, DISCORD_LIMITS.fieldValue, escapeDiscordMarkdown);
    const size = measure(name, "codepoints") + measure(value, "codepoints");
    if (used + size > room) break;
    fields.push({ name, value, inline: fact.short });
    used += size;
  }
  return { fields, leftOut: facts.length - fields.length, used };
}

function descriptionShare(notification: Notification, context: RenderContext): number {
  const message = messagePieces(notification, context).map(({ text }) => text);
  const forActions = measure(actionLine(notification), "codepoints") + 2;
  return Math.min(
    DESCRIPTION_SHARE,
    measure(message.join(""), "codepoints") + (context.log ? LOG_SHARE : 0) + forActions,
  );
}

/** What the reader can do, as links in one line; a webhook's message has no buttons. */
function actionLine(notification: Notification): string {
  return actionsOf(notification)
    .map(({ label, url }) => `[${escapeDiscordMarkdown(label)}](${url.replaceAll("(", "%28").replaceAll(")", "%29")})`)
    .join(" · ");
}

/** The message, and the log in a code block below it. */
function composeDescription(notification: Notification, context: RenderContext, max: number): string {
  const { log } = context;
  const messageMax = Math.max(0, log ? max - LOG_SHARE : max);
  const limit = { max: messageMax, unit: "codepoints" } as const;
  const message = cutTo(messagePieces(notification, context), limit, escapeDiscordMarkdown);
  // Ten for the fences and line breaks around the log.
  const logMax = max - measure(message, "codepoints") - 10;
  if (!log || logMax < LOG_MIN) return message;
  const excerpt = cutLog(log, { max: logMax, unit: "codepoints" }, escapeDiscordCode);
  return `${message}${message ? "\n" : ""}\`\`\`\n${excerpt}\n\`\`\``;
}
