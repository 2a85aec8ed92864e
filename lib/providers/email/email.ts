import { defineProvider } from "../contract";
import { MAIL_PRESETS, mailServerOf } from "../kit/mail-server";
import { emailConfig } from "./config";
import { readMailto } from "./mailto";
import { composeMail, MAIL_LIMITS } from "./message";
import { mailResult } from "./result";
import { readSmtpUrl } from "./smtp-url";

/** Mail over SMTP: to fixed addresses in one transaction, and to people one by one. */
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
  namesPeople: true,
  canMailPeople: true,
  transport: "smtp",
  limits: MAIL_LIMITS,
  concurrency: 5,
  foldAbove: 20,
  config: emailConfig,
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
  audience: ({ to, toAdmins }) => ({ fixed: to?.length ? [""] : [], admins: toAdmins, mailsTo: to ?? [] }),

  render: composeMail,

  async send(payload, config, io) {
    const server = mailServerOf(config);
    if (!server) {
      return {
        kind: "rejected",
        reason: "No mail server is set.",
        advice: "Fill in the system mail server in Settings → Email, or enter a custom server for this channel.",
      };
    }
    if (payload.to.length === 0) return { kind: "rejected", reason: "There is no address to send to." };
    return mailResult(await io.mail.send(server, payload), config);
  },

  parts: ({ subject }) => ({ title: [subject] }),
  fromUrl: (text) => readSmtpUrl(text) ?? readMailto(text),

  preview: ({ from, to, subject, html }) => ({
    kind: "mail",
    from,
    title: subject,
    document: html,
    facts: [{ label: "To", value: to.join(", ") || "each administrator" }],
  }),
});
