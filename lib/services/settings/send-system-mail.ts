import { settingValue } from "@/db/queries/dispatch";
import { MAIL_SETTINGS } from "@/db/stores/system-mail-settings";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { providerIo } from "@/lib/dispatch/send/provider-io";
import { AUTOMATIC_HEADERS } from "@/lib/providers/kit/mail";
import type { MailServerConfig } from "@/lib/providers/kit/mail-exchange";
import { mailServerOf } from "@/lib/providers/kit/mail-server";
import { joinSecrets } from "@/lib/secrets/config";
import { openReferences } from "@/lib/secrets/references";
import { MAIL_SECRETS, mailServerSchema, type StoredMailServer } from "./mail-server";

/** A mail from Belfry itself to a person, outside of any channel, as plain text and HTML. */
export interface SystemMailMessage {
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Somebody waits for the answer. */
const LIMIT_MS = 50_000;

/**
 * Sends one mail by the server of Settings → Email, at once.
 * @throws AppError `unavailable` when none is set; `delivery_failed` with the server's answer
 */
export async function sendSystemMail({ to, subject, text, html }: SystemMailMessage): Promise<void> {
  const { from, server } = await readServer();
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? "belfry.invalid";
  const answer = await providerIo().mail.send(server, {
    from,
    to: [to],
    subject,
    text,
    html,
    messageId: `<${newId("mail")}@${domain}>`,
    headers: { ...AUTOMATIC_HEADERS },
    limitMs: LIMIT_MS,
  });
  if (answer.kind === "sent" && answer.refused.length === 0) return;
  const reason = answer.kind === "sent" ? (answer.refused[0]?.reason ?? "refused") : answer.reason;
  const isUnknown = answer.kind === "failed" && answer.mayHaveArrived;
  throw new AppError("delivery_failed", isUnknown ? reason : `The mail server did not take the mail: ${reason}`, {
    ...(answer.kind === "failed" && answer.status !== undefined && { providerStatus: answer.status }),
    providerBody: reason,
  });
}

async function readServer(): Promise<{ from: string; server: MailServerConfig }> {
  const stored = await settingValue<StoredMailServer>(MAIL_SETTINGS);
  if (!stored) throw new AppError("unavailable", "No mail server is set in Settings, Email.");
  const parsed = mailServerSchema.safeParse(
    openReferences(joinSecrets(stored.config, stored.secrets), {
      secretFields: MAIL_SECRETS,
      configSchema: mailServerSchema,
    }).config,
  );
  const server = parsed.success ? mailServerOf(parsed.data) : null;
  if (!parsed.success || !server) {
    throw new AppError("unavailable", "The mail server in Settings, Email is not configured correctly.");
  }
  return { from: parsed.data.from, server };
}
