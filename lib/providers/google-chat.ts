import { z } from "zod";
import { TONE_HEX } from "@/lib/core/tone";
import { type AnswerRules, defineProvider, field, type ProviderIo, type SendResult } from "./contract";
import { classify } from "./kit/classify";
import { isLocalHost } from "./kit/egress";
import { footerOf, notificationFacts } from "./kit/facts";
import { fitJson, jsonBytes } from "./kit/fit-json";
import { brandMark } from "./kit/icon";
import { isObject, objectIn } from "./kit/json-body";
import { localTimeText } from "./kit/local-time";
import { cutLog } from "./kit/log-cut";
import { actionsOf, linkOf, messagePieces, titlePieces } from "./kit/message-text";
import { clean, cutTo, oneLine } from "./kit/text";

/** https://developers.google.com/workspace/chat/create-messages: the total; a plain message may have 4,096 characters. */
const limits = {
  title: { max: 256, unit: "codepoints" },
  text: { max: 4096, unit: "codepoints" },
  factName: { max: 200, unit: "codepoints" },
  factValue: { max: 1000, unit: "codepoints" },
  log: { max: 4096, unit: "codepoints" },
  footer: { max: 300, unit: "codepoints" },
  /** Of the whole message. */
  total: { max: 32_000, unit: "bytes" },
} as const;

const FACTS_MAX = 30;
/** Of the message, bytes. */
const FACTS_SHARE = 8_000;
/** The size of the widgets around text and log, bytes. */
const FRAMES = 400;
const HOST = "chat.googleapis.com";
const SPACE_PATH = /^\/v1\/spaces\/[\w-]+\/messages\/?$/;

type Widget =
  | { textParagraph: { text: string } }
  | { decoratedText: { topLabel: string; text: string; wrapText: true } }
  | { buttonList: { buttons: { text: string; onClick: { openLink: { url: string } } }[] } };
interface Section {
  header?: string;
  collapsible?: true;
  uncollapsibleWidgetsCount?: 0;
  widgets: Widget[];
}
interface Payload {
  /** In the address, not part of the message: Google drops a second message with the same id. */
  requestId: string;
  fallbackText: string;
  thread: { threadKey: string };
  cardsV2: [{ cardId: "notification"; card: { sections: Section[] } }];
}

/** https://cloud.google.com/apis/design/errors#error_model */
const answers: AnswerRules = {
  service: "Google Chat",
  proof: {
    expected: "with the message's name",
    holds: ({ body }) => /^spaces\/[^/]+\/messages\/./.test(String(objectIn(body)?.name)),
  },
  isOwn: ({ body }) => typeof errorIn(body)?.status === "string",
  isGone: ({ body }) => errorIn(body)?.status === "NOT_FOUND",
  isLater: ({ body }) => /^(RESOURCE_EXHAUSTED|ABORTED|UNAVAILABLE)$/.test(String(errorIn(body)?.status)),
  address: "A webhook's address looks like https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=….",
};

function errorIn(body: string): Record<string, unknown> | undefined {
  const error = objectIn(body)?.error;
  return isObject(error) ? error : undefined;
}

/** Google Chat: one card by webhook, all of an alert in one thread. */
export const googleChat = defineProvider({
  id: "google-chat",
  label: "Google Chat",
  tagline: "To a space",
  aliases: ["gchat", "Workspace", "Hangouts"],
  icon: brandMark(
    "M1.637 0C.733 0 0 .733 0 1.637v16.5c0 .904.733 1.636 1.637 1.636h3.955v3.323c0 .804.97 1.207 1.539.638l3.963-3.96h11.27c.903 0 1.636-.733 1.636-1.637V5.592L18.408 0Zm3.955 5.592h12.816v8.59H8.455l-2.863 2.863Z",
  ),
  docsUrl: "https://developers.google.com/workspace/chat/quickstart/webhooks",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
  limits,
  rate: { requests: 1, perMs: 1_000 },
  concurrency: 1,
  foldAbove: 20,
  config: () =>
    z.object({
      webhookUrl: field(z.string().trim().min(1, "Enter the webhook URL.").superRefine(checkWebhookUrl), {
        label: "Webhook URL",
        help: "In Google Chat: the space's menu → Apps & integrations → Webhooks → Add webhook",
        placeholder: "https://chat.googleapis.com/v1/spaces/…",
        secret: true,
        sentTo: "itself",
      }),
    }),
  example: {
    webhookUrl:
      "https://chat.googleapis.com/v1/spaces/AAAAexample/messages?key=exampleKeyOfAProject0123456789&token=exampleTokenOfAWebhook0123456789",
  },

  render(notification, _config, context): Payload {
    const title = cutTo(titlePieces(notification, context), limits.title, escapeHtml).trim() || "–";
    const links = [linkOf(notification) ?? [], actionsOf(notification)].flat();
    const all = notificationFacts(notification, (at) => localTimeText(at, context.timezone));
    const facts: Widget[] = [];
    let room = FACTS_SHARE;
    for (const { name, value } of all) {
      const topLabel = cutTo(name, limits.factName, escapeHtml);
      const text = cutTo(value, limits.factValue, escapeHtml);
      const fact: Widget = { decoratedText: { topLabel, text, wrapText: true } };
      const size = jsonBytes(fact) + 1;
      if (facts.length >= FACTS_MAX || size > room) break;
      facts.push(fact);
      room -= size;
    }
    const footer = cutTo(footerOf(notification, context, all.length - facts.length), limits.footer, escapeHtml);
    const last: Widget[] = [paragraph(`<font color="${SUBTLE}">${footer}</font>`)];
    if (links.length > 0) {
      const buttons = links.map(({ label, url }) => ({ text: labelOf(label), onClick: { openLink: { url } } }));
      last.push({ buttonList: { buttons } });
    }
    const cardWith = (text: string, log: string): Payload => {
      const head = [paragraph(`<b><font color="${TONE_HEX[notification.tone]}">${title}</font></b>`)];
      if (text) head.push(paragraph(text));
      const sections: Section[] = [{ widgets: head }];
      if (facts.length > 0) sections.push({ widgets: facts });
      if (log)
        sections.push({ header: "Log", collapsible: true, uncollapsibleWidgetsCount: 0, widgets: [paragraph(log)] });
      return {
        requestId: context.deliveryId,
        // The text that phones show for a card.
        fallbackText: cutTo(titlePieces(notification, context), limits.title).trim() || "–",
        thread: { threadKey: context.threadId },
        cardsV2: [{ cardId: "notification", card: { sections: [...sections, { widgets: last }] } }],
      };
    };

    const message = messagePieces(notification, context).map((piece) =>
      piece.raw ? { ...piece, text: piece.text.replaceAll("\n", "<br>") } : piece,
    );
    const free = limits.total.max - FRAMES - jsonBytes(cardWith("", ""));
    const log = context.log?.trim() ? context.log : "";
    const forText = log ? Math.floor(free / 2) : free;
    const text = fitJson(limits.text.max, forText, (max) => cutTo(message, { max, unit: "codepoints" }, escapeHtml));
    const forLog = free - jsonBytes(text);
    // Six fewer for the line breaks around the mark of the cut.
    const cutAt = (max: number) => escapeBreaks(cutLog(log, { max: max - 6, unit: "codepoints" }, escapeHtml));
    return cardWith(text.trim() ? text : "", log && fitJson(limits.log.max, forLog, cutAt));
  },

  async send({ requestId, thread, ...message }, config, io) {
    const url = new URL(config.webhookUrl);
    url.searchParams.set("requestId", requestId);
    const outside = new URL(url);
    outside.searchParams.delete("threadKey");
    url.searchParams.set("messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
    // A thread in the configured address takes precedence.
    const isThreaded = url.searchParams.has("threadKey");
    const outcome = await post(url, isThreaded ? message : { ...message, thread }, io);
    // The thread was deleted, or the space does not take it.
    const isRefusedThread = outcome.kind === "rejected" && /thread/i.test(outcome.reason);
    return isRefusedThread ? post(outside, message, io) : outcome;
  },

  parts: (payload) => {
    const { title, text, facts, log, footer } = partsOf(payload);
    const { requestId: _, ...message } = payload;
    return {
      title: [title],
      text: [text],
      factName: facts.map(({ topLabel }) => topLabel),
      factValue: facts.map((fact) => fact.text),
      log: [log],
      footer: [footer],
      total: [JSON.stringify(message)],
    };
  },

  preview: (payload) => {
    const { title, color, text, facts, log, footer, button } = partsOf(payload);
    const lines = [text, log && `<pre>${log}</pre>`].filter(Boolean).join("\n");
    return {
      kind: "chat",
      format: "html",
      from: "Webhook",
      title,
      ...(lines ? { text: lines.replaceAll("<br>", "\n") } : {}),
      color,
      fields: facts.map((fact) => ({ label: fact.topLabel, value: fact.text.replaceAll("<br>", "\n") })),
      footer,
      ...(button ? { link: { label: button.text, url: button.onClick.openLink.url } } : {}),
    };
  },

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isHook = url?.hostname === HOST && SPACE_PATH.test(url.pathname) && url.searchParams.has("token");
    return isHook ? { webhookUrl: text.trim() } : null;
  },

  advise({ status, reason }) {
    if (status === 404 || status === 410)
      return "Google does not find this webhook or its space: one of them was deleted. Add a webhook again and paste its URL here.";
    if (/api key/i.test(reason) || status === 401)
      return "Google does not accept the key in the URL. Copy the complete URL again: the space's menu → Apps & integrations → Webhooks.";
    if (status === 403)
      return "Google does not let this webhook write: it was removed, or an administrator disabled webhooks (Admin console → Apps → Google Chat).";
    if (status === 400) return "Google could not read the message. Check custom texts that contain HTML.";
    if (status === 429)
      return "Google Chat accepts about one message a second for each space, from all its apps together. Belfry waits, then continues; nothing is lost.";
    return undefined;
  },
});

async function post(url: URL, message: object, io: ProviderIo): Promise<SendResult> {
  const headers = { "content-type": "application/json; charset=UTF-8" };
  const body = JSON.stringify(message);
  const outcome = classify(await io.http.request({ url: url.href, method: "POST", headers, body }), answers);
  return outcome.kind === "sent" ? { ...outcome, receipt: String(objectIn(outcome.answer)?.name) } : outcome;
}

const SUBTLE = "#80868b";

function paragraph(text: string): Widget {
  return { textParagraph: { text } };
}

function labelOf(label: string): string {
  return cutTo(oneLine(label), { max: 100, unit: "codepoints" }) || "Open";
}

/** Text that a card shows as it is, its line breaks too: https://developers.google.com/workspace/chat/format-messages#card-formatting */
export function escapeHtml(text: string): string {
  return escapeBreaks(clean(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"));
}

function escapeBreaks(text: string): string {
  return text.replaceAll("\n", "<br>");
}

/** The texts of a card without its structure. */
function partsOf({ cardsV2: [{ card }] }: Payload) {
  const [head, ...others] = card.sections;
  const paragraphs = (widgets: Widget[] = []) =>
    widgets.flatMap((one) => ("textParagraph" in one ? [one.textParagraph.text] : []));
  const [first = "", text = ""] = paragraphs(head?.widgets);
  const [, color = "#808080", title = ""] = /^<b><font color="(#\w{6})">(.*)<\/font><\/b>$/s.exec(first) ?? [];
  const widgets = others.flatMap((section) => section.widgets);
  const [footer = ""] = paragraphs(others.at(-1)?.widgets);
  return {
    title,
    color,
    text,
    facts: widgets.flatMap((one) => ("decoratedText" in one ? [one.decoratedText] : [])),
    log: paragraphs(others.find(({ header }) => header === "Log")?.widgets)[0] ?? "",
    footer: /^<font color="#\w{6}">(.*)<\/font>$/s.exec(footer)?.[1] ?? "",
    button: widgets.flatMap((one) => ("buttonList" in one ? one.buttonList.buttons : []))[0],
  };
}

/** Google's own address, or another host (a proxy) with the same path. Unencrypted only inside private networks. */
function checkWebhookUrl(text: string, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const url = URL.canParse(text) ? new URL(text) : null;
  const isGoogle = url?.hostname === HOST;
  if (!url || !/^https?:$/.test(url.protocol)) {
    refuse("Enter the complete webhook URL, starting with https://.");
  } else if (!(isGoogle ? SPACE_PATH : /\/v1\/spaces\/[\w-]+\/messages\/?$/).test(url.pathname)) {
    refuse("A Google Chat webhook URL looks like https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=….");
  } else if (isGoogle && !(url.searchParams.get("key") && url.searchParams.get("token"))) {
    refuse("The URL lacks its key and token. Copy all of it.");
  } else if (url.protocol === "http:" && (isGoogle || !isLocalHost(url.hostname))) {
    refuse("Use https:// here.");
  }
}
