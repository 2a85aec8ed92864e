import { z } from "zod";
import { textBefore, trimEndSigns } from "@/lib/core/trim-signs";
import { type AnswerRules, defineProvider, field, type SendResult } from "./contract";
import { classify, reasonOf } from "./kit/classify";
import { composeText, type TextStyle } from "./kit/compose";
import { brandMark } from "./kit/icon";
import { objectIn } from "./kit/json-body";
import { cutTo, oneLine } from "./kit/text";

/** https://zulip.com/api/send-message: the usual MAX_MESSAGE_LENGTH and MAX_TOPIC_NAME_LENGTH of a server. */
const limits = {
  topic: { max: 60, unit: "codepoints" },
  content: { max: 10_000, unit: "codepoints" },
} as const;

const TOPIC = "Belfry";

const SIGNS = /(https?:\/\/[\w\-.~:/?#@!$&'+,;=%]+)|[&*~`[\]@#<>$|!]|:(?=[\w+-]+:)/g;
const LINE_START = /^([ \t]*)(?:([+-])|(\d+)([.)])|\/(?=me\b))/gm;

/** Zulip's markdown: https://zulip.com/help/format-your-message-using-markdown */
const MARKDOWN: TextStyle = {
  encode: escapeZulipMarkdown,
  title: (title) => `**${title}**`,
  fact: (name, value) => `**${name}:** ${value}`,
  link: (label, url) => `[${label}](${url.replaceAll("(", "%28").replaceAll(")", "%29")})`,
  footer: (footer) => `*${footer}*`,
  log: (text) => `\`\`\`text\n${text}\n\`\`\``,
  encodeLog: (text) => text.replaceAll("```", "`\u200b`\u200b`").replaceAll("~~~", "~\u200b~\u200b~"),
};

interface Payload {
  type: "stream";
  to: string;
  topic: string;
  content: string;
}

/** https://zulip.com/api/rest-error-handling */
const answers: AnswerRules = {
  service: "Zulip",
  proof: { expected: "with the message's id", holds: ({ body }) => typeof objectIn(body)?.id === "number" },
  isOwn: ({ body }) => objectIn(body)?.result === "error",
  isLater: ({ body }) => objectIn(body)?.code === "RATE_LIMIT_HIT",
  isGone: ({ body }) => /^(USER|REALM)_DEACTIVATED$/.test(String(objectIn(body)?.code)),
  address: "Enter the address of your organisation, such as https://example.zulipchat.com.",
};

/** Zulip: a message to a channel's topic, as a bot. */
export const zulip = defineProvider({
  id: "zulip",
  label: "Zulip",
  tagline: "To a topic of a stream",
  aliases: ["chat"],
  icon: brandMark(
    "M22.767 3.589c0 1.209-.543 2.283-1.37 2.934l-8.034 7.174c-.149.128-.343-.078-.235-.25l2.946-5.9c.083-.165-.024-.368-.194-.368H4.452c-1.77 0-3.219-1.615-3.219-3.59C1.233 1.616 2.682 0 4.452 0h15.096c1.77-.001 3.219 1.614 3.219 3.589zM4.452 24h15.096c1.77 0 3.219-1.616 3.219-3.59 0-1.974-1.449-3.59-3.219-3.59H8.12c-.17 0-.277-.202-.194-.367l2.946-5.9c.108-.172-.086-.378-.235-.25l-8.033 7.173c-.828.65-1.37 1.725-1.37 2.934 0 1.974 1.448 3.59 3.218 3.59z",
  ),
  docsUrl: "https://zulip.com/api/send-message",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
  ownServer: true,
  limits,
  // 200 requests a minute for each user: https://zulip.com/api/http-headers#rate-limiting-response-headers
  rate: { requests: 200, perMs: 60_000 },
  concurrency: 2,
  foldAbove: 20,
  config: () =>
    z.object({
      serverUrl: field(
        z
          .string()
          .trim()
          .min(1, "Enter the address of your Zulip.")
          .pipe(z.url({ protocol: /^https?$/, error: "Enter an http or https address." })),
        { label: "Server URL", help: "The address of your organisation", placeholder: "https://example.zulipchat.com" },
      ),
      botEmail: field(
        z.string().trim().min(1, "Enter the bot's email.").pipe(z.email("Enter the bot's email as Zulip shows it.")),
        {
          label: "Bot email",
          help: "In Zulip: Personal settings → Bots → Add a new bot; an incoming webhook bot is enough",
          placeholder: "belfry-bot@example.zulipchat.com",
        },
      ),
      apiKey: field(z.string().trim().min(1, "Enter the bot's API key."), {
        label: "API key",
        help: "Beside the bot's email",
        secret: true,
        sentTo: ["serverUrl"],
      }),
      stream: field(z.string().trim().min(1, "Enter the channel.").max(60, "At most 60 characters."), {
        label: "Channel",
        help: "Its name in Zulip, without #; the bot's owner must be able to post there",
        placeholder: "backups",
      }),
      topic: field(z.string().trim().max(60, "At most 60 characters.").default(TOPIC), { label: "Topic" }),
    }),
  example: {
    serverUrl: "https://example.zulipchat.com",
    botEmail: "belfry-bot@example.zulipchat.com",
    apiKey: "exampleKeyOfAZulipBot0123456789a",
    stream: "backups",
    topic: "Night shift",
  },

  render: (notification, { stream, topic }, context): Payload => ({
    type: "stream",
    to: stream,
    topic: cutTo(oneLine(topic) || TOPIC, limits.topic),
    content: composeText(notification, context, MARKDOWN, limits.content),
  }),

  async send(payload, { serverUrl, botEmail, apiKey }, io) {
    const answer = await io.http.request({
      url: `${trimEndSigns(serverUrl, "/")}/api/v1/messages`,
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: `Basic ${Buffer.from(`${botEmail}:${apiKey}`).toString("base64")}`,
      },
      body: new URLSearchParams({ ...payload }).toString(),
    });
    return judge(classify(answer, answers), answer.kind === "answer" ? objectIn(answer.body) : null);
  },

  parts: ({ topic, content }) => ({ topic: [topic], content: [content] }),

  preview: ({ to, topic, content }) => ({
    kind: "chat",
    format: "markdown",
    from: `#${to} > ${topic}`,
    text: content,
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const apiKey = url?.searchParams.get("api_key");
    if (!url || !apiKey || !/\/api\/v1\/external\/\w+\/?$/.test(url.pathname)) return null;
    const stream = url.searchParams.get("stream");
    const topic = url.searchParams.get("topic");
    return {
      serverUrl: url.origin + textBefore(url.pathname, "/api/v1/external/"),
      apiKey,
      ...(stream ? { stream } : {}),
      ...(topic ? { topic } : {}),
    };
  },

  advise({ status, reason }) {
    if (/\((INVALID_API_KEY|UNAUTHORIZED)\)$|invalid api key|malformed api key/i.test(reason) || status === 401)
      return "Zulip does not accept this email with this API key. Copy both again: Personal settings → Bots.";
    if (/STREAM_DOES_NOT_EXIST|does not exist/i.test(reason))
      return "Zulip has no channel of this name that the bot can see. Check the spelling; to a private channel the bot must be subscribed.";
    if (/DEACTIVATED/.test(reason))
      return "The bot or the whole organisation was deactivated in Zulip. Activate it, or create a new bot.";
    if (/not authorized|permission/i.test(reason))
      return "The bot may not post in this channel. Subscribe it, or let its owner post there.";
    if (status === 429)
      return "Zulip takes 200 requests a minute from each bot. Belfry waits as long as Zulip asks; nothing is lost.";
    return undefined;
  },
});

/** Zulip's words are in `msg`, what they mean in `code`: https://zulip.com/api/rest-error-handling */
function judge(outcome: SendResult, said: Record<string, unknown> | null): SendResult {
  if (outcome.kind === "sent") return { ...outcome, receipt: String(said?.id) };
  if (said?.result !== "error" || typeof said.msg !== "string" || outcome.status === undefined) return outcome;
  const code = typeof said.code === "string" ? said.code : "";
  const reason = `${reasonOf(outcome.status, JSON.stringify({ message: said.msg }))}${code ? ` (${code})` : ""}`;
  const { status, answer } = outcome;
  if (outcome.kind === "retry") {
    const asked = typeof said["retry-after"] === "number" ? Math.max(1_000, Math.ceil(said["retry-after"] * 1_000)) : 0;
    const afterMs = Math.max(asked, outcome.afterMs ?? 0);
    return { kind: "retry", reason, status, answer, ...(afterMs > 0 ? { afterMs } : {}) };
  }
  return { kind: outcome.kind, reason, status, answer };
}

/**
 * Text that Zulip shows as it is. Zulip has no backslash escapes, but character references, which it reads last:
 * so no markup takes effect and nobody is mentioned. Addresses stay whole.
 */
export function escapeZulipMarkdown(text: string): string {
  return text
    .replace(SIGNS, (sign, address?: string) => address ?? reference(sign))
    .replace(LINE_START, (_, blanks: string, bullet?: string, digits?: string, dot?: string) =>
      bullet ? blanks + reference(bullet) : digits ? `${blanks}${digits}${reference(dot ?? "")}` : `${blanks}&#47;`,
    );
}

function reference(sign: string): string {
  return `&#${sign.charCodeAt(0)};`;
}
