import { z } from "zod";
import { settingValue } from "@/db/queries/dispatch";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { MAIL_SETTINGS } from "@/lib/dispatch/send/loaded-channel";
import { providerIo } from "@/lib/dispatch/send/provider-io";
import { type Config, joinSecrets } from "@/lib/secrets/config";

/** A mail from Belfry itself to a person, outside of any channel, as plain text and HTML. */
export interface SystemMailMessage {
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** The stored settings that sending needs; the form's schema is stricter. */
const storedServer = z.object({
  host: z.string().min(1),
  port: z.coerce.number().int().default(587),
  security: z.enum(["none", "ssl", "starttls"]).default("starttls"),
  user: z.string().optional(),
  password: z.string().optional(),
  from: z.string().min(1),
});

/**
 * Sends one mail by the server of Settings → Email, at once.
 * @throws AppError `unavailable` when none is set; `delivery_failed` with the server's answer
 */
export async function sendSystemMail({ to, subject, text, html }: SystemMailMessage): Promise<void> {
  const { from, ...server } = await readServer();
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? "belfry.invalid";
  const answer = await providerIo().mail.send(server, {
    from,
    to: [to],
    subject,
    text,
    html,
    messageId: `<${newId("mail")}@${domain}>`,
    headers: { "Auto-Submitted": "auto-generated" },
  });
  if (answer.kind === "sent" && answer.refused.length === 0) return;
  const reason = answer.kind === "sent" ? (answer.refused[0]?.reason ?? "refused") : answer.reason;
  throw new AppError("delivery_failed", `The mail server did not take the mail: ${reason}`, {
    ...(answer.kind === "failed" && answer.status !== undefined && { providerStatus: answer.status }),
    providerBody: reason,
  });
}

async function readServer(): Promise<z.output<typeof storedServer>> {
  const stored = await settingValue<{ config: Config; secrets: string | null }>(MAIL_SETTINGS);
  if (!stored) throw new AppError("unavailable", "No mail server is set in Settings, Email.");
  const server = storedServer.safeParse(joinSecrets(stored.config, stored.secrets));
  if (!server.success)
    throw new AppError("unavailable", "The mail server in Settings, Email is not configured correctly.");
  return server.data;
}
