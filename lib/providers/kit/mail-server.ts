import { z } from "zod";
import { field } from "@/lib/core/form-field";
import type { Preset } from "../contract";
import type { MailServerConfig } from "./mail-exchange";
import { type MailSignInFields, mailSignInFields, oauth2Of, SIGN_IN_SECRETS } from "./mail-sign-in";
import { tlsFields, tlsIn } from "./tls-fields";

export const MAIL_PRESETS: Preset[] = [
  {
    id: "gmail",
    label: "Gmail",
    values: { host: "smtp.gmail.com", port: 587, security: "starttls" },
    help: "The password is an app password: Google Account → Security → 2-Step Verification → App passwords. Your usual password is refused. For Google Workspace, OAuth2 under Sign-in works without one.",
  },
  {
    id: "microsoft365",
    label: "Microsoft 365",
    values: { host: "smtp.office365.com", port: 587, security: "starttls" },
    help: "Authenticated SMTP must be enabled for this mailbox, and From must be the mailbox itself. Microsoft is ending passwords for SMTP: choose OAuth2 under Sign-in.",
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
    label: "Custom SMTP",
    values: { port: 587, security: "starttls" },
    help: "587 with STARTTLS for signed-in senders, 465 with SSL, or 25 without encryption for a relay on the same machine.",
  },
];

/** A host name, or an address literal in brackets (RFC 5321, section 4.1.3). */
const HELO_NAME =
  /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*\.?|\[[\da-f:.]+\]|\[IPv6:[\da-f:.]+\])$/i;

/** The fields of a mail server, for the Email channel and for the system mail server. */
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
    },
  ),
  port: field(
    z.int().min(1, "A port is between 1 and 65535.").max(65_535, "A port is between 1 and 65535.").default(587),
    {
      label: "Port",
      widget: "number",
    },
  ),
  security: field(z.enum(["starttls", "ssl", "none"]).default("starttls"), {
    label: "Security",
    help: "STARTTLS is required once chosen: Belfry never continues without it. With None, user and password are sent unprotected",
    widget: "select",
    optionLabels: { starttls: "STARTTLS", ssl: "SSL", none: "None" },
  }),
  ...mailSignInFields,
  heloName: field(
    z
      .union([
        z.literal(""),
        z.string().trim().max(255).regex(HELO_NAME, "Enter a host name such as backups.example.org."),
      ])
      .optional(),
    {
      label: "HELO name",
      help: "How Belfry greets the server. Some servers refuse a name that does not resolve. Empty: the name of this machine",
      placeholder: "backups.example.org",
      advanced: true,
    },
  ),
  acceptAnyCertificate: field(z.boolean().default(false), {
    label: "Accept any certificate",
    loosenedBy: "on",
    help: "For your own server with an untrusted certificate. The connection is encrypted, but the server could be anyone",
    widget: "switch",
    advanced: true,
  }),
  ...tlsFields,
};

/** The values of those fields, parsed. */
export interface MailServerFields extends MailSignInFields {
  host?: string | undefined;
  port: number;
  security: "none" | "ssl" | "starttls";
  heloName?: string | undefined;
  acceptAnyCertificate: boolean;
  tlsCa?: string | undefined;
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
}

/** Those that are secrets. */
export const MAIL_SECRETS = [...SIGN_IN_SECRETS, "tlsKey"] as const;

/** Names of the fields of a mail server; the rest of a channel's form is about the mails. */
export const MAIL_SERVER_FIELDS = Object.keys(mailServerFields) as (keyof typeof mailServerFields)[];

/** The server as mails are sent through it; null while no host is set. */
export function mailServerOf(values: MailServerFields): MailServerConfig | null {
  const { host, port, security, user, password, heloName, acceptAnyCertificate } = values;
  if (!host) return null;
  const oauth2 = oauth2Of(values);
  return {
    host,
    port,
    security,
    ...(user ? { user, ...(oauth2 ? { oauth2 } : { password: password ?? "" }) } : {}),
    ...(heloName ? { heloName } : {}),
    acceptAnyCertificate,
    tls: tlsIn(values),
  };
}
