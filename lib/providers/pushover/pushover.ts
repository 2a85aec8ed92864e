import type { Notification } from "@/lib/core/notification";
import type { Priority } from "@/lib/core/priority";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { type AnswerRules, defineProvider, type ProviderIo, type RenderContext, type SendResult } from "../contract";
import { classify } from "../kit/classify";
import { escapeHtmlText } from "../kit/html-text";
import type { HttpAnswer } from "../kit/http";
import { objectIn } from "../kit/json-body";
import { actionsOf, linkOf, titlePieces } from "../kit/message-text";
import { cutTo, measure, oneLine } from "../kit/text";
import { footOf, footRoom, layOut, type Markup, writeLayout } from "../kit/text-layout";
import { config, KEY, LEVELS, type PushoverConfig } from "./config";

/** https://pushover.net/api#limits: counted in characters, including the HTML of a message. */
const limits = {
  title: { max: 250, unit: "codepoints" },
  message: { max: 1024, unit: "codepoints" },
  url: { max: 512, unit: "codepoints" },
  urlTitle: { max: 100, unit: "codepoints" },
} as const;

/** https://pushover.net/api#response: every answer is JSON with `status`, 1 for yes, and `request`. */
const answers: AnswerRules = {
  service: "Pushover",
  proof: { expected: 'with "status":1', holds: ({ body }) => objectIn(body)?.status === 1 },
  isOwn: ({ body }) => objectIn(body)?.status === 0,
};

const OF_ROWS: Record<Priority, number> = { lowest: -2, low: -1, normal: 0, high: 1, urgent: 2 };
const EMERGENCY = 2;
/** https://pushover.net/api#friendly: the minimum pause after a server error. */
const PAUSE_MS = 5_000;
const QUOTA_PAUSE_MS = 3_600_000;
const LONGEST_PAUSE_MS = 24 * 3_600_000;

const MARKUP: Markup = {
  encode: escapeHtmlText,
  fact: (name, value) => `<b>${name}:</b> ${value}`,
  log: (text) => text,
};

interface Payload {
  /** Nothing is shown: the emergencies with this tag are canceled. */
  cancels?: string;
  /** The parameters of the message; token and user are added when it is sent. */
  message?: {
    title: string;
    message: string;
    html: 1;
    priority: number;
    timestamp: number;
    retry?: number;
    expire?: number;
    tags?: string;
    sound?: string;
    device?: string;
    url?: string;
    url_title?: string;
  };
}

/** Pushover: a push to a person's devices; an emergency rings until it is acknowledged or resolved. */
export const pushover = defineProvider({
  id: "pushover",
  label: "Pushover",
  tagline: "To phones and tablets",
  aliases: ["push", "mobile"],
  icon: {
    path: `M7.5 1h9a2.5 2.5 0 0 1 2.5 2.5v17a2.5 2.5 0 0 1-2.5 2.5h-9a2.5 2.5 0 0 1-2.5-2.5v-17A2.5 2.5 0 0 1 7.5 1zM7.5 4v13.5h9V4zM9.5 7h5v2h-5zM9.5 11h5v2h-5z`,
  },
  docsUrl: "https://pushover.net/api",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
  messageOptions: { priority: true, sound: true },
  limits,
  // No rate is documented, only a maximum of two concurrent connections.
  concurrency: 2,
  foldAbove: 20,
  config,
  example: {
    userKey: "uExampleExampleExampleExample1",
    appToken: "aExampleExampleExampleExample1",
    device: "phone,tablet",
    priority: "emergency",
    sound: "siren",
    retry: 60,
    expire: 3600,
  },

  render(notification, config, context): Payload {
    const link = linkOf(notification);
    const priority = priorityOf(notification, config, context);
    const tag = tagOf(context.threadId);
    if (context.isUpdate) return { cancels: tag };
    const sound = context.sound || config.sound;
    return {
      message: {
        title: cutTo(titlePieces(notification, context), limits.title),
        message: messageFor(notification, context),
        html: 1,
        priority,
        timestamp: Math.floor(notification.at / 1000),
        ...(priority === EMERGENCY ? { retry: config.retry, expire: config.expire, tags: tag } : {}),
        ...(sound ? { sound: oneLine(sound) } : {}),
        ...(config.device ? { device: config.device } : {}),
        ...(link && link.url.length <= limits.url.max
          ? { url: link.url, url_title: cutTo(oneLine(link.label) || "Open", limits.urlTitle) }
          : {}),
      },
    };
  },

  async send({ cancels, message }, config, io) {
    if (cancels || !message) return await cancelEmergencies(cancels ?? "", config, io);
    const fields = Object.entries(message).map(([name, value]) => [name, String(value)]);
    const answer = await post("messages", { ...Object.fromEntries(fields), user: config.userKey }, config, io);
    const outcome = judge(answer);
    if (outcome.kind !== "sent" || message.priority !== EMERGENCY) return outcome;
    const receipt = objectIn(outcome.answer)?.receipt;
    return { ...outcome, receipt: typeof receipt === "string" ? receipt : message.tags };
  },

  stopRinging: (threadId, config, io) => cancelEmergencies(tagOf(threadId), config, io),

  parts: ({ message }) => ({
    title: message ? [message.title] : [],
    message: message ? [message.message] : [],
    url: message?.url ? [message.url] : [],
    urlTitle: message?.url_title ? [message.url_title] : [],
  }),

  preview({ message }) {
    if (!message) return { kind: "push", from: "Pushover", title: "The problem's emergency stops ringing", facts: [] };
    return {
      kind: "push",
      format: "html",
      from: "Pushover",
      title: message.title,
      text: message.message,
      facts: [
        { label: "Priority", value: nameOf(message.priority) },
        ...(message.sound ? [{ label: "Sound", value: message.sound }] : []),
        ...(message.device ? [{ label: "Devices", value: message.device }] : []),
      ],
      ...(message.url ? { link: { label: message.url_title ?? "Open", url: message.url } } : {}),
    };
  },

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url?.hostname !== "api.pushover.net" || url.pathname !== "/1/messages.json") return null;
    const values = { appToken: url.searchParams.get("token"), userKey: url.searchParams.get("user") };
    const known = Object.entries(values).filter(([, value]) => value && KEY.test(value));
    return known.length > 0 ? Object.fromEntries(known) : null;
  },

  advise({ status, reason }) {
    if (/user identifier|user key/i.test(reason))
      return "Pushover does not know this user key. Copy it from pushover.net, at the top right once signed in; the app token belongs in the other field.";
    if (/application token|token/i.test(reason) && status !== 429)
      return "Pushover does not know this app token. Copy it from pushover.net, below Your Applications; the user key belongs in the other field.";
    if (/device name/i.test(reason)) return "This user has no such device. Check the names, or leave the field empty.";
    if (/sound/i.test(reason)) return "Pushover has no such sound. Check its name, or leave the field empty.";
    if (status === 429)
      return "The application's messages of this month are used up (10,000 without a plan). Belfry waits until the count restarts. Choose fewer events, or create a separate application for Belfry.";
    return undefined;
  },
});

/** A resolved problem does not ring on, and a Test does not repeat until acknowledged. */
function priorityOf(
  { tone, status, isTest }: Notification,
  config: PushoverConfig,
  { priority }: RenderContext,
): number {
  const ofChannel = LEVELS[config.priority];
  const wanted = priority ? OF_ROWS[priority] : tone === "failure" ? ofChannel : Math.min(ofChannel, LEVELS.normal);
  const mayRing = !isTest && status !== "resolved" && status !== "acknowledged";
  return mayRing ? wanted : Math.min(wanted, LEVELS.high);
}

/** The tag of a problem's emergencies. */
function tagOf(threadId: string): string {
  return `belfry-${threadId.replace(/[^\w-]/g, "-").slice(0, 64)}`;
}

/** https://pushover.net/api/receipts#cancel: one that finds no emergency of this tag is no failure. */
async function cancelEmergencies(tag: string, config: PushoverConfig, io: ProviderIo): Promise<SendResult> {
  const outcome = judge(await post(`receipts/cancel_by_tag/${tag}`, {}, config, io));
  const { status, answer } = outcome;
  const isUnknownTag = outcome.kind === "rejected" && status === 404 && objectIn(answer)?.status === 0;
  return isUnknownTag ? { kind: "sent", status, ...(answer ? { answer } : {}) } : outcome;
}

function messageFor(notification: Notification, context: RenderContext): string {
  const { max, unit } = limits.message;
  const small = { max: 160, unit } as const;
  const link = linkOf(notification);
  // Too long for its field, but not for the text.
  const isLong = link && link.url.length > limits.url.max && link.url.length <= 700;
  const ways = [
    ...(isLong ? [escapeHtmlText(link.url)] : []),
    // A very long address would leave no room for the message.
    ...actionsOf(notification).flatMap(({ label, url }) => (url.length <= 400 ? [anchor(label, url)] : [])),
  ];
  const forWays = ways.reduce((sum, way) => sum + measure(way, unit) + 2, 0);
  const rest = footRoom(notification, context, small, escapeHtmlText) + 2 + forWays;
  const layout = layOut(notification, context, { max: max - rest, unit }, MARKUP);
  return writeLayout(layout, MARKUP, ...ways, footOf(notification, context, layout.leftOut, small, escapeHtmlText));
}

/** https://pushover.net/api#html */
function anchor(label: string, url: string): string {
  return `<a href="${escapeHtmlText(url).replaceAll('"', "&quot;")}">${escapeHtmlText(label)}</a>`;
}

function post(
  path: string,
  fields: Record<string, string>,
  config: PushoverConfig,
  io: ProviderIo,
): Promise<HttpAnswer> {
  return io.http.request({
    url: `${trimEndSigns(config.apiBaseUrl, "/")}/1/${path}.json`,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ token: config.appToken, ...fields }).toString(),
  });
}

/** https://pushover.net/api#response and #friendly */
function judge(answer: HttpAnswer): SendResult {
  if (answer.kind !== "answer") return classify(answer, answers);
  const isNo = answer.status < 300 && objectIn(answer.body)?.status === 0;
  const outcome = classify(isNo ? { ...answer, status: 400 } : answer, answers);
  if (outcome.kind !== "retry") return outcome;
  if (answer.status !== 429) return { ...outcome, afterMs: outcome.afterMs ?? PAUSE_MS };
  return { ...outcome, afterMs: untilReset(answer.headers) ?? outcome.afterMs ?? QUOTA_PAUSE_MS };
}

/** When the next month of messages begins, by the server's own clock. */
function untilReset(headers: Record<string, string>): number | undefined {
  const resetMs = Number(headers["x-limit-app-reset"]) * 1000;
  const nowMs = Date.parse(headers.date ?? "");
  const pauseMs = resetMs - nowMs;
  return pauseMs > 0 ? Math.min(pauseMs, LONGEST_PAUSE_MS) : undefined;
}

function nameOf(priority: number): string {
  return Object.entries(LEVELS).find(([, level]) => level === priority)?.[0] ?? String(priority);
}
