import { createHash } from "node:crypto";
import { z } from "zod";
import type { Notification } from "@/lib/core/notification";
import { defineProvider, field, type Outcome, type Preset, type RenderContext } from "./contract";
import { cutLog } from "./log-cut";
import type { MailAnswer, MailMessage } from "./mail";
import { addressIn, mailAddress, mailSender } from "./mail-address";
import { factsOf, htmlBody, type MailWords, textBody } from "./mail-body";
import { clean, cutTo, oneLine } from "./text";
import { linkOf, messageOf, titleOf } from "./words";

/** No server's limits but those of what people read; a subject stays well under the 998 octets of RFC 5322 2.1.1. */
const limits = {
  title: { max: 150, unit: "codepoints" },
  message: { max: 100_000, unit: "bytes" },
  fieldLabel: { max: 100, unit: "codepoints" },
  fieldValue: { max: 2000, unit: "codepoints" },
  log: { max: 262_144, unit: "bytes" },
} as const;

const FIELDS_MAX = 60;
const OWN_SERVER = { field: "useSystemServer", is: [false] };

export const MAIL_PRESETS: Preset[] = [
  {
    id: "gmail",
    label: "Gmail",
    values: { host: "smtp.gmail.com", port: 587, security: "starttls" },
    help: "The password is an app password: Google Account → Security → 2-Step Verification → App passwords. Your usual password is refused.",
  },
  {
    id: "microsoft365",
    label: "Microsoft 365",
    values: { host: "smtp.office365.com", port: 587, security: "starttls" },
    help: "Authenticated SMTP must be switched on for this mailbox, and From must be the mailbox itself. With two-step sign-in, use an app password.",
  },
  {
    id: "sendgrid",
    label: "SendGrid",
    values: { host: "smtp.sendgrid.net", port: 587, security: "starttls", user: "apikey" },
    help: "The user is the word apikey, the password is your API key. From must be a verified sender.",
  },
  {
    id: "mailgun",
    label: "Mailgun",
    values: { host: "smtp.mailgun.org", port: 587, security: "starttls" },
    help: "User and password are the SMTP credentials of your sending domain. In the EU region the host is smtp.eu.mailgun.org.",
  },
  {
    id: "own",
    label: "Own server",
    values: { port: 587, security: "starttls" },
    help: "587 with STARTTLS for signed-in senders, 465 with SSL, or 25 without encryption for a relay on the same machine.",
  },
];

/** The fields of a mail server, shared with the system mail server of Settings → Email. */
export const mailServerFields = {
  host: field(
    z
      .string()
      .trim()
      .max(255)
      .regex(/^[^\s/@]*$/, "Enter a host name only, such as smtp.example.org.")
      .optional(),
    {
      label: "Host",
      placeholder: "smtp.example.org",
      showWhen: OWN_SERVER,
    },
  ),
  port: field(
    z.int().min(1, "A port lies between 1 and 65535.").max(65_535, "A port lies between 1 and 65535.").default(587),
    {
      label: "Port",
      widget: "number",
      showWhen: OWN_SERVER,
    },
  ),
  security: field(z.enum(["starttls", "ssl", "none"]).default("starttls"), {
    label: "Security",
    help: "STARTTLS is required once chosen: Belfry never goes on without it. With none, user and password travel unprotected",
    widget: "select",
    optionLabels: { starttls: "STARTTLS", ssl: "SSL", none: "None" },
    showWhen: OWN_SERVER,
  }),
  user: field(z.string().trim().max(320).optional(), { label: "User", showWhen: OWN_SERVER }),
  password: field(z.string().max(1000).optional(), {
    label: "Password",
    secret: true,
    widget: "password",
    showWhen: OWN_SERVER,
  }),
  acceptAnyCertificate: field(z.boolean().default(false), {
    label: "Accept any certificate",
    help: "For a server of your own with a certificate that nobody vouches for. The connection is encrypted, but could be to anyone",
    widget: "switch",
    advanced: true,
    showWhen: OWN_SERVER,
  }),
};

const config = z
  .object({
    useSystemServer: field(z.boolean().default(false), {
      label: "Use the system mail server",
      help: "The one set in Settings → Email",
      widget: "switch",
    }),
    ...mailServerFields,
    from: field(z.union([z.literal(""), mailSender]).optional(), {
      label: "From",
      help: "With the system mail server, empty means its own sender",
      placeholder: "Backups <backups@example.org>",
    }),
    to: field(z.array(mailAddress).max(50, "At most 50 addresses.").optional(), {
      label: "To",
      help: "One mail to all of these addresses",
      widget: "list",
    }),
    toAdmins: field(z.boolean().default(false), {
      label: "To all administrators",
      help: "Each gets a mail of their own, in their own time zone",
      widget: "switch",
    }),
    replyTo: field(z.union([z.literal(""), mailSender]).optional(), { label: "Reply-To", advanced: true }),
  })
  .superRefine((value, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (!value.useSystemServer && !value.host)
      refuse("host", "Enter the mail server's host, or use the system mail server.");
    if (!value.useSystemServer && !value.from) refuse("from", "Enter the address that mails come from.");
    if (!value.to?.length && !value.toAdmins)
      refuse("to", "Enter at least one address, or send to all administrators.");
  });

/** Mail by SMTP, to fixed addresses in one transaction and to people one by one. */
export const email = defineProvider({
  id: "email",
  label: "Email",
  docsUrl: "https://www.rfc-editor.org/rfc/rfc5321",
  purpose: "message",
  canMailPeople: true,
  limits,
  concurrency: 5,
  foldAbove: 20,
  config,
  presets: MAIL_PRESETS,
  example: {
    host: "smtp.example.org",
    port: 587,
    security: "starttls",
    user: "backups",
    password: "example-password",
    from: "Backups <backups@example.org>",
    to: ["ops@example.org", "night-shift@example.org"],
    toAdmins: true,
    replyTo: "helpdesk@example.org",
  },
  audience: ({ to, toAdmins }) => ({ fixed: to?.length ? [""] : [], admins: toAdmins }),

  render(notification, config, context): MailMessage {
    const sender = config.from ?? "";
    const host = /@([\w.-]+)$/.exec(addressIn(sender))?.[1] ?? "belfry.invalid";
    const to = context.recipient ? [context.recipient] : (context.onlyRecipients ?? config.to ?? []);
    const thread = `<${idPart(context.threadId)}.${shortHash(context.recipient || (config.to ?? []).join())}@${host}>`;
    const words = wordsOf(notification, context);
    return {
      from: sender,
      to,
      ...(config.replyTo ? { replyTo: config.replyTo } : {}),
      subject: words.title,
      html: htmlBody(words),
      text: textBody(words),
      messageId: `<${idPart(context.deliveryId)}@${host}>`,
      headers: {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        // All mails of one alert name the same root, which itself is never sent: programs thread by it.
        References: thread,
        ...(context.isFirst ? {} : { "In-Reply-To": thread }),
        "X-Belfry-Event": notification.type,
        "X-Belfry-Delivery": idPart(context.deliveryId),
        ...(notification.severity === "critical" ? { Importance: "high" } : {}),
      },
    };
  },

  async send(payload, config, io) {
    if (!config.host) {
      return {
        kind: "rejected",
        reason: "No mail server is set.",
        advice: "Fill in the system mail server in Settings → Email, or give this channel a server of its own.",
      };
    }
    if (payload.to.length === 0) return { kind: "rejected", reason: "There is no address to send to." };
    const { host, port, security, user, password, acceptAnyCertificate } = config;
    const server = { host, port, security, ...(user ? { user, password: password ?? "" } : {}), acceptAnyCertificate };
    return outcomeOf(await io.mail.send(server, payload), config);
  },

  parts: ({ subject }) => ({ title: [subject] }),
});

function wordsOf(notification: Notification, context: RenderContext): MailWords {
  const { timezone, installation, because } = context;
  const link = linkOf(notification);
  const facts = factsOf(notification, timezone).map(({ label, value }) => ({
    label: cutTo(oneLine(label), limits.fieldLabel),
    value: cutTo(clean(value).trim(), limits.fieldValue),
  }));
  const name = oneLine(installation.name);
  return {
    notification: { ...notification, typeName: oneLine(notification.typeName) },
    title: oneLine(cutTo(titleOf(notification, context), limits.title)),
    message: cutTo(messageOf(notification, context), limits.message).trim(),
    facts: facts.slice(0, FIELDS_MAX),
    ...(context.log ? { log: cutLog(context.log, limits.log) } : {}),
    ...(link ? { link: { label: oneLine(link.label), url: link.url } } : {}),
    timezone,
    installation: { name, url: installation.url },
    ...(because ? { because: oneLine(because) } : {}),
  };
}

/** Only what may stand in a message id (RFC 5322 3.6.4). */
function idPart(id: string): string {
  return id.replace(/[^\w.-]/g, "") || "none";
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function outcomeOf(answer: MailAnswer, config: { port: number; security: string; host?: string | undefined }): Outcome {
  if (answer.kind === "sent") {
    const { receipt, refused } = answer;
    return { kind: "sent", receipt, answer: receipt, advice: NOT_RECEIVED, ...(refused.length > 0 ? { refused } : {}) };
  }
  const { reason, status, retryable, code } = answer;
  const advice = adviceFor({
    reason,
    status,
    code,
    port: config.port,
    security: config.security,
    host: config.host ?? "",
  });
  return {
    kind: retryable ? "retry" : "rejected",
    reason,
    ...(status === undefined ? {} : { status, answer: reason }),
    ...(advice ? { advice } : {}),
  };
}

const NOT_RECEIVED =
  "The mail server took the message. If nothing arrives, look in the spam folder, and check that the sender's domain allows this server (SPF, DKIM).";

interface Failure {
  reason: string;
  status?: number | undefined;
  code?: string | undefined;
  port: number;
  security: string;
  host: string;
}

/** What to do about a mail server's refusal, by where it happened. */
function adviceFor({ reason, status, code, port, security, host }: Failure): string | undefined {
  if (/does not speak TLS from the start/.test(reason)) {
    return `This port expects STARTTLS, not SSL: choose STARTTLS${port === 587 ? "" : " (usually port 587)"}, or SSL with port 465.`;
  }
  if (/sent no greeting/.test(reason) && security !== "ssl") {
    return port === 465
      ? "Port 465 expects SSL from the start: choose SSL, or STARTTLS with port 587."
      : "The server may expect SSL on this port, or a firewall holds the connection.";
  }
  if (/certificate|self-signed|altnames/i.test(reason)) {
    return "The server's certificate is not trusted. Use the host name that stands in it, install its authority, or accept any certificate under Advanced.";
  }
  if (code === "ETLS" || /STARTTLS/i.test(reason)) {
    return "The server offers no STARTTLS here. Belfry does not send without encryption once it was chosen: choose another port or SSL, or None if you accept that.";
  }
  if (code === "EAUTH" || status === 535 || status === 534 || status === 530) return signInAdvice(host);
  if (/refuses the connection/.test(reason))
    return "Check host and port: 587 for STARTTLS, 465 for SSL. Many home connections and clouds block port 25.";
  if (/cannot be resolved/.test(reason)) return "Check how the host is spelled.";
  if (/cannot be reached|did not answer/.test(reason))
    return "A firewall may block this port on the way. 587 is open more often than 25 or 465.";
  if (/sender|\bfrom\b|5\.7\.60|5\.7\.1\b|not owned/i.test(reason) && status && status >= 500) {
    return "The server does not let you send from this address. Use the address of the signed-in mailbox as From, or verify the sender with the provider.";
  }
  if (/refused every recipient/.test(reason))
    return "Check the addresses under To. “Relay access denied” means that the server wants a user and password first.";
  return undefined;
}

function signInAdvice(host: string): string {
  const preset = MAIL_PRESETS.find(({ values }) => values.host === host);
  return `User or password is wrong for this server.${preset ? ` ${preset.help}` : " Many providers want an app password instead of the usual one."}`;
}
