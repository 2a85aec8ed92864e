import { createHash } from "node:crypto";
import { z } from "zod";
import type { Notification } from "@/lib/core/notification";
import { defineProvider, field, type RenderContext } from "../contract";
import { cutLog } from "../kit/log-cut";
import type { MailMessage } from "../kit/mail";
import { addressIn, mailAddress, mailSender } from "../kit/mail-address";
import { MAIL_PRESETS, mailServerFields } from "../kit/mail-server";
import { linkOf, messageOf, titleOf } from "../kit/message-text";
import { clean, cutTo, oneLine } from "../kit/text";
import { factsOf, htmlBody, type MailText, textBody } from "./body";
import { outcomeOf } from "./outcome";
import { readSmtpUrl } from "./smtp-url";

/** No server's limits but those of what people read; a subject stays well under the 998 octets of RFC 5322 2.1.1. */
const limits = {
  title: { max: 150, unit: "codepoints" },
  message: { max: 100_000, unit: "bytes" },
  fieldLabel: { max: 100, unit: "codepoints" },
  fieldValue: { max: 2000, unit: "codepoints" },
  log: { max: 262_144, unit: "bytes" },
} as const;

const FIELDS_MAX = 60;
/** Shown only while the channel has a server of its own. */
function ofOwnServer<S extends z.ZodType>(schema: S): S {
  return schema.meta({ ...schema.meta(), showWhen: { field: "useSystemServer", is: [false] } }) as S;
}

const config = () =>
  z
    .object({
      useSystemServer: field(z.boolean().default(false), {
        label: "Use the system mail server",
        help: "The one set in Settings → Email",
        widget: "switch",
      }),
      host: ofOwnServer(mailServerFields.host),
      port: ofOwnServer(mailServerFields.port),
      security: ofOwnServer(mailServerFields.security),
      user: ofOwnServer(mailServerFields.user),
      password: ofOwnServer(mailServerFields.password),
      acceptAnyCertificate: ofOwnServer(mailServerFields.acceptAnyCertificate),
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
  tagline: "To any mail address",
  aliases: ["mail", "SMTP", "Gmail", "Outlook", "Office 365"],
  icon: {
    path: "M1.3 5.6A2 2 0 0 1 3 4.5h18a2 2 0 0 1 1.7 1.1L12 13zM1 7.8V17.5a2 2 0 0 0 2 2h18a2 2 0 0 0 2-2V7.8L12 15.4z",
  },
  docsUrl: "https://www.rfc-editor.org/rfc/rfc5321",
  purpose: "message",
  canMailPeople: true,
  transport: "smtp",
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
  warmUp: () => import("nodemailer"),
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
  fromUrl: readSmtpUrl,

  preview: ({ from, to, subject, html }) => ({
    kind: "mail",
    from,
    title: subject,
    document: html,
    facts: [{ label: "To", value: to.join(", ") || "each administrator" }],
  }),
});

function wordsOf(notification: Notification, context: RenderContext): MailText {
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
