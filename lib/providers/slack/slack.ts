import type { Notification } from "@/lib/core/notification";
import { TONE_HEX } from "@/lib/core/tone";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { defineProvider, type ProviderIo, type RenderContext } from "../contract";
import { footerOf, type NotificationFact, notificationFacts, utcText } from "../kit/facts";
import { cutLog } from "../kit/log-cut";
import { mentionFacts, readMentions } from "../kit/mentions";
import { actionsOf, linkOf, messagePieces, titlePieces } from "../kit/message-text";
import { clean, cutTo, measure, oneLine, type Piece } from "../kit/text";
import { adviseOnSlack, apiAnswers, apiOutcome, isRefusedReply, webhookAnswers, webhookOutcome } from "./answers";
import { SLACK_API, SLACK_WEBHOOK, slackConfig } from "./config";
import { slackIcon } from "./icon";
import { slackMentions } from "./mentions";

/** https://docs.slack.dev/reference/block-kit/blocks and, for `text`, /reference/methods/chat.postMessage */
const limits = {
  title: { max: 150, unit: "codepoints" },
  section: { max: 3000, unit: "codepoints" },
  field: { max: 2000, unit: "codepoints" },
  context: { max: 2000, unit: "codepoints" },
  text: { max: 4000, unit: "codepoints" },
  /**
   * Of all blocks: Slack answers `msg_blocks_too_long` beyond a sum that it does not document. Messages of many text
   * objects were refused at 11,341 characters, since each object counts as well: https://github.com/slackapi/bolt-js/issues/2867
   */
  total: { max: 11_000, unit: "codepoints" },
} as const;

/** Set aside of the total for each text object. */
const OBJECT_SHARE = 64;
/** Text objects besides the facts: title, message, log, and four of small print. */
const OTHER_OBJECTS = 7;

const FIELDS_PER_SECTION = 10;
/** Three sections of facts; far below the 50 blocks that a message may have. */
const FIELDS_MAX = 30;
/** Reserved for title, message, log and small print, however long the facts are. */
const FACTS_SHARE =
  limits.total.max - limits.title.max - 2 * limits.section.max - limits.context.max - OTHER_OBJECTS * OBJECT_SHARE;

interface Mrkdwn {
  type: "mrkdwn";
  text: string;
  /** Without it a plain `@here` or `#name` in a job's name would have an effect. */
  verbatim: true;
}
type Block =
  | { type: "header"; text: { type: "plain_text"; text: string; emoji: true } }
  | { type: "section"; text: Mrkdwn }
  | { type: "section"; fields: Mrkdwn[] }
  | { type: "context"; elements: Mrkdwn[] };

interface Payload {
  /** The message that this one answers, from its receipt; not part of the body. */
  answers?: string;
  text: string;
  blocks: Block[];
  attachments: [{ color: string; fallback: string; blocks: Block[] }];
  username?: string;
  icon_emoji?: string;
  unfurl_links: false;
  unfurl_media: false;
}

/** Slack: blocks with the tone's colour beside them, by webhook or by a bot's token. */
export const slack = defineProvider({
  id: "slack",
  label: "Slack",
  tagline: "To a workspace channel",
  aliases: ["chat", "bot", "webhook"],
  icon: slackIcon,
  docsUrl: "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",
  purpose: "message",
  namesPeople: false,
  answers: [webhookAnswers, apiAnswers],
  limits,
  rate: { requests: 1, perMs: 1_000 },
  concurrency: 1,
  foldAbove: 20,
  usesReceipt: true,
  messageOptions: { mentions: slackMentions },
  config: slackConfig,
  example: {
    webhookUrl: "https://hooks.slack.com/services/T00000000/B00000000/exampleTokenOfAWebhook00",
    username: "Backup Manager",
    iconEmoji: ":floppy_disk:",
  },

  render(notification, config, context): Payload {
    const title = cutTo(titlePieces(notification, context), limits.title, escapeMrkdwn).trim() || "–";
    const message = messagePieces(notification, context);
    const mentions = readMentions(slackMentions, context.mentions).join(" ");
    const taken = mentions ? measure(mentions, "codepoints") + OBJECT_SHARE : 0;
    const { shown, left } = fieldsOf(notificationFacts(notification, timeOf), FACTS_SHARE - taken);
    const body = cutTo(message, limits.section, escapeMrkdwn);
    const blocks: Block[] = [];
    if (body.trim()) blocks.push({ type: "section", text: mrkdwn(body) });
    for (let from = 0; from < shown.length; from += FIELDS_PER_SECTION) {
      blocks.push({ type: "section", fields: shown.slice(from, from + FIELDS_PER_SECTION).map(mrkdwn) });
    }
    if (context.log?.trim()) blocks.push({ type: "section", text: mrkdwn(fenceLog(context.log)) });
    blocks.push({ type: "context", elements: smallPrint(notification, context, left) });

    const answers = config.botToken && notification.status === "resolved" ? context.previous?.first : undefined;
    return {
      ...(answers ? { answers } : {}),
      // Only push notifications show it, since there are blocks.
      text: cutTo([{ text: title, raw: true }, { text: "\n" }, ...message], limits.text, escapeMrkdwn),
      blocks: [
        { type: "header", text: { type: "plain_text", text: title, emoji: true } },
        ...(mentions ? [{ type: "section" as const, text: mrkdwn(mentions) }] : []),
      ],
      attachments: [{ color: TONE_HEX[notification.tone], fallback: title, blocks }],
      ...(config.username ? { username: oneLine(config.username) } : {}),
      ...(config.iconEmoji ? { icon_emoji: config.iconEmoji } : {}),
      unfurl_links: false,
      unfurl_media: false,
    };
  },

  async send({ answers, ...message }, config, io) {
    if (config.webhookUrl) {
      // Only webhooks of legacy integrations follow it: https://docs.slack.dev/legacy/legacy-custom-integrations/legacy-custom-integrations-incoming-webhooks
      const body = config.channel ? { ...message, channel: config.channel } : message;
      return webhookOutcome(await io.http.request(requestOf(config.webhookUrl, body)));
    }
    const thread = /^(\S+) (\d+\.\d+)$/.exec(answers ?? "");
    if (thread) {
      const reply = { ...message, channel: thread[1], thread_ts: thread[2], reply_broadcast: true };
      const outcome = await post(reply, config, io);
      // When the first message was deleted, its thread locked or its channel archived, the recovery is sent on its own.
      if (!isRefusedReply(outcome)) return outcome;
    }
    return post({ ...message, channel: config.channel }, config, io);
  },

  preview: ({ blocks, attachments: [{ color, blocks: inside }], username, answers }) => {
    const texts = inside.flatMap((block) => (block.type === "section" && "text" in block ? [block.text.text] : []));
    const fields = inside.flatMap((block) => ("fields" in block ? block.fields : []));
    const footer = inside.flatMap((block) => (block.type === "context" ? block.elements : []));
    return {
      kind: "chat",
      format: "mrkdwn",
      from: username ?? "Webhook",
      title: blocks.flatMap((block) => (block.type === "header" ? [block.text.text] : [])).join("\n"),
      text: texts.join("\n"),
      color,
      fields: fields.map(({ text }) => {
        const [label = "", ...value] = text.split("\n");
        return { label: label.replace(/^\*|\*$/g, ""), value: value.join("\n"), short: true };
      }),
      footer: footer.map(({ text }) => asRead(text)).join(" · "),
      facts: [
        ...mentionFacts(
          blocks.flatMap((block) => ("text" in block && block.type === "section" ? [block.text.text] : [])),
        ),
        ...(answers ? [{ label: "Answers", value: "the problem's message, in its thread and in the channel" }] : []),
      ],
    };
  },

  parts: ({ text, blocks, attachments: [{ blocks: inside }] }) => {
    const all = [...blocks, ...inside];
    const title = all.flatMap((block) => (block.type === "header" ? [block.text.text] : []));
    const section = all.flatMap((block) => (block.type === "section" && "text" in block ? [block.text.text] : []));
    const fields = all.flatMap((block) => ("fields" in block ? block.fields.map((one) => one.text) : []));
    const context = all.flatMap((block) => (block.type === "context" ? block.elements.map((one) => one.text) : []));
    return {
      title,
      section,
      field: fields,
      context,
      text: [text],
      total: [[...title, ...section, ...fields, ...context].join("")],
    };
  },

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url) return SLACK_WEBHOOK.test(url.origin + url.pathname) ? { webhookUrl: url.origin + url.pathname } : null;
    return /^xoxb-[\w-]{10,}$/.test(text.trim()) ? { botToken: text.trim() } : null;
  },

  wrongLink: ({ hostname }) =>
    hostname === "slack.com" || hostname.endsWith(".slack.com")
      ? "This is a link to a page of Slack, and not a webhook. On api.slack.com/apps, open your app: Incoming Webhooks → Copy. It begins with https://hooks.slack.com/services/."
      : null,

  advise: adviseOnSlack,
});

function mrkdwn(text: string): Mrkdwn {
  return { type: "mrkdwn", text, verbatim: true };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping: these three and no others. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Slack shows it in each reader's own zone. */
function timeOf(at: number): string {
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${utcText(at)}>`;
}

/** As many complete facts as fit, and the number of the others. */
function fieldsOf(facts: NotificationFact[], share: number): { shown: string[]; left: number } {
  const shown: string[] = [];
  let room = share;
  for (const fact of facts) {
    const pieces: Piece[] = [{ text: "*", raw: true }, { text: cutTo(fact.name, { max: 200, unit: "codepoints" }) }];
    pieces.push({ text: "*\n", raw: true }, { text: fact.value, raw: fact.isWritten });
    const text = cutTo(pieces, limits.field, escapeMrkdwn);
    const size = measure(text, "codepoints") + OBJECT_SHARE;
    if (shown.length >= FIELDS_MAX || size > room) break;
    shown.push(text);
    room -= size;
  }
  return { shown, left: facts.length - shown.length };
}

function fenceLog(log: string): string {
  const inside = cutLog(clean(log), { max: limits.section.max - 8, unit: "codepoints" }, escapeFence);
  return `\`\`\`\n${inside}\n\`\`\``;
}

/** Inside a code block its end mark has a meaning, besides the three signs. */
function escapeFence(text: string): string {
  return escapeMrkdwn(text).replaceAll("```", "`\u200b`\u200b`");
}

/** Small print as people read it: the label of a link, the fallback of a date. */
function asRead(text: string): string {
  const labels = text.replace(/<[^<|>]*\|([^<>]*)>/g, "$1");
  return labels.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function smallPrint(notification: Notification, context: RenderContext, left: number): Mrkdwn[] {
  const link = linkOf(notification);
  const label = cutTo(footerOf(notification, context, left), { max: 600, unit: "codepoints" }, escapeMrkdwn);
  const elements = [mrkdwn(label), mrkdwn(timeOf(notification.at))];
  const links = [actionsOf(notification), link ?? []].flat();
  let room = limits.context.max - 700;
  for (const { label, url } of links) {
    const anchor = `<${addressOf(url)}|${escapeMrkdwn(oneLine(label).replaceAll("|", "¦")) || "Open"}>`;
    const size = measure(anchor, "codepoints");
    if (size > room) continue;
    elements.push(mrkdwn(anchor));
    room -= size;
  }
  return elements;
}

/** An address, escaped for use between `<` and `|`. */
function addressOf(url: string): string {
  return url.replaceAll("&", "&amp;").replaceAll("<", "%3C").replaceAll(">", "%3E").replaceAll("|", "%7C");
}

async function post(message: object, config: { apiBaseUrl?: string; botToken?: string }, io: ProviderIo) {
  const url = `${trimEndSigns(config.apiBaseUrl || SLACK_API, "/")}/chat.postMessage`;
  return apiOutcome(await io.http.request(requestOf(url, message, { authorization: `Bearer ${config.botToken}` })));
}

function requestOf(url: string, body: object, headers: Record<string, string> = {}) {
  return {
    url,
    method: "POST",
    headers: { ...headers, "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify(body),
  };
}
