import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const TELEGRAM_TOKEN = "123456789:AAFormsTokenThatTheServerKnows_0123456789";
export const TELEGRAM_CHAT = "-1001234567890";

export interface TelegramMessage {
  id: number;
  chatId: string;
  /** As people read it, its markup gone. */
  text: string;
  threadId?: number;
  isSilent: boolean;
  replyTo?: number;
}

export interface TelegramService extends Service {
  messages: TelegramMessage[];
  /** What is wrong with a chat: by its id, the whole refusal. */
  refusals: Map<string, ServiceReply>;
}

/**
 * Behaves like the Bot API's sendMessage: markup is read and refused as Telegram does, and the length counts
 * what is left of it. https://core.telegram.org/bots/api#sendmessage
 */
export async function startTelegram(): Promise<TelegramService> {
  const messages: TelegramMessage[] = [];
  const refusals: TelegramService["refusals"] = new Map();
  const service = await startService((request) => answer(request, messages, refusals));
  return Object.assign(service, { messages, refusals });
}

export function telegramError(code: number, description: string, parameters?: Record<string, unknown>): ServiceReply {
  return { status: code, body: { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) } };
}

function answer(
  { path, json }: ServiceRequest,
  messages: TelegramMessage[],
  refusals: TelegramService["refusals"],
): ServiceReply {
  const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(path) ?? [];
  if (!token || !/^\d+:[\w-]+$/.test(token)) return telegramError(404, "Not Found");
  if (token !== TELEGRAM_TOKEN) return telegramError(401, "Unauthorized");
  if (method?.toLowerCase() !== "sendmessage") return telegramError(404, "Not Found: method not found");
  const message = (json ?? {}) as Record<string, unknown>;
  const chatId = String(message.chat_id ?? "");
  if (!chatId) return telegramError(400, "Bad Request: chat_id is empty");
  const refusal = refusals.get(chatId);
  if (refusal) return refusal;
  const read = textOf(String(message.text ?? ""), message.parse_mode);
  if ("error" in read) return telegramError(400, `Bad Request: can't parse entities: ${read.error}`);
  const entities = Array.isArray(message.entities) ? (message.entities as { offset: number; length: number }[]) : [];
  if (entities.some(({ offset, length }) => offset < 0 || length < 1 || offset + length > read.text.length))
    return telegramError(400, "Bad Request: ENTITY_BOUNDS_INVALID");
  if (read.text.trim() === "") return telegramError(400, "Bad Request: message text is empty");
  if (read.text.length > 4096) return telegramError(400, "Bad Request: message is too long");
  const reply = message.reply_parameters as { message_id?: unknown; allow_sending_without_reply?: unknown } | undefined;
  const isKnown = messages.some(({ id }) => id === reply?.message_id);
  if (reply && !isKnown && reply.allow_sending_without_reply !== true)
    return telegramError(400, "Bad Request: message to be replied not found");
  const id = 100 + messages.length;
  messages.push({
    id,
    chatId,
    text: read.text,
    ...(typeof message.message_thread_id === "number" ? { threadId: message.message_thread_id } : {}),
    isSilent: message.disable_notification === true,
    ...(isKnown ? { replyTo: Number(reply?.message_id) } : {}),
  });
  return { status: 200, body: { ok: true, result: { message_id: id, chat: { id: Number(chatId) }, text: read.text } } };
}

function textOf(text: string, mode: unknown): { text: string } | { error: string } {
  if (mode === undefined) return { text };
  return mode === "HTML" ? htmlText(text) : markdownText(text);
}

const TAGS = /^(b|strong|i|em|u|ins|s|strike|del|code|pre|a|blockquote|tg-spoiler|span)$/;
const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** https://core.telegram.org/bots/api#html-style */
function htmlText(source: string): { text: string } | { error: string } {
  const open: string[] = [];
  let text = "";
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at, at + 5000);
    const tag = /^<(\/?)([a-z-]*)([^>]*)>/.exec(rest);
    if (rest.startsWith("<")) {
      const [whole = "", slash, name = ""] = tag ?? [];
      if (!tag || !TAGS.test(name)) return { error: `Unsupported start tag "${name}" at byte offset ${at}` };
      if (!slash) open.push(name);
      else if (open.pop() !== name) return { error: `Unmatched end tag at byte offset ${at}` };
      at += whole.length;
      continue;
    }
    const entity = /^&(lt|gt|amp|quot);/.exec(rest);
    text += entity ? ENTITIES[entity[1] ?? ""] : rest[0];
    at += entity ? entity[0].length : 1;
  }
  const last = open.at(-1);
  return last ? { error: `Can't find end tag corresponding to start tag "${last}"` } : { text };
}

/** https://core.telegram.org/bots/api#markdownv2-style: the parts that our messages use. */
function markdownText(source: string): { text: string } | { error: string } {
  let text = "";
  let isCode = false;
  const open: string[] = [];
  for (let at = 0; at < source.length; at++) {
    const sign = source[at] ?? "";
    if (sign === "\\") {
      text += source[++at] ?? "";
    } else if (source.startsWith("```", at)) {
      isCode = !isCode;
      at += 2;
    } else if (isCode) {
      text += sign;
    } else if (sign === "[") {
      const link = /^\[((?:[^\]\\]|\\.)*)\]\(((?:[^)\\]|\\.)*)\)/.exec(source.slice(at));
      if (!link) return { error: `Can't find end of a URL at byte offset ${at}` };
      text += (link[1] ?? "").replace(/\\(.)/g, "$1");
      at += link[0].length - 1;
    } else if (sign === "*" || sign === "_" || sign === "~") {
      if (open.at(-1) === sign) open.pop();
      else open.push(sign);
    } else if (/[\]()>#+\-=|{}.!`]/.test(sign)) {
      return { error: `Character '${sign}' is reserved and must be escaped with the preceding '\\'` };
    } else text += sign;
  }
  return isCode || open.length > 0 ? { error: "Can't find end of Bold entity at byte offset 0" } : { text };
}

export const forForms: ServiceForForms<TelegramService> = {
  provider: "telegram",
  start: startTelegram,
  config: (url) => ({
    botToken: TELEGRAM_TOKEN,
    chatId: TELEGRAM_CHAT,
    topicId: "42",
    parseMode: "MarkdownV2",
    silent: true,
    apiBaseUrl: url,
  }),
  secretField: "botToken",
  texts: ({ messages }) => messages.map(({ text }) => text),
  refusal: "Unauthorized",
};
