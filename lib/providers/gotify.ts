import { z } from "zod";
import type { Notification } from "@/lib/core/notification";
import type { Priority } from "@/lib/core/priority";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { type AnswerRules, defineProvider, field, type RenderContext, type SendResult } from "./contract";
import { classify, reasonOf } from "./kit/classify";
import { COMMONMARK, linkInCommonMark } from "./kit/commonmark";
import { BUBBLE } from "./kit/icon";
import { objectIn } from "./kit/json-body";
import { actionsOf, linkOf, titlePieces } from "./kit/message-text";
import { cutTo, measure, oneLine } from "./kit/text";
import { footOf, footRoom, layOut, writeLayout } from "./kit/text-layout";

/** Gotify has no limits of its own; a text column of MySQL takes 65,535 bytes, and nobody reads more on a phone. */
const limits = {
  title: { max: 250, unit: "codepoints" },
  message: { max: 32_768, unit: "bytes" },
} as const;

/** How its clients show the numbers: 1 to 3 low, 4 to 7 normal, 8 to 10 high. */
const PRIORITIES: Record<Priority, number> = { lowest: 1, low: 3, normal: 5, high: 8, urgent: 10 };
const FAILURE = 8;
const WARNING = 6;
const TEST = 1;

/** https://gotify.net/api-docs: the message, or an `Error` with its status and a description. */
const answers: AnswerRules = {
  service: "Gotify",
  proof: {
    expected: "with the message it stored",
    holds: ({ body }) => {
      const said = objectIn(body);
      return typeof said?.id === "number" && typeof said.message === "string";
    },
  },
  isOwn: ({ body }) => {
    const said = objectIn(body);
    return typeof said?.errorCode === "number" && typeof said.errorDescription === "string";
  },
  address: "The server's URL must be that of Gotify itself, including its path.",
};

interface Payload {
  title: string;
  message: string;
  priority: number;
  /** https://gotify.net/docs/msgextras */
  extras: {
    "client::display": { contentType: "text/markdown" };
    "client::notification"?: { click: { url: string } };
  };
}

/** Gotify: a message to the users of a self-hosted server. */
export const gotify = defineProvider({
  id: "gotify",
  label: "Gotify",
  tagline: "Through your own server",
  aliases: ["push", "mobile"],
  icon: { path: `${BUBBLE}M6 6.5v2h12v-2zM6 11.5v2h8v-2z` },
  docsUrl: "https://gotify.net/docs/pushmsg",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
  ownServer: true,
  messageOptions: { priority: true },
  limits,
  concurrency: 4,
  foldAbove: 20,
  config: () =>
    z.object({
      serverUrl: field(z.string().trim().min(1, "Enter the server's URL.").superRefine(checkServer), {
        label: "Server URL",
        help: "Including the path, if Gotify is below one",
        placeholder: "https://gotify.example.org",
      }),
      appToken: field(z.string().trim().min(1, "Enter the token of an application."), {
        label: "App token",
        help: "In Gotify: Apps → Create application, then show its token. A client's token (C…) cannot send",
        placeholder: "A…",
        secret: true,
        sentTo: ["serverUrl"],
      }),
      priority: field(z.int().min(0, "From 0 to 10.").max(10, "From 0 to 10.").default(5), {
        label: "Priority",
        help: "0 to 10. Warnings have at least 6, failures 8",
        widget: "number",
      }),
    }),
  example: { serverUrl: "https://push.example.org/gotify", appToken: "AExampleToken.1", priority: 5 },

  render(notification, { priority }, context): Payload {
    const link = linkOf(notification);
    return {
      title: cutTo(titlePieces(notification, context), limits.title),
      message: messageFor(notification, context, link),
      priority: context.priority ? PRIORITIES[context.priority] : priorityOf(notification, priority),
      extras: {
        "client::display": { contentType: "text/markdown" },
        ...(link ? { "client::notification": { click: { url: link.url } } } : {}),
      },
    };
  },

  async send(payload, { serverUrl, appToken }, io) {
    const answer = await io.http.request({
      url: `${trimEndSigns(serverUrl, "/")}/message`,
      method: "POST",
      // In the address it would end up in the logs of proxies.
      headers: { "content-type": "application/json", "x-gotify-key": appToken },
      body: JSON.stringify(payload),
    });
    return withServiceMessage(classify(answer, answers));
  },

  parts: ({ title, message }) => ({ title: [title], message: [message] }),

  preview: ({ title, message, priority, extras }) => ({
    kind: "push",
    format: "markdown",
    from: "Gotify",
    title,
    text: message,
    facts: [{ label: "Priority", value: String(priority) }],
    ...(extras["client::notification"]
      ? { link: { label: "Opens on tap", url: extras["client::notification"].click.url } }
      : {}),
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const appToken = url?.searchParams.get("token");
    if (!url || !appToken || !/^https?:$/.test(url.protocol) || url.username) return null;
    const path = /^(.*)\/message\/?$/.exec(url.pathname);
    // Application tokens begin with A: other services have addresses of this shape too.
    return path && /^A[\w.-]{13,15}$/.test(appToken) ? { serverUrl: url.origin + path[1], appToken } : null;
  },

  advise({ status }) {
    if (status === 401) return "Gotify does not know this token. Copy it again: Apps → the eye beside the application.";
    if (status === 403) return "This token may not send. Use the token of an application, not that of a client.";
    if (status === 404) return "There is no Gotify at this address. Check the server's URL, including its path.";
    if (status === 400) return "Gotify could not read the message. Check that the server is up to date.";
    return undefined;
  },
});

function priorityOf({ tone, isTest }: Notification, ofChannel: number): number {
  if (isTest) return TEST;
  return Math.max(ofChannel, tone === "failure" ? FAILURE : tone === "warning" ? WARNING : 0);
}

function messageFor(notification: Notification, context: RenderContext, link: ReturnType<typeof linkOf>): string {
  const { unit } = limits.message;
  const label = link ? cutTo(oneLine(link.label) || "Open", { max: 60, unit }) : "";
  // Only Android opens it on a tap; the web app has the link in the text.
  const ways = [link ? [{ label, url: link.url }] : [], actionsOf(notification)].flat().map(linkInCommonMark);
  const small = { max: 300, unit } as const;
  const forWays = ways.reduce((sum, way) => sum + measure(way, unit) + 2, 0);
  const rest = footRoom(notification, context, small, COMMONMARK.encode) + forWays;
  const layout = layOut(notification, context, { max: limits.message.max - rest - 2, unit }, COMMONMARK);
  const foot = footOf(notification, context, layout.leftOut, small, COMMONMARK.encode);
  return writeLayout(layout, COMMONMARK, ...ways, foot);
}

/** Gotify's `error` is only the name of the status; the cause is in `errorDescription`. */
function withServiceMessage(outcome: SendResult): SendResult {
  if (outcome.kind === "sent") return outcome;
  const words = objectIn(outcome.answer)?.errorDescription;
  return typeof words === "string" && words && outcome.status !== undefined
    ? { ...outcome, reason: reasonOf(outcome.status, words) }
    : outcome;
}

function checkServer(text: string, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!text) return;
  if (!url || !/^https?:$/.test(url.protocol)) refuse("Enter an address that begins with https:// or http://.");
  else if (url.username || url.password || url.search || url.hash)
    refuse("Enter the server's address only; the token has a separate field.");
  else if (/\/message\/?$/.test(url.pathname)) refuse("Remove /message from the end.");
}
