import { z } from "zod";
import { trimEndSigns } from "@/lib/core/trim-signs";
import {
  type AnswerRules,
  defineProvider,
  field,
  type ProviderIo,
  type RenderContext,
  type SendResult,
} from "../contract";
import { classify } from "../kit/classify";
import { isObject, objectIn } from "../kit/json-body";
import { telegramIcon } from "./icon";
import { type TelegramEntity, telegramMentions } from "./mentions";
import { composeTexts, TELEGRAM_LIMITS } from "./text";

const API = "https://api.telegram.org";
const TOKEN = /^\d{5,20}:[\w-]{20,100}$/;
const SEND_PATH = /^\/bot(\d{5,20}:[\w-]{20,100})\/(?:sendMessage|getUpdates|getMe)?\/?$/i;
/**
 * Errors of a chat that this bot can permanently no longer reach. "chat not found" is none: a Bot API server of one's
 * own says it too after it lost its data.
 */
const GONE = /bot was (blocked|kicked)|user is deactivated|group chat was (deleted|deactivated)|bot is not a member/i;
/** The topic that every group with topics has. Its messages have no thread id: https://github.com/tdlib/telegram-bot-api/issues/798 */
const GENERAL_TOPIC = 1;

/** https://core.telegram.org/bots/api#making-requests */
const answers: AnswerRules = {
  service: "Telegram",
  proof: { expected: 'with "ok": true and the message\'s id', holds: ({ body }) => messageIdIn(body) !== undefined },
  isOwn: ({ body }) => objectIn(body)?.ok === false,
  isGone: ({ body }) => GONE.test(String(objectIn(body)?.description)),
  isLater: ({ body }) => typeof parametersIn(body)?.retry_after === "number",
  address: "Check the API base URL.",
};

interface Message {
  chat_id: string;
  message_thread_id?: number;
  text: string;
  parse_mode?: "HTML" | "MarkdownV2";
  /** In place of a parse mode. */
  entities?: TelegramEntity[];
  disable_notification?: true;
  reply_parameters?: { message_id: number; allow_sending_without_reply: true };
  link_preview_options: { is_disabled: true };
}

interface Payload {
  message: Message;
  /** Sent instead when Telegram cannot parse the markup; the title is its first line. */
  withoutMarkup: string;
  /** For that text. */
  entities: TelegramEntity[];
}

const config = () =>
  z.object({
    botToken: field(
      z
        .string()
        .trim()
        .min(1, "Enter the bot's token.")
        .regex(TOKEN, "A bot token looks like 123456789:AAExampleExampleExampleExample."),
      {
        label: "Bot token",
        help: "In Telegram: write /newbot to @BotFather, or /token for a bot that you have",
        secret: true,
        sentTo: ["apiBaseUrl"],
      },
    ),
    chatId: field(
      z
        .string()
        .trim()
        .min(1, "Enter the chat's id.")
        .regex(
          /^(-?\d{1,20}|@\w{4,64})$/,
          "A chat id is a number such as -1001234567890, or @name of a public channel.",
        ),
      {
        label: "Chat ID",
        help: "Of a person, a group (negative) or a channel; @name for public channels. A person must have written to the bot first",
        placeholder: "-1001234567890",
      },
    ),
    topicId: field(
      z
        .union([
          z.literal(""),
          z
            .string()
            .trim()
            .regex(/^\d{1,10}$/, "A topic id is a number."),
        ])
        .optional(),
      { label: "Topic ID", help: "Posts into this topic of a group with topics", advanced: true },
    ),
    parseMode: field(z.enum(["HTML", "MarkdownV2", "none"]).default("HTML"), {
      label: "Parse mode",
      help: "Markup of custom texts; values in them are escaped",
      widget: "select",
      optionLabels: { HTML: "HTML", MarkdownV2: "MarkdownV2", none: "None: plain text" },
      advanced: true,
    }),
    silent: field(z.boolean().default(false), {
      label: "Silent",
      help: "The message arrives without a sound",
      widget: "switch",
      advanced: true,
    }),
    apiBaseUrl: field(z.url({ protocol: /^https?$/, error: "Enter an http or https address." }).default(API), {
      label: "API base URL",
      help: "Of your own Bot API server, or of a proxy if Telegram cannot be reached",
      advanced: true,
    }),
  });

type Config = z.output<ReturnType<typeof config>>;

/** Telegram: one message by a bot, answered by its recovery. */
export const telegram = defineProvider({
  id: "telegram",
  label: "Telegram",
  tagline: "From a bot to a chat",
  aliases: ["chat", "tgram"],
  icon: telegramIcon,
  docsUrl: "https://core.telegram.org/bots/api#sendmessage",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
  usesReceipt: true,
  messageOptions: { priority: true, mentions: telegramMentions },
  limits: TELEGRAM_LIMITS,
  // https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
  rate: { requests: 1, perMs: 1_000 },
  concurrency: 1,
  foldAbove: 20,
  config,
  example: {
    botToken: "123456789:AAExampleTokenThatIsNotReal_0123456789",
    chatId: "-1001234567890",
    topicId: "42",
    parseMode: "HTML",
    silent: true,
  },

  render(notification, config, context): Payload {
    const { text, withoutMarkup, entities } = composeTexts(notification, config.parseMode, context);
    // The problem's first message; the recovery answers it, so that one tap leads to it.
    const first = notification.status === "firing" ? undefined : context.previous?.first;
    const topic = Number(config.topicId || 0);
    return {
      message: {
        chat_id: config.chatId,
        ...(topic && topic !== GENERAL_TOPIC ? { message_thread_id: topic } : {}),
        text,
        ...(config.parseMode === "none" ? entitiesOf(entities) : { parse_mode: config.parseMode }),
        ...(isSilent(config.silent, context) ? { disable_notification: true } : {}),
        ...(first && /^\d+$/.test(first)
          ? { reply_parameters: { message_id: Number(first), allow_sending_without_reply: true } }
          : {}),
        link_preview_options: { is_disabled: true },
      },
      withoutMarkup,
      entities,
    };
  },

  send: (payload, config, io) => sendCorrected(payload, config, io),

  parts: ({ withoutMarkup }) => ({ title: [withoutMarkup.split("\n", 1)[0] ?? ""], text: [withoutMarkup] }),

  preview: ({ message, withoutMarkup }) => ({
    kind: "chat",
    from: "Your bot",
    format: message.parse_mode === "HTML" ? "html" : "plain",
    text: message.parse_mode === "HTML" ? message.text : withoutMarkup,
    facts: [
      ...(message.disable_notification ? [{ label: "Sound", value: "none" }] : []),
      ...(message.reply_parameters ? [{ label: "Answers", value: "the problem's message" }] : []),
    ],
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const botToken = url && SEND_PATH.exec(url.pathname.replaceAll("%3A", ":"))?.[1];
    if (!url || !botToken || url.hostname !== "api.telegram.org") return null;
    const chatId = url.searchParams.get("chat_id");
    const topicId = url.searchParams.get("message_thread_id");
    return { botToken, ...(chatId ? { chatId } : {}), ...(topicId ? { topicId } : {}) };
  },

  wrongLink: ({ hostname }) =>
    hostname === "t.me" || hostname === "telegram.me" || hostname === "web.telegram.org"
      ? "This is a link to a chat of Telegram. Choose Telegram below instead: it asks for the token that @BotFather issues and the ID of the chat."
      : null,

  advise({ status, reason }) {
    if (/chat not found/i.test(reason))
      return "The bot does not know this chat. Check the chat ID (groups begin with -), and that the person has written to the bot or the bot was added to the group.";
    if (/blocked by the user|can't initiate/i.test(reason))
      return "A bot may only write to people who started it: open the bot in Telegram and press Start, then enable the channel again.";
    if (/kicked|not a member|group chat was/i.test(reason))
      return "The bot is no longer in this group or channel. Add it again, for channels as an administrator.";
    if (/user is deactivated/i.test(reason)) return "This person's Telegram account was deleted. Choose another chat.";
    if (/message thread not found|TOPIC_/i.test(reason))
      return "The group has no such topic. Check the topic ID, or leave it empty.";
    if (/not enough rights|CHAT_WRITE_FORBIDDEN|need administrator/i.test(reason))
      return "The bot may not send messages here. Give it that permission.";
    if (status === 401 || status === 404)
      return "Telegram does not know this bot token. Copy it again: write /token to @BotFather.";
    if (status === 429)
      return "Telegram accepts about one message per second in a chat and 20 per minute in a group. Belfry waits as long as Telegram asks, then continues; nothing is lost.";
    return undefined;
  },
});

function entitiesOf(entities: TelegramEntity[]): Pick<Message, "entities"> {
  return entities.length > 0 ? { entities } : {};
}

/** Telegram only has sound or silence: a custom priority decides, otherwise the channel's switch. */
function isSilent(silent: boolean, { priority }: RenderContext): boolean {
  if (priority === "lowest" || priority === "low") return true;
  return silent && priority !== "high" && priority !== "urgent";
}

type PlainText = Pick<Payload, "withoutMarkup" | "entities">;

/** What can be changed about a message that Telegram refused. */
interface Correction {
  /** The message as it is sent instead; null when this is not what Telegram refused. */
  correct(message: Message, refused: SendResult & { kind: "rejected" }, plain: PlainText): Message | null;
  /** What a person needs to know about it. */
  advice?(corrected: Message, reason: string): string;
}

const CORRECTIONS: readonly Correction[] = [
  {
    correct: (message, { answer }) => {
      const chat_id = newChatOf(answer);
      return chat_id ? { ...message, chat_id } : null;
    },
    advice: ({ chat_id }) =>
      `The group became a supergroup with the id ${chat_id}. Store it as this channel's chat ID: Telegram may stop returning it.`,
  },
  {
    correct: ({ parse_mode, ...message }, { reason }, { withoutMarkup, entities }) =>
      parse_mode && /can't parse entities/i.test(reason)
        ? { ...message, text: withoutMarkup, ...entitiesOf(entities) }
        : null,
    advice: (_, reason) => `Telegram could not read the markup, so the text was sent plain. Its answer: ${reason}`,
  },
  {
    correct: ({ message_thread_id, ...message }, { reason }) =>
      message_thread_id && /message thread not found|TOPIC_/i.test(reason) ? message : null,
    advice: (_, reason) =>
      `The message was sent outside the topic. Check the topic ID, or leave it empty. Telegram's answer: ${reason}`,
  },
  // Whatever Telegram has against the reply, the recovery is sent on its own.
  { correct: ({ reply_parameters, ...message }) => (reply_parameters ? message : null) },
];

/** Sends, and after a refusal sends again what Telegram may take instead. Each correction is made at most once. */
async function sendCorrected({ message, ...plain }: Payload, config: Config, io: ProviderIo): Promise<SendResult> {
  const advice: string[] = [];
  const unused = new Set(CORRECTIONS);
  let current = message;
  let outcome = await post(current, config, io);
  while (outcome.kind === "rejected" && outcome.status === 400) {
    const { reason } = outcome;
    const next = correctionOf(current, outcome, plain, unused);
    if (!next) break;
    unused.delete(next.by);
    current = next.message;
    const words = next.by.advice?.(current, reason);
    if (words) advice.push(words);
    outcome = await post(current, config, io);
  }
  return outcome.kind === "sent" && advice.length > 0 ? { ...outcome, advice: advice.join(" ") } : outcome;
}

function correctionOf(
  message: Message,
  refused: SendResult & { kind: "rejected" },
  plain: PlainText,
  unused: ReadonlySet<Correction>,
): { by: Correction; message: Message } | null {
  for (const by of unused) {
    const corrected = by.correct(message, refused, plain);
    if (corrected) return { by, message: corrected };
  }
  return null;
}

async function post(message: Message, { botToken, apiBaseUrl }: Config, io: ProviderIo): Promise<SendResult> {
  const answer = await io.http.request({
    url: `${trimEndSigns(apiBaseUrl, "/")}/bot${botToken}/sendMessage`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message),
  });
  if (answer.kind === "failed") return classify(answer, answers);
  const body = objectIn(answer.body);
  // A proxy may answer 200 to a refusal of Telegram.
  const said = body?.ok === false && typeof body.error_code === "number" ? body.error_code : answer.status;
  const outcome = classify({ ...answer, status: body?.ok === false && said < 400 ? 400 : said }, answers);
  return outcome.kind === "sent" ? { ...outcome, receipt: String(messageIdIn(answer.body)) } : outcome;
}

function messageIdIn(body: string): number | undefined {
  const said = objectIn(body);
  const id = said?.ok === true && isObject(said.result) ? said.result.message_id : undefined;
  return typeof id === "number" ? id : undefined;
}

/** https://core.telegram.org/bots/api#responseparameters */
function parametersIn(body: string | undefined): Record<string, unknown> | undefined {
  const parameters = objectIn(body)?.parameters;
  return isObject(parameters) ? parameters : undefined;
}

function newChatOf(answer: string | undefined): string | undefined {
  const id = parametersIn(answer)?.migrate_to_chat_id;
  return typeof id === "number" && Number.isSafeInteger(id) ? String(id) : undefined;
}
