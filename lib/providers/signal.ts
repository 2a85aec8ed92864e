import { z } from "zod";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { type AnswerRules, defineProvider, field, type SendResult } from "./contract";
import { classify } from "./kit/classify";
import { composeText, PLAIN } from "./kit/compose";
import { decodePart } from "./kit/decode-part";
import { brandMark } from "./kit/icon";
import { objectIn } from "./kit/json-body";
import { phoneNumber } from "./kit/phone-number";

/** Longer bodies travel as an attachment behind "read more": https://github.com/AsamK/signal-cli/blob/master/man/signal-cli.1.adoc */
const limits = { message: { max: 2000, unit: "bytes" } } as const;

/** Signal's servers name no duration; it ends by itself or by a solved challenge. */
const RATE_LIMIT_PAUSE_MS = 10 * 60_000;
const RECIPIENT =
  /^(\+[1-9]\d{7,14}|group\.[A-Za-z0-9+/=]{8,}|[A-Za-z_][A-Za-z0-9_]{2,31}\.\d{2,20}|u:[\w.]{3,60}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

interface Payload {
  message: string;
  recipients: string[];
  number: string;
  /** Always explicit, since the server's default may differ. */
  text_mode: "normal";
}

const PROXY_ADVICE = "The proxy in front of the server refuses user and password. Check both under Advanced.";

/** https://github.com/bbernhard/signal-cli-rest-api/blob/master/src/api/api.go: SendMessageResponse and Error */
const answers: AnswerRules = {
  service: "the signal-cli REST API",
  proof: { expected: "with the message's timestamp", holds: ({ body }) => timestampIn(body) !== undefined },
  isOwn: ({ body }) => typeof objectIn(body)?.error === "string",
  address: "Enter the server's address without /v2/send.",
};

/** Signal through a signal-cli REST API server: one plain text for each recipient. */
export const signal = defineProvider({
  id: "signal",
  label: "Signal",
  tagline: "Through your own gateway",
  aliases: ["signal-cli", "messenger"],
  icon: brandMark(
    "m9.12.35.27 1.09a10.845 10.845 0 0 0-3.015 1.248l-.578-.964A11.955 11.955 0 0 1 9.12.35zm5.76 0-.27 1.09a10.845 10.845 0 0 1 3.015 1.248l.581-.964A11.955 11.955 0 0 0 14.88.35zM1.725 5.797A11.955 11.955 0 0 0 .351 9.119l1.09.27A10.845 10.845 0 0 1 2.69 6.374zm-.6 6.202a10.856 10.856 0 0 1 .122-1.63l-1.112-.168a12.043 12.043 0 0 0 0 3.596l1.112-.169A10.856 10.856 0 0 1 1.125 12zm17.078 10.275-.578-.964a10.845 10.845 0 0 1-3.011 1.247l.27 1.091a11.955 11.955 0 0 0 3.319-1.374zM22.875 12a10.856 10.856 0 0 1-.122 1.63l1.112.168a12.043 12.043 0 0 0 0-3.596l-1.112.169a10.856 10.856 0 0 1 .122 1.63zm.774 2.88-1.09-.27a10.845 10.845 0 0 1-1.248 3.015l.964.581a11.955 11.955 0 0 0 1.374-3.326zm-10.02 7.875a10.952 10.952 0 0 1-3.258 0l-.17 1.112a12.043 12.043 0 0 0 3.597 0zm7.125-4.303a10.914 10.914 0 0 1-2.304 2.302l.668.906a12.019 12.019 0 0 0 2.542-2.535zM18.45 3.245a10.914 10.914 0 0 1 2.304 2.304l.906-.675a12.019 12.019 0 0 0-2.535-2.535zM3.246 5.549A10.914 10.914 0 0 1 5.55 3.245l-.675-.906A12.019 12.019 0 0 0 2.34 4.874zm19.029.248-.964.577a10.845 10.845 0 0 1 1.247 3.011l1.091-.27a11.955 11.955 0 0 0-1.374-3.318zM10.371 1.246a10.952 10.952 0 0 1 3.258 0L13.8.134a12.043 12.043 0 0 0-3.597 0zM3.823 21.957 1.5 22.5l.542-2.323-1.095-.257-.542 2.323a1.125 1.125 0 0 0 1.352 1.352l2.321-.532zm-2.642-3.041 1.095.255.375-1.61a10.828 10.828 0 0 1-1.21-2.952l-1.09.27a11.91 11.91 0 0 0 1.106 2.852zm5.25 2.437-1.61.375.255 1.095 1.185-.275a11.91 11.91 0 0 0 2.851 1.106l.27-1.091a10.828 10.828 0 0 1-2.943-1.217zM12 2.25a9.75 9.75 0 0 0-8.25 14.938l-.938 4 4-.938A9.75 9.75 0 1 0 12 2.25z",
  ),
  docsUrl: "https://bbernhard.github.io/signal-cli-rest-api/",
  purpose: "message",
  namesPeople: true,
  answers: [answers],
  ownServer: true,
  limits,
  concurrency: 1,
  foldAbove: 20,
  config: () =>
    z
      .object({
        serverUrl: field(
          z
            .string()
            .trim()
            .min(1, "Enter the server's address.")
            .pipe(z.url({ protocol: /^https?$/, error: "Enter an http or https address." })),
          {
            label: "Server URL",
            help: "Where your signal-cli REST API server listens",
            placeholder: "http://signal.lan:8080",
          },
        ),
        number: field(phoneNumber, {
          label: "Number",
          help: "The number that is registered or linked there, and that messages come from",
          placeholder: "+491701234567",
        }),
        recipients: field(
          z
            .array(
              z
                .string()
                .trim()
                .regex(
                  RECIPIENT,
                  "Enter a number such as +491701234567, a username such as ops.01, or a group id that begins with group.",
                ),
            )
            .min(1, "Enter at least one recipient.")
            .max(50, "At most 50 recipients."),
          {
            label: "Recipients",
            help: "Numbers, usernames, or group ids as GET /v1/groups/NUMBER shows them; each gets a separate message",
            widget: "list",
          },
        ),
        user: field(z.string().trim().optional(), {
          label: "User",
          help: "The server itself asks for none: only for a proxy with Basic authentication in front of it",
          advanced: true,
        }),
        password: field(z.string().optional(), {
          label: "Password",
          secret: true,
          sentTo: ["serverUrl"],
          advanced: true,
        }),
      })
      .superRefine(({ user, password }, context) => {
        if (Boolean(user) === Boolean(password)) return;
        const [path, message] = user ? ["password", "Enter the password, too."] : ["user", "Enter the user, too."];
        context.addIssue({ code: "custom", path: [path ?? ""], message: message ?? "" });
      }),
  example: {
    serverUrl: "http://signal.lan:8080",
    number: "+15557122661",
    recipients: ["+491701234567", "group.ckRzaEd4VmRzNnJaASAEsasa"],
    user: "belfry",
    password: "example-password",
  },
  // The server reports one failed recipient as if all had failed, so each gets a separate request.
  audience: ({ recipients }) => ({ fixed: [...recipients], admins: false }),

  render: (notification, { number, recipients }, context): Payload => ({
    message: composeText(notification, context, PLAIN, limits.message),
    number,
    recipients: [context.recipient || (recipients[0] ?? "")],
    text_mode: "normal",
  }),

  async send(payload, { serverUrl, user, password }, io) {
    const authorization = user ? `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}` : undefined;
    const answer = await io.http.request({
      url: `${trimEndSigns(serverUrl, "/")}/v2/send`,
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization ? { authorization } : {}) },
      body: JSON.stringify(payload),
      // Normal mode starts a Java program for each message.
      timeoutMs: 30_000,
    });
    const outcome = withRefused(judge(classify(answer, answers)), payload.recipients);
    return user && outcome.status === 401 ? { ...outcome, advice: PROXY_ADVICE } : outcome;
  },

  parts: ({ message }) => ({ message: [message] }),

  preview: ({ message, recipients, number }) => ({
    kind: "chat",
    format: "plain",
    from: number,
    text: message,
    facts: [{ label: "To", value: recipients.join(", ") }],
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !/^https?:$/.test(url.protocol) || !/\/v[12]\/send\/?$/.test(url.pathname)) return null;
    const { username, password } = url;
    return {
      serverUrl: url.origin + url.pathname.replace(/\/v[12]\/send\/?$/, ""),
      ...(username && password ? { user: decodePart(username), password: decodePart(password) } : {}),
    };
  },

  advise({ status, reason }) {
    if (/rate limit|captcha|challenge/i.test(reason))
      return "Signal wants a challenge solved before this number may send again: open signalcaptchas.org/challenge/generate.html and hand the result to /v1/accounts/NUMBER/rate-limit-challenge. Belfry goes on trying meanwhile.";
    if (/unregistered/i.test(reason))
      return "The recipient has no Signal account under this number. Check the number in the channel.";
    if (/not registered|specified account does not exist/i.test(reason))
      return "The server does not know the sending number. Register it or link the server as a device: open /v1/qrcodelink?device_name=belfry on the server.";
    if (/group/i.test(reason))
      return "The server does not know this group. Ask GET /v1/groups/NUMBER for its id; the sending number must be a member.";
    if (status === 401 || status === 403) return PROXY_ADVICE;
    return undefined;
  },
});

/** Only this recipient is wrong: it has no account, or the group is unknown. */
function withRefused(outcome: SendResult, [recipient]: readonly string[]): SendResult {
  if (outcome.kind !== "rejected" || !recipient || !/unregistered|group/i.test(outcome.reason)) return outcome;
  return { ...outcome, refused: [{ recipient, reason: outcome.reason, retryable: false }] };
}

/** The server answers every error with 400; those of Signal's servers or of its own program are temporary. */
function judge(outcome: SendResult): SendResult {
  if (outcome.kind === "retry" && outcome.status === 429 && outcome.afterMs === undefined) {
    return { ...outcome, afterMs: RATE_LIMIT_PAUSE_MS };
  }
  if (outcome.kind === "rejected" && outcome.status === 400) {
    if (/rate limit|captcha/i.test(outcome.reason)) return { ...outcome, kind: "retry", afterMs: RATE_LIMIT_PAUSE_MS };
    if (/network failure|timed? ?out|closed|IO ?exception|connection/i.test(outcome.reason))
      return { ...outcome, kind: "retry" };
  }
  if (outcome.kind !== "sent") return outcome;
  const receipt = timestampIn(outcome.answer);
  return receipt ? { ...outcome, receipt } : outcome;
}

function timestampIn(body: string | undefined): string | undefined {
  const timestamp = objectIn(body)?.timestamp;
  return typeof timestamp === "string" || typeof timestamp === "number" ? String(timestamp) : undefined;
}
