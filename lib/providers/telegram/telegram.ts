import { z } from "zod";
import { defineProvider, field, type ProviderIo, type RenderContext, type SendResult } from "../contract";
import { classify } from "../kit/classify";
import { isObject, objectIn } from "../kit/json-body";
import { telegramIcon } from "./icon";
import { composeTexts, TELEGRAM_LIMITS } from "./text";

const API = "https://api.telegram.org";
const TOKEN = /^\d{5,20}:[\w-]{20,100}$/;
const SEND_PATH = /^\/bot(\d{5,20}:[\w-]{20,100})\/(?:sendMessage|getUpdates|getMe)?\/?$/i;
/** Errors of a chat that this bot can permanently no longer reach. */
const GONE =
  /chat not found|bot was (blocked|kicked)|user is deactivated|group chat was (deleted|deactivated)|bot is not a member|can't initiate conversation/i;
const UNREADABLE = /can't parse entities/i;

interface Message {
  chat_id: string;
  message_thread_id?: number;
  text: string;
  parse_mode?: "HTML" | "MarkdownV2";
  disable_notification?: true;
  reply_parameters?: { message_id: number; allow_sending_without_reply: true };
  link_preview_options: { is_disabled: true };
}

interface Payload {
  message: Message;
  /** Sent instead when Telegram cannot parse the markup; the title is its first line. */
  withoutMarkup: string;
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
  usesReceipt: true,
  messageOptions: { priority: true },
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
    const { text, withoutMarkup } = composeTexts(notification, config.parseMode, context);
    // The problem's first message; the recovery answers it, so that one tap leads to it.
    const first = notification.status === "firing" ? undefined : context.previous?.first;
    return {
      message: {
        chat_id: config.chatId,
        ...(config.topicId ? { message_thread_id: Number(config.topicId) } : {}),
        text,
        ...(config.parseMode === "none" ? {} : { parse_mode: config.parseMode }),
        ...(isSilent(config.silent, context) ? { disable_notification: true } : {}),
        ...(first && /^\d+$/.test(first)
          ? { reply_parameters: { message_id: Number(first), allow_sending_without_reply: true } }
          : {}),
        link_preview_options: { is_disabled: true },
      },
      withoutMarkup,
    };
  },

  async send({ message, withoutMarkup }, config, io) {
    let current = message;
    let outcome = await post(current, config, io);
    let advice: string | undefined;
    const moved = outcome.kind === "rejected" ? newChatOf(outcome.answer) : undefined;
    if (moved) {
      current = { ...current, chat_id: moved };
      advice = `The group became a supergroup with the id ${moved}. Store it as this channel's chat ID: Telegram may stop returning it.`;
      outcome = await post(current, config, io);
    }
    if (outcome.kind === "rejected" && UNREADABLE.test(outcome.reason)) {
      const { parse_mode: _, ...plain } = current;
      advice = `${advice ? `${advice} ` : ""}Telegram could not read the markup, so the text was sent plain. Its answer: ${outcome.reason}`;
      outcome = await post({ ...plain, text: withoutMarkup }, config, io);
    }
    return outcome.kind === "sent" && advice ? { ...outcome, advice } : outcome;
  },

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

/** Telegram only has sound or silence: a custom priority decides, otherwise the channel's switch. */
function isSilent(silent: boolean, { priority }: RenderContext): boolean {
  if (priority === "lowest" || priority === "low") return true;
  return silent && priority !== "high" && priority !== "urgent";
}

async function post(message: Message, { botToken, apiBaseUrl }: Config, io: ProviderIo): Promise<SendResult> {
  const answer = await io.http.request({
    url: `${apiBaseUrl.replace(/\/+$/, "")}/bot${botToken}/sendMessage`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message),
  });
  if (answer.kind !== "answer") return classify(answer);
  const body = objectIn(answer.body);
  // A proxy may answer 200 to a refusal of Telegram.
  const said = body?.ok === false && typeof body.error_code === "number" ? body.error_code : answer.status;
  const outcome = classify({ ...answer, status: body?.ok === false && said < 400 ? 400 : said });
  if (outcome.kind === "sent") {
    const id = isObject(body?.result) ? body.result.message_id : undefined;
    return typeof id === "number" ? { ...outcome, receipt: String(id) } : outcome;
  }
  return outcome.kind === "rejected" && GONE.test(outcome.reason) ? { ...outcome, kind: "gone" } : outcome;
}

/** https://core.telegram.org/bots/api#responseparameters */
function newChatOf(answer: string | undefined): string | undefined {
  const parameters = objectIn(answer)?.parameters;
  const id = isObject(parameters) ? parameters.migrate_to_chat_id : undefined;
  return typeof id === "number" && Number.isSafeInteger(id) ? String(id) : undefined;
}
