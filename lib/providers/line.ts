import { createHash } from "node:crypto";
import { z } from "zod";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { type AnswerRules, defineProvider, field, type ServiceAnswer } from "./contract";
import { classify } from "./kit/classify";
import { composeText, PLAIN } from "./kit/compose";
import { brandMark } from "./kit/icon";
import { objectIn } from "./kit/json-body";

/** https://developers.line.biz/en/reference/messaging-api/#text-message */
const limits = { text: { max: 5000, unit: "utf16" } } as const;

const LINE_API = "https://api.line.me";
/** A monthly quota does not renew within hours: retrying more often is of no use. */
const MONTHLY_PAUSE_MS = 6 * 3_600_000;

interface Payload {
  to: string;
  messages: [{ type: "text"; text: string }];
  /** `X-Line-Retry-Key`: LINE accepts a message with the same key only once. */
  retryKey: string;
}

/** Every answer of LINE has the id of its request: https://developers.line.biz/en/reference/messaging-api/#response-headers */
const answers: AnswerRules = {
  service: "LINE",
  proof: {
    expected: "with the id of the sent message",
    holds: ({ headers, body }) => receiptIn(body) !== undefined || (isLine(headers) && objectIn(body) !== null),
  },
  isOwn: ({ headers }) => isLine(headers),
  address: "Leave the API base URL empty unless a proxy stands in front of LINE.",
};

function isLine(headers: ServiceAnswer["headers"]): boolean {
  return headers["x-line-request-id"] !== undefined;
}

/** LINE Messaging API: a push message to a user, a group or a room. */
export const line = defineProvider({
  id: "line",
  label: "LINE",
  tagline: "To a person or a group",
  aliases: ["messenger", "chat"],
  icon: brandMark(
    "M19.365 9.863c.349 0 .63.285.63.631 0 .345-.281.63-.63.63H17.61v1.125h1.755c.349 0 .63.283.63.63 0 .344-.281.629-.63.629h-2.386c-.345 0-.627-.285-.627-.629V8.108c0-.345.282-.63.63-.63h2.386c.346 0 .627.285.627.63 0 .349-.281.63-.63.63H17.61v1.125h1.755zm-3.855 3.016c0 .27-.174.51-.432.596-.064.021-.133.031-.199.031-.211 0-.391-.09-.51-.25l-2.443-3.317v2.94c0 .344-.279.629-.631.629-.346 0-.626-.285-.626-.629V8.108c0-.27.173-.51.43-.595.06-.023.136-.033.194-.033.195 0 .375.104.495.254l2.462 3.33V8.108c0-.345.282-.63.63-.63.345 0 .63.285.63.63v4.771zm-5.741 0c0 .344-.282.629-.631.629-.345 0-.627-.285-.627-.629V8.108c0-.345.282-.63.63-.63.346 0 .628.285.628.63v4.771zm-2.466.629H4.917c-.345 0-.63-.285-.63-.629V8.108c0-.345.285-.63.63-.63.348 0 .63.285.63.63v4.141h1.756c.348 0 .629.283.629.63 0 .344-.282.629-.629.629M24 10.314C24 4.943 18.615.572 12 .572S0 4.943 0 10.314c0 4.811 4.27 8.842 10.035 9.608.391.082.923.258 1.058.59.12.301.079.766.038 1.08l-.164 1.02c-.045.301-.24 1.186 1.049.645 1.291-.539 6.916-4.078 9.436-6.975C23.176 14.393 24 12.458 24 10.314",
  ),
  docsUrl: "https://developers.line.biz/en/reference/messaging-api/#send-push-message",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
  limits,
  concurrency: 4,
  foldAbove: 20,
  config: () =>
    z.object({
      accessToken: field(z.string().trim().min(1, "Enter the channel access token."), {
        label: "Channel access token",
        help: "In the LINE Developers Console: your channel → Messaging API → Channel access token (long-lived)",
        secret: true,
        sentTo: ["apiBaseUrl"],
      }),
      to: field(
        z
          .string()
          .trim()
          .min(1, "Enter the recipient of the messages.")
          .regex(
            /^[UCR][0-9a-f]{32}$/,
            "An id is U, C or R and 32 digits and letters from a to f. It is not the LINE ID that people search for.",
          ),
        {
          label: "To",
          help: "A user's id (U…), a group's (C…) or a room's (R…); your own is in the console under Basic settings → Your user ID",
          placeholder: "U4af4980629…",
        },
      ),
      apiBaseUrl: field(
        z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "Enter an http or https address." })]).optional(),
        { label: "API base URL", help: "Only for a proxy in front of LINE", placeholder: LINE_API, advanced: true },
      ),
    }),
  example: { accessToken: "exampleTokenOfALineChannel0123456789", to: "U4af4980629f1b2a3c4d5e6f708192a3b" },

  render: (notification, { to }, context): Payload => ({
    to,
    messages: [{ type: "text", text: composeText(notification, context, PLAIN, limits.text) }],
    retryKey: uuidOf(context.deliveryId),
  }),

  async send({ retryKey, ...message }, { accessToken, apiBaseUrl }, io) {
    const answer = await io.http.request({
      url: `${trimEndSigns(apiBaseUrl || LINE_API, "/")}/v2/bot/message/push`,
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${accessToken}`,
        "x-line-retry-key": retryKey,
      },
      body: JSON.stringify(message),
    });
    const outcome = classify(answer, answers);
    if (answer.kind === "failed") return outcome;
    // An earlier attempt, whose answer was lost, was accepted.
    const earlier = answer.headers["x-line-accepted-request-id"];
    if (answer.status === 409 && earlier) return { kind: "sent", status: 409, answer: answer.body, receipt: earlier };
    if (outcome.kind === "retry" && answer.status === 429 && /monthly limit/i.test(answer.body)) {
      return { ...outcome, afterMs: outcome.afterMs ?? MONTHLY_PAUSE_MS };
    }
    if (outcome.kind !== "sent") return outcome;
    const receipt = receiptIn(answer.body) ?? answer.headers["x-line-request-id"];
    return receipt ? { ...outcome, receipt } : outcome;
  },

  parts: ({ messages: [{ text }] }) => ({ text: [text] }),

  preview: ({ to, messages: [{ text }] }) => ({
    kind: "chat",
    format: "plain",
    text,
    facts: [{ label: "To", value: to }],
  }),

  advise({ status, reason }) {
    if (status === 401)
      return "LINE does not accept this channel access token. Issue a new long-lived one in the LINE Developers Console: your channel → Messaging API.";
    if (/monthly limit/i.test(reason))
      return "The official account has used up its free messages of this month. Choose a larger plan in the LINE Official Account Manager, or wait: Belfry tries again every few hours.";
    if (status === 429)
      return "LINE accepts no more messages at the moment. Belfry waits, then continues; nothing is lost.";
    if (status === 400 && /'to'|"to"|failed to send messages/i.test(reason))
      return "LINE does not know this recipient. They must have added the official account as a friend, or the account must be in the group; the id must come from this channel's provider.";
    if (status === 403)
      return "The channel may not send push messages. Check its plan and its permissions in the LINE Developers Console.";
    return undefined;
  },
});

/** A UUID that is the same for each attempt of a delivery: RFC 9562, version 8. */
function uuidOf(id: string): string {
  const hex = createHash("sha256").update(`belfry.line.${id}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function receiptIn(body: string): string | undefined {
  const sent = objectIn(body)?.sentMessages;
  const first: unknown = Array.isArray(sent) ? sent[0] : undefined;
  return typeof first === "object" && first !== null && "id" in first && typeof first.id === "string"
    ? first.id
    : undefined;
}
