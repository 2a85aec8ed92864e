import { z } from "zod";
import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import { type AnswerRules, defineProvider, field } from "../contract";
import { classify } from "../kit/classify";
import { objectIn } from "../kit/json-body";
import { phoneNumber } from "../kit/phone-number";
import { asSeptets, SMS_LIMITS, type Sms, smsText } from "../kit/sms-text";
import { createTwilioMessage, TWILIO_API } from "./client";
import { twilioIcon } from "./icon";

interface Payload extends Sms {
  to: string;
  from?: string;
  messagingServiceSid?: string;
}

/** Twilio says "not now" with these whatever the status: https://www.twilio.com/docs/api/errors */
const PASSING = new Set([20429, 21611, 14107, 20500, 20503, 21730, 30001, 30022, 30454, 63038]);
const BUSY_PAUSE_MS = 30_000;
/** Limits of the account, of which some count days: Twilio does not say when they end. */
const LIMITED = new Set([30454, 63038]);
const LIMIT_PAUSE_MS = 3_600_000;

/** https://www.twilio.com/docs/messaging/api/message-resource; errors: https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions */
const answers: AnswerRules = {
  service: "Twilio",
  proof: {
    expected: "with the message's SID",
    holds: ({ body }) => /^(SM|MM)[0-9a-f]{32}$/i.test(String(objectIn(body)?.sid)),
  },
  isOwn: ({ body }) => {
    const said = objectIn(body);
    return typeof said?.code === "number" && typeof said.message === "string";
  },
};

/** A number, a short code, or a name of up to eleven letters and digits. */
const SENDER = /^(\+[1-9]\d{7,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 _+&-]{1,11})$/;
const API_PATH = /^\/2010-04-01\/Accounts\/(AC[0-9a-f]{32})(\/|\.json$|$)/i;

const config = () =>
  z
    .object({
      accountSid: field(
        z
          .string()
          .trim()
          .min(1, "Enter the Account SID.")
          .regex(/^AC[0-9a-f]{32}$/i, "An Account SID is AC and 32 digits and letters from a to f."),
        {
          label: "Account SID",
          help: "On the first page of the Twilio Console, under Account Info",
          placeholder: "AC…",
        },
      ),
      authToken: field(z.string().trim().min(1, "Enter the auth token."), {
        label: "Auth token",
        help: "Beside the Account SID in the Twilio Console",
        secret: true,
        sentTo: ["apiBaseUrl"],
      }),
      from: field(
        z
          .union([
            z.literal(""),
            z.string().trim().regex(SENDER, "Enter a number such as +15557122661, a short code, or a sender name."),
          ])
          .optional(),
        {
          label: "From",
          help: "A number of your Twilio account, a short code, or a sender name; or fill in the messaging service below",
          placeholder: "+15557122661",
        },
      ),
      messagingServiceSid: field(
        z
          .union([
            z.literal(""),
            z
              .string()
              .trim()
              .regex(/^MG[0-9a-f]{32}$/i, "A Messaging Service SID is MG and 32 digits and letters from a to f."),
          ])
          .optional(),
        { label: "Messaging Service SID", help: "Instead of From: Twilio chooses the sender", placeholder: "MG…" },
      ),
      to: field(z.array(phoneNumber).min(1, "Enter at least one number.").max(50, "At most 50 numbers."), {
        label: "To",
        help: "Numbers with their country code, such as +491701234567; each gets a separate message",
        widget: "list",
      }),
      apiBaseUrl: field(
        z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "Enter an http or https address." })]).optional(),
        {
          label: "API base URL",
          help: "For an account in another region, such as https://api.dublin.ie1.twilio.com, or a proxy",
          placeholder: TWILIO_API,
          advanced: true,
        },
      ),
    })
    .superRefine((value, context) => {
      const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
      if (!value.from && !value.messagingServiceSid)
        refuse("from", "Enter a sender, or a Messaging Service SID below.");
      if (value.from && value.messagingServiceSid)
        refuse("messagingServiceSid", "Choose one: the sender above, or a messaging service.");
    });

/**
 * About the number alone: invalid, no permission for its country, not verified on a trial account, unsubscribed, not
 * reachable, no mobile number. https://www.twilio.com/docs/api/errors
 */
const ABOUT_THE_NUMBER = new Set([21211, 21408, 21608, 21610, 21612, 21614]);

function refusedNumber(code: number, recipient: string, reason: string): { refused?: RefusedRecipient[] } {
  return ABOUT_THE_NUMBER.has(code) ? { refused: [{ recipient, reason, retryable: false }] } : {};
}

/** Short text messages through Twilio's Programmable Messaging, one for each number. */
export const twilio = defineProvider({
  id: "twilio",
  label: "SMS (Twilio)",
  tagline: "SMS to phone numbers",
  aliases: ["SMS", "text message", "phone"],
  icon: twilioIcon,
  docsUrl: "https://www.twilio.com/docs/messaging/api/message-resource",
  purpose: "message",
  namesPeople: true,
  answers: [answers],
  limits: SMS_LIMITS,
  // One segment a second is what a long code sends: https://www.twilio.com/docs/messaging/guides/rate-limits
  rate: { requests: 1, perMs: 1_000 },
  concurrency: 2,
  foldAbove: 20,
  digestMessages: 1,
  config,
  example: {
    accountSid: "AC0123456789abcdef0123456789abcdef",
    authToken: "exampleTokenOfTwilio0123456789ab",
    from: "+15557122661",
    to: ["+491701234567", "+15558675310"],
  },
  warmUp: () => import("twilio"),
  audience: ({ to }) => ({ fixed: [...to], admins: false }),

  render: (notification, { from, messagingServiceSid, to }, context): Payload => ({
    to: context.recipient || (to[0] ?? ""),
    ...(messagingServiceSid ? { messagingServiceSid } : { from }),
    ...smsText(notification, context),
  }),

  async send({ to, from, messagingServiceSid, text }, account, io) {
    const message = { to, body: text, ...(messagingServiceSid ? { messagingServiceSid } : { from }) };
    const answer = await createTwilioMessage(message, account, io);
    const outcome = classify(answer, answers);
    const said = answer.kind === "answer" ? objectIn(answer.body) : null;
    if (outcome.kind === "sent") {
      return typeof said?.sid === "string" ? { ...outcome, receipt: said.sid } : outcome;
    }
    const code = typeof said?.code === "number" ? said.code : undefined;
    if (code === undefined) return outcome;
    const { kind: _, ...rest } = { ...outcome, reason: `${outcome.reason} (Twilio error ${code})` };
    if (!PASSING.has(code)) return { ...outcome, reason: rest.reason, ...refusedNumber(code, to, rest.reason) };
    const afterMs = "afterMs" in rest ? rest.afterMs : undefined;
    return { ...rest, kind: "retry", afterMs: afterMs ?? (LIMITED.has(code) ? LIMIT_PAUSE_MS : BUSY_PAUSE_MS) };
  },

  parts: ({ text, encoding }) => ({
    gsm7: encoding === "GSM-7" ? [asSeptets(text)] : [],
    ucs2: encoding === "UCS-2" ? [text] : [],
  }),

  preview: ({ to, from, messagingServiceSid, text, encoding, segments }) => ({
    kind: "sms",
    from: from ?? messagingServiceSid ?? "",
    text,
    facts: [
      { label: "To", value: to },
      { label: "Encoding", value: encoding },
      { label: "Segments", value: String(segments) },
    ],
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !/^api(\.[a-z0-9-]+){0,2}\.twilio\.com$/.test(url.hostname)) return null;
    const accountSid = API_PATH.exec(url.pathname)?.[1];
    if (!accountSid) return null;
    return {
      accountSid,
      ...(url.username === accountSid && url.password ? { authToken: url.password } : {}),
      ...(url.origin === TWILIO_API ? {} : { apiBaseUrl: url.origin }),
    };
  },

  advise({ status, reason }) {
    const code = Number(/\(Twilio error (\d+)\)$/.exec(reason)?.[1]);
    if (ADVICE[code]) return ADVICE[code];
    if (status === 401)
      return "Twilio does not accept the Account SID with this auth token. Copy both again from the Twilio Console; an account in another region also needs its API base URL.";
    if (status === 429) return ADVICE[20429];
    return undefined;
  },
});

const ADVICE: Record<number, string> = {
  20003:
    "Twilio does not accept the Account SID with this auth token. Copy both again from the Twilio Console; an account in another region also needs its API base URL.",
  20404:
    "Twilio does not know this account at this address. Check the Account SID and, under Advanced, the API base URL.",
  20429: "Twilio accepts no more requests at the moment. Belfry waits, then continues; nothing is lost.",
  21211: "The number does not exist in this form. Check it in the channel: + and country code, no leading 0 after it.",
  21212: "Twilio does not accept this sender. Choose a number of your account under Phone Numbers → Active numbers.",
  21265: "The number is a short code, and short codes cannot receive these messages. Enter a mobile number.",
  21408:
    "Twilio does not send to this country for your account. Allow it under Messaging → Settings → Geo permissions.",
  21606: "This sender cannot send text messages, or it is not in this account. Choose another one in the channel.",
  21608:
    "A trial account sends to verified numbers only. Verify this one in the Twilio Console, or upgrade the account.",
  21610:
    "This person answered STOP to this sender. They have to send START to it before Twilio delivers to them again.",
  21611: "Too many messages wait at Twilio for this sender. Belfry waits, then continues; nothing is lost.",
  21612: "Twilio has no route from this sender to this number. Use a sender that reaches the country.",
  21614: "This number cannot receive text messages: it is a landline, or not in use. Enter a mobile number.",
  63038:
    "The account's messages of today are used up. Belfry tries again every hour. Choose fewer events, or ask Twilio for a higher limit.",
  21703: "The messaging service has no sender. Add a number to its sender pool in the Twilio Console.",
};
