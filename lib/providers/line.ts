import { createHash } from "node:crypto";
import { z } from "zod";
import { defineProvider, field } from "./contract";
import { classify } from "./kit/classify";
import { composeText, PLAIN } from "./kit/compose";
import { objectIn } from "./kit/json-body";

/** https://developers.line.biz/en/reference/messaging-api/#text-message */
const limits = { text: { max: 5000, unit: "utf16" } } as const;

const LINE_API = "https://api.line.me";
/** A month's messages do not come back within hours: asking more often than this helps nobody. */
const MONTHLY_PAUSE_MS = 6 * 3_600_000;

interface Payload {
  to: string;
  messages: [{ type: "text"; text: string }];
  /** `X-Line-Retry-Key`: LINE takes a message with it once, however often it is sent. */
  retryKey: string;
}

/** LINE Messaging API: a push message to a user, a group or a room. */
export const line = defineProvider({
  id: "line",
  label: "LINE",
  docsUrl: "https://developers.line.biz/en/reference/messaging-api/#send-push-message",
  purpose: "message",
  limits,
  concurrency: 4,
  foldAbove: 20,
  config: () =>
    z.object({
      accessToken: field(z.string().trim().min(1, "Enter the channel access token."), {
        label: "Channel access token",
        help: "In the LINE Developers Console: your channel → Messaging API → Channel access token (long-lived)",
        secret: true,
      }),
      to: field(
        z
          .string()
          .trim()
          .min(1, "Enter who gets the messages.")
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
      url: `${(apiBaseUrl || LINE_API).replace(/\/+$/, "")}/v2/bot/message/push`,
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${accessToken}`,
        "x-line-retry-key": retryKey,
      },
      body: JSON.stringify(message),
    });
    const outcome = classify(answer);
    if (answer.kind === "failed") return outcome;
    // It was taken at an earlier attempt whose answer was lost.
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
      return "LINE takes no more messages at the moment. Belfry waits and then goes on; nothing is lost.";
    if (status === 400 && /'to'|"to"|failed to send messages/i.test(reason))
      return "LINE does not know this recipient. They must have added the official account as a friend, or the account must be in the group; the id must come from this channel's provider.";
    if (status === 403)
      return "The channel may not send push messages. Check its plan and its permissions in the LINE Developers Console.";
    return undefined;
  },
});

/** A UUID that is always the same for a delivery: RFC 9562, version 8. */
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
