import { z } from "zod";
import { defineProvider, field, type Outcome } from "./contract";
import { classify } from "./kit/classify";
import { composeText, PLAIN } from "./kit/compose";
import { objectIn } from "./kit/json-body";
import { phoneNumber } from "./kit/phone-number";

/** Longer bodies travel as an attachment behind "read more": https://github.com/AsamK/signal-cli/blob/master/man/signal-cli.1.adoc */
const limits = { message: { max: 2000, unit: "bytes" } } as const;

/** Signal's servers name no time with it; it lifts by itself or by a solved challenge. */
const RATE_LIMIT_PAUSE_MS = 10 * 60_000;
const RECIPIENT =
  /^(\+[1-9]\d{7,14}|group\.[A-Za-z0-9+/=]{8,}|[A-Za-z_][A-Za-z0-9_]{2,31}\.\d{2,20}|u:[\w.]{3,60}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

interface Payload {
  message: string;
  recipients: string[];
  number: string;
  /** Said each time, since the server's own default may be another. */
  text_mode: "normal";
}

/** Signal by a signal-cli REST API server: one plain text for each recipient. */
export const signal = defineProvider({
  id: "signal",
  label: "Signal",
  docsUrl: "https://bbernhard.github.io/signal-cli-rest-api/",
  purpose: "message",
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
            help: "Numbers, usernames, or group ids as GET /v1/groups/NUMBER shows them; each gets a message of its own",
            widget: "list",
          },
        ),
        user: field(z.string().trim().optional(), {
          label: "User",
          help: "The server itself asks for none: only for a proxy with Basic authentication in front of it",
          advanced: true,
        }),
        password: field(z.string().optional(), { label: "Password", secret: true, advanced: true }),
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
  // The server tells of one failed recipient as of all, so that each has a request of its own.
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
      url: `${serverUrl.replace(/\/+$/, "")}/v2/send`,
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization ? { authorization } : {}) },
      body: JSON.stringify(payload),
      // Normal mode starts a Java program for each message.
      timeoutMs: 30_000,
    });
    return judge(classify(answer));
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
      ...(username && password ? { user: decodeURIComponent(username), password: decodeURIComponent(password) } : {}),
    };
  },

  advise({ status, reason }) {
    if (/rate limit|captcha|challenge/i.test(reason))
      return "Signal wants a challenge solved before this number may send again: open signalcaptchas.org/challenge/generate.html and hand the result to /v1/accounts/NUMBER/rate-limit-challenge. Belfry goes on trying meanwhile.";
    if (/unregistered/i.test(reason))
      return "The recipient has no Signal account under this number. Check the number in the channel.";
    if (/not registered|specified account does not exist|user .* is not registered/i.test(reason))
      return "The server does not know the sending number. Register it or link the server as a device: open /v1/qrcodelink?device_name=belfry on the server.";
    if (/group/i.test(reason))
      return "The server does not know this group. Ask GET /v1/groups/NUMBER for its id; the sending number must be a member.";
    if (status === 401 || status === 403)
      return "The proxy in front of the server refuses user and password. Check both under Advanced.";
    if (status === 404) return "There is no signal-cli REST API at this address. Enter it without /v2/send.";
    return undefined;
  },
});

/** The server says 400 to everything that goes wrong; what lies at Signal's servers or its own program may pass. */
function judge(outcome: Outcome): Outcome {
  if (outcome.kind === "retry" && outcome.status === 429 && outcome.afterMs === undefined) {
    return { ...outcome, afterMs: RATE_LIMIT_PAUSE_MS };
  }
  if (outcome.kind === "rejected" && outcome.status === 400) {
    if (/rate limit|captcha/i.test(outcome.reason)) return { ...outcome, kind: "retry", afterMs: RATE_LIMIT_PAUSE_MS };
    if (/network failure|timed? ?out|closed|IO ?exception|connection/i.test(outcome.reason))
      return { ...outcome, kind: "retry" };
  }
  if (outcome.kind !== "sent") return outcome;
  const timestamp = objectIn(outcome.answer)?.timestamp;
  return typeof timestamp === "string" ? { ...outcome, receipt: timestamp } : outcome;
}
