import type { SendResult } from "../contract";
import type { MailAnswer } from "../kit/mail-exchange";
import { MAIL_PRESETS } from "../kit/mail-server";

/** The result of a delivery by the mail server's answer, with advice. */
export function mailResult(
  answer: MailAnswer,
  config: { port: number; security: string; host?: string | undefined; signIn?: string | undefined },
): SendResult {
  if (answer.kind === "sent") {
    const { receipt, accepted, refused } = answer;
    const some = refused.length > 0 ? { refused } : {};
    return { kind: "sent", receipt, accepted, answer: receipt, advice: NOT_RECEIVED, ...some };
  }
  const { reason, status, retryable, code, mayHaveArrived, refused } = answer;
  const advice =
    answer.advice ??
    adviceFor({
      reason,
      status,
      code,
      port: config.port,
      security: config.security,
      host: config.host ?? "",
      signIn: config.signIn ?? "password",
    });
  return {
    kind: retryable ? "retry" : "rejected",
    reason,
    ...(status === undefined ? {} : { status, answer: reason }),
    ...(advice ? { advice } : {}),
    ...(mayHaveArrived ? { mayHaveArrived } : {}),
    ...(refused ? { refused } : {}),
  };
}

const NOT_RECEIVED =
  "The mail server accepted the message. If nothing arrives, look in the spam folder, and check that the sender's domain allows this server (SPF, DKIM).";

interface Failure {
  reason: string;
  status?: number | undefined;
  code?: string | undefined;
  port: number;
  security: string;
  host: string;
  signIn: string;
}

/** Advice about a mail server's refusal. */
function adviceFor({ reason, status, code, port, security, host, signIn }: Failure): string | undefined {
  if (/may have been delivered/.test(reason)) {
    return "Belfry sends it once more, 15 minutes later and with the same Message-ID, by which mail programs know a duplicate. When this happens again and again, the mail server takes too long to accept mail: its log says why.";
  }
  if (/does not speak TLS from the start/.test(reason)) {
    return `This port expects STARTTLS, not SSL: choose STARTTLS${port === 587 ? "" : " (usually port 587)"}, or SSL with port 465.`;
  }
  if (/sent no greeting/.test(reason) && security !== "ssl") {
    return port === 465
      ? "Port 465 expects SSL from the start: choose SSL, or STARTTLS with port 587."
      : "The server may expect SSL on this port, or a firewall blocks the connection.";
  }
  if (code === "ETLS" || /STARTTLS/i.test(reason)) {
    return "The server offers no STARTTLS here. Belfry does not send unencrypted once encryption is chosen: choose another port or SSL, or None if you accept that.";
  }
  if (code === "EAUTH" || status === 535 || status === 534 || status === 530)
    return signIn === "password" ? signInAdvice(host, reason) : tokenAdvice(signIn, reason);
  if (/refuses the connection/.test(reason))
    return "Check host and port: 587 for STARTTLS, 465 for SSL. Many home connections and clouds block port 25.";
  if (/cannot be resolved/.test(reason)) return "Check the spelling of the host.";
  if (/cannot be reached|did not answer/.test(reason))
    return "A firewall may block this port. 587 is open more often than 25 or 465.";
  if (/sender|\bfrom\b|5\.7\.60|5\.7\.1\b|not owned/i.test(reason) && status && status >= 500) {
    return "The server does not let you send from this address. Use the address of the signed-in mailbox as From, or verify the sender with the provider.";
  }
  if (/refused every recipient/.test(reason))
    return "Check the addresses under To. “Relay access denied” means that the server requires a user and password.";
  return undefined;
}

/** The token itself came: the server does not take it for this mailbox. */
function tokenAdvice(signIn: string, reason: string): string {
  if (/5\.7\.139|SmtpClientAuthentication/i.test(reason)) return SMTP_AUTH_DISABLED;
  if (signIn === "microsoft") {
    return "Microsoft gave a token, and Exchange does not take it for this mailbox. Grant the application SMTP.SendAsApp (Office 365 Exchange Online) with an administrator's consent, register it in Exchange (New-ServicePrincipal), give it the mailbox (Add-MailboxPermission with FullAccess), and enable authenticated SMTP for the mailbox.";
  }
  if (signIn === "google") {
    return "Google gave a token, and Gmail does not take it for this mailbox. User must be a mailbox of the domain with Gmail enabled, and the scope https://mail.google.com/.";
  }
  return "A token came, and the mail server does not take it for this user. The one who signed in must be this user, and the token must have the scope for sending by SMTP.";
}

const SMTP_AUTH_DISABLED =
  "Authenticated SMTP is disabled for this mailbox or for the whole organization: in the Microsoft 365 admin center, under Users → Mail → Manage email apps, enable Authenticated SMTP.";

function signInAdvice(host: string, reason: string): string {
  if (/5\.7\.139|SmtpClientAuthentication/i.test(reason)) {
    return `${SMTP_AUTH_DISABLED} Where passwords are no longer taken, choose OAuth2 under Sign-in.`;
  }
  const preset = MAIL_PRESETS.find(({ values }) => values.host === host);
  return `User or password is wrong for this server.${preset ? ` ${preset.help}` : " Many providers require an app password instead of the account password."}`;
}
