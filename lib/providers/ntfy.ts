import { z } from "zod";
import type { Notification } from "@/lib/core/notification";
import type { Priority } from "@/lib/core/priority";
import type { Tone } from "@/lib/core/tone";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { type AnswerRules, defineProvider, field, type RenderContext } from "./contract";
import { classify } from "./kit/classify";
import { COMMONMARK } from "./kit/commonmark";
import { decodePart } from "./kit/decode-part";
import { BUBBLE } from "./kit/icon";
import { objectIn } from "./kit/json-body";
import { actionsOf, linkOf, titlePieces } from "./kit/message-text";
import { cutTo, measure, oneLine } from "./kit/text";
import { footOf, footRoom, layOut, writeLayout } from "./kit/text-layout";

/**
 * https://docs.ntfy.sh/publish/#limitations: 4,096 bytes of message, 1 KB of title, 512 bytes of tags together.
 * The server reads JSON up to twice the size of a message (server.go, transformBodyJSON) and refuses more.
 */
const limits = {
  title: { max: 250, unit: "codepoints" },
  message: { max: 4096, unit: "bytes" },
  tags: { max: 512, unit: "bytes" },
  request: { max: 8192, unit: "bytes" },
} as const;

const NTFY_SH = "https://ntfy.sh";
const TOPIC = /^[-\w]{1,64}$/;
/** First path segments that are pages of the server, not topics. */
const PAGES = new Set(["docs", "static", "file", "app", "metrics", "account", "settings", "signup", "login", "v1"]);
const PRIORITIES: Record<Priority, number> = { lowest: 1, low: 2, normal: 3, high: 4, urgent: 5 };
/** https://docs.ntfy.sh/emojis/ */
const TONE_TAGS: Record<Tone, string> = {
  success: "white_check_mark",
  failure: "rotating_light",
  warning: "warning",
  info: "information_source",
  system: "gear",
};
/** The server replenishes one request every 5 s without saying so. */
const PAUSE_MS = 5_000;
/** Daily quotas; the server does not say when the day ends. */
const QUOTA_PAUSE_MS = 3_600_000;
const QUOTA_CODES = new Set([42905, 42908]);

/** https://docs.ntfy.sh/subscribe/api/#json-message-format; errors as in the server's errors.go: `{"code","http","error","link"}` */
const answers: AnswerRules = {
  service: "ntfy",
  proof: {
    expected: "with the message it published",
    holds: ({ body }) => {
      const said = objectIn(body);
      return said?.event === "message" && typeof said.id === "string";
    },
  },
  isOwn: ({ body }) => {
    const said = objectIn(body);
    return typeof said?.http === "number" && typeof said.error === "string";
  },
  address: "The server's URL must be that of the ntfy server itself.",
};

interface Payload {
  topic: string;
  /**
   * A message with the id of an earlier one replaces it: the app changes the entry without a sound and marks the old
   * message as deleted. Servers before 2.16 ignore it. https://docs.ntfy.sh/publish/#updating-deleting-notifications
   */
  sequence_id: string;
  title: string;
  message: string;
  markdown: true;
  priority: number;
  tags: string[];
  click?: string;
  actions?: { action: "view"; label: string; url: string }[];
}

/** ntfy: a push to every subscriber of a topic. */
export const ntfy = defineProvider({
  id: "ntfy",
  label: "ntfy",
  tagline: "To subscribers of a topic",
  aliases: ["push", "mobile", "ntfy.sh"],
  icon: { path: `${BUBBLE}M6 6.5v2.3l2.9 1.7L6 12.2v2.3l5-3v-2zM12.5 12.5v2h5.5v-2z` },
  docsUrl: "https://docs.ntfy.sh/publish/#publish-as-json",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
  ownServer: true,
  usesReceipt: true,
  messageOptions: { priority: true, tags: true },
  limits,
  rate: { requests: 60, perMs: 300_000 },
  concurrency: 4,
  foldAbove: 20,
  config: () =>
    z.object({
      serverUrl: field(z.string().trim().superRefine(checkServer).default(NTFY_SH), {
        label: "Server",
        help: "ntfy.sh, or your own server",
        placeholder: NTFY_SH,
      }),
      topic: field(
        z.string().trim().min(1, "Enter the topic.").regex(TOPIC, "A topic has at most 64 letters, digits, - and _."),
        {
          label: "Topic",
          help: "On ntfy.sh anyone who knows the name can read the topic: choose one that nobody guesses",
          placeholder: "backups-8f3k2q",
        },
      ),
      accessToken: field(z.string().trim().optional(), {
        label: "Access token",
        help: "For protected topics: Account → Access tokens. Used instead of user and password",
        placeholder: "tk_…",
        secret: true,
        sentTo: ["serverUrl"],
      }),
      user: field(z.string().trim().optional(), { label: "User", advanced: true }),
      password: field(z.string().optional(), {
        label: "Password",
        widget: "password",
        secret: true,
        sentTo: ["serverUrl"],
        advanced: true,
      }),
      priority: field(z.int().min(1, "From 1 to 5.").max(5, "From 1 to 5.").default(3), {
        label: "Priority",
        help: "1 to 5, 3 is the default. Warnings have at least 4, failures 5",
        widget: "number",
      }),
      tags: field(
        z
          .array(
            z
              .string()
              .trim()
              .min(1)
              .regex(/^[^,]+$/, "One tag in each line, without commas."),
          )
          .max(20, "At most 20.")
          .optional(),
        {
          label: "Tags",
          help: "Of every message, besides the one of its tone; names of emoji become pictures",
          widget: "list",
          advanced: true,
        },
      ),
      clickUrl: field(
        z
          .union([
            z.literal(""),
            z.url({ error: "Enter a complete address, such as https://…" }).max(1000, "At most 1000 characters."),
          ])
          .optional(),
        {
          label: "Click address",
          help: "What a tap on the message opens; the page in Belfry by default, which a button keeps open then",
          placeholder: "https://…",
          advanced: true,
        },
      ),
    }),
  example: {
    serverUrl: "https://ntfy.example.org",
    topic: "backups",
    accessToken: "tk_exampleexampleexampleexample12",
    user: "backups",
    password: "example-password",
    priority: 3,
  },

  render(notification, { topic, priority, tags = [], clickUrl }, context): Payload {
    const link = linkOf(notification);
    const label = link ? cutTo(oneLine(link.label) || "Open", { max: 60, unit: "codepoints" }) : "";
    // A very long address is included only once.
    const buttons = [link ? [{ label, url: link.url }] : [], actionsOf(notification)]
      .flat()
      .flatMap(({ label, url }) => (url.length <= 1000 ? [{ action: "view" as const, label, url }] : []));
    const make = (message: string): Payload => ({
      topic,
      sequence_id: sequenceOf(notification, context),
      title: cutTo(titlePieces(notification, context), limits.title),
      message,
      markdown: true,
      priority: context.priority ? PRIORITIES[context.priority] : Math.max(priority, leastOf(notification.tone)),
      tags: tagsOf(notification.tone, [...(context.tags ?? []), ...tags]),
      ...(clickUrl || link ? { click: clickUrl || link?.url } : {}),
      ...(buttons.length > 0 ? { actions: buttons } : {}),
    });
    return fitRequest(make, (max) => messageFor(notification, context, max));
  },

  async send(payload, { serverUrl, accessToken, user, password }, io) {
    const basic = user ? `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}` : "";
    const authorization = accessToken ? `Bearer ${accessToken}` : basic;
    const answer = await io.http.request({
      // Topics that are named in the body are published at the root: titles in headers would have to be ASCII.
      url: `${trimEndSigns(serverUrl, "/")}/`,
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization ? { authorization } : {}) },
      body: JSON.stringify(payload),
    });
    const outcome = classify(answer, answers);
    if (outcome.kind === "sent") return { ...outcome, receipt: payload.sequence_id };
    if (outcome.kind !== "retry" || outcome.status !== 429) return outcome;
    if (QUOTA_CODES.has(Number(objectIn(outcome.answer)?.code))) {
      return {
        ...outcome,
        afterMs: Math.max(outcome.afterMs ?? 0, QUOTA_PAUSE_MS),
        advice:
          "The server's daily quota is used up (on ntfy.sh 250 messages a day without a plan). Belfry tries again every hour. Choose fewer events, an account with a plan, or your own server.",
      };
    }
    return { ...outcome, afterMs: outcome.afterMs ?? PAUSE_MS };
  },

  parts: (payload) => ({
    title: [payload.title],
    message: [payload.message],
    tags: [payload.tags.join()],
    request: [JSON.stringify(payload)],
  }),

  preview: ({ title, message, priority, tags, click, actions }) => ({
    kind: "push",
    format: "markdown",
    from: "ntfy",
    title,
    text: message,
    facts: [
      { label: "Priority", value: String(priority) },
      { label: "Tags", value: tags.join(", ") },
    ],
    ...(click ? { link: { label: actions?.find(({ url }) => url === click)?.label ?? "Open", url: click } } : {}),
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !/^https?:$/.test(url.protocol) || !url.hostname.startsWith("ntfy.")) return null;
    const topic = url.pathname.replace(/^\/|\/$/g, "");
    if (!TOPIC.test(topic) || PAGES.has(topic)) return null;
    const account = url.username ? { user: decodePart(url.username) } : {};
    const password = url.password ? { password: decodePart(url.password) } : {};
    return { serverUrl: url.origin, topic, ...account, ...password };
  },

  advise({ status, reason }) {
    if (status === 401)
      return "The server does not accept the access token, or user and password. Create a token under Account → Access tokens.";
    if (status === 403)
      return "This topic is protected, and the credentials may not write to it. Enter an access token of someone who may, or choose another topic.";
    if (status === 404) return "There is no ntfy server at this address. Check the server's URL.";
    if (/topic name is disallowed|topic invalid/i.test(reason)) return "Choose another name for the topic.";
    if (/JSON/.test(reason) && status === 400)
      return "The server does not accept JSON at its root. Check that the address is the ntfy server itself and that it is up to date.";
    if (status === 413) return "The server only accepts smaller messages. Remove the log from the rule.";
    if (status === 429)
      return "The server accepts 60 messages at once, then one every 5 seconds. Belfry waits, then continues; nothing is lost.";
    if (status === 507) return "This topic belongs to a UnifiedPush app that is not connected. Choose another topic.";
    return undefined;
  },
});

/**
 * An id for each notification, so that every occurrence and every reminder makes a sound, and only a repeated attempt
 * replaces itself. A recovery takes the place of the last message about its problem.
 */
function sequenceOf({ status, isTest }: Notification, { deliveryId, previous }: RenderContext): string {
  const replaced = status === "resolved" && !isTest ? previous?.last : undefined;
  return replaced ?? deliveryId.replace(/[^-\w]/g, "-").slice(0, 64);
}

function leastOf(tone: Tone): number {
  return tone === "failure" ? 5 : tone === "warning" ? 4 : 1;
}

/** The server joins tags with commas. */
function tagsOf(tone: Tone, own: string[] = []): string[] {
  const tags: string[] = [];
  for (const tag of [TONE_TAGS[tone], ...own.map((one) => oneLine(one.replaceAll(",", " ")))]) {
    if (tag && !tags.includes(tag) && measure([...tags, tag].join(), "bytes") <= limits.tags.max) tags.push(tag);
  }
  return tags;
}

function messageFor(notification: Notification, context: RenderContext, max: number): string {
  const small = { max: 300, unit: "bytes" } as const;
  const room = max - footRoom(notification, context, small, COMMONMARK.encode) - 2;
  const layout = layOut(notification, context, { max: room, unit: "bytes" }, COMMONMARK);
  return writeLayout(layout, COMMONMARK, footOf(notification, context, layout.leftOut, small, COMMONMARK.encode));
}

/** A request within the limit: quotes, backslashes and line breaks count twice in JSON. */
function fitRequest(make: (message: string) => Payload, write: (max: number) => string): Payload {
  const sizeOf = (payload: Payload) => measure(JSON.stringify(payload), "bytes");
  let message = write(limits.message.max);
  let payload = make(message);
  const over = sizeOf(payload) - limits.request.max;
  if (over <= 0) return payload;
  message = write(measure(message, "bytes") - over);
  payload = make(message);
  if (sizeOf(payload) <= limits.request.max) return payload;
  return make(write(Math.floor((limits.request.max - sizeOf(make(""))) / 2)));
}

function checkServer(text: string, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) refuse("Enter an address that begins with https:// or http://.");
  else if (url.username || url.password) refuse("Enter user and password in their own fields.");
  else if (url.pathname !== "/" || url.search) refuse("Enter the server only; the topic has a separate field.");
}
