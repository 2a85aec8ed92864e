import { isObject } from "@/lib/providers/kit/json-body";
import { type Service, type ServiceForForms, type ServiceReply, startService } from "./service";

const SPACE = "AAAAtests00";
const KEY = "keyOfAProjectForTests-0123456789";
const TOKEN = "tokenOfAWebhookForTests-0123456789";
const PATH = `/v1/spaces/${SPACE}/messages`;
const BYTES_MAX = 32_000;
const WIDGETS_MAX = 100;

export interface ChatWidget {
  textParagraph?: { text: string };
  decoratedText?: { topLabel: string; text: string; wrapText: boolean };
  buttonList?: { buttons: { text: string; onClick: { openLink: { url: string } } }[] };
}
export interface ChatMessage {
  name: string;
  thread: string;
  requestId: string | null;
  fallbackText: string;
  sections: { header?: string; widgets: ChatWidget[] }[];
}

export interface GoogleChatServer extends Service {
  webhookUrl: string;
  messages: ChatMessage[];
  /** One message a second for the space; off at the start. */
  limitRate(isOn: boolean, perMs?: number): void;
  deleteWebhook(isDeleted: boolean): void;
}

/** A webhook of one space. https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create */
export async function startGoogleChatServer(): Promise<GoogleChatServer> {
  const messages: ChatMessage[] = [];
  let isLimited = false;
  let windowMs = 1_000;
  let isDeleted = false;
  let lastAt = 0;

  const no = (code: number, status: string, message: string): ServiceReply => ({
    status: code,
    body: { error: { code, message, status } },
  });
  const server = await startService(({ method, path, query, body, json, at }) => {
    if (method !== "POST" || path !== PATH || isDeleted) return no(404, "NOT_FOUND", "Requested entity was not found.");
    if (query.get("key") !== KEY) {
      return no(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.");
    }
    if (query.get("token") !== TOKEN) {
      return no(403, "PERMISSION_DENIED", "The caller does not have permission");
    }
    if (isLimited && at - lastAt < windowMs) {
      return no(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).");
    }
    lastAt = at;
    const requestId = query.get("requestId");
    const known = requestId === null ? undefined : messages.find((one) => one.requestId === requestId);
    if (known) return { status: 200, body: { name: known.name, thread: { name: known.thread } } };
    const sections = Buffer.byteLength(body) <= BYTES_MAX ? sectionsIn(json) : null;
    if (!sections || !isObject(json)) return no(400, "INVALID_ARGUMENT", "Message cannot be parsed or is too long.");
    const key = isObject(json.thread) ? String(json.thread.threadKey) : query.get("threadKey");
    const isAnswering = query.get("messageReplyOption") === "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD";
    const name = `spaces/${SPACE}/messages/${messages.length + 1}`;
    const thread = `spaces/${SPACE}/threads/${key && isAnswering ? key : messages.length + 1}`;
    messages.push({ name, thread, requestId, fallbackText: String(json.fallbackText), sections });
    return { status: 200, body: { name, thread: { name: thread } } };
  });

  return Object.assign(server, {
    webhookUrl: `${server.url}${PATH}?key=${KEY}&token=${TOKEN}`,
    messages,
    limitRate(isOn: boolean, perMs = 1_000) {
      windowMs = perMs;
      isLimited = isOn;
      lastAt = 0;
    },
    deleteWebhook(next: boolean) {
      isDeleted = next;
    },
  });
}

/** The sections of the one card that a message holds; null where Google would refuse it. */
function sectionsIn(json: unknown): ChatMessage["sections"] | null {
  if (!isObject(json) || !Array.isArray(json.cardsV2)) return null;
  const [first] = json.cardsV2;
  const card = isObject(first) ? first.card : undefined;
  if (!isObject(card) || !Array.isArray(card.sections)) return null;
  const widgets = card.sections.flatMap((section) => (isObject(section) ? section.widgets : undefined));
  if (widgets.length === 0 || widgets.length > WIDGETS_MAX || !widgets.every(isWidget)) return null;
  return card.sections;
}

function isWidget(widget: unknown): boolean {
  if (!isObject(widget) || Object.keys(widget).length !== 1) return false;
  const { textParagraph, decoratedText, buttonList } = widget;
  if (isObject(textParagraph)) return isHtml(textParagraph.text);
  if (isObject(decoratedText)) return isHtml(decoratedText.text) && isHtml(decoratedText.topLabel);
  if (!isObject(buttonList) || !Array.isArray(buttonList.buttons)) return false;
  return buttonList.buttons.every((one) => isObject(one) && Boolean(one.text) && isObject(one.onClick));
}

/** Not empty, and no sign of a tag besides those that cards know. */
function isHtml(text: unknown): boolean {
  if (typeof text !== "string" || text === "") return false;
  return !/</.test(text.replace(/<\/?(b|i|u|s|br|font|a|time)( [a-z]+="[^"<>]*")*>/g, ""));
}

export const forForms: ServiceForForms<GoogleChatServer> = {
  provider: "google-chat",
  start: startGoogleChatServer,
  config: (url) => ({ webhookUrl: `${url}${PATH}?key=${KEY}&token=${TOKEN}` }),
  secretField: "webhookUrl",
  texts: ({ messages }) => messages.map(({ fallbackText }) => fallbackText),
  refusal: "The caller does not have permission",
};
