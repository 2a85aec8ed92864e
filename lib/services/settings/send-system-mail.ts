import { settingValue } from "@/db/queries/dispatch";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { peekSingleton, singleton } from "@/lib/core/singletons";
import { MAIL_SETTINGS } from "@/lib/dispatch/loaded-channel";
import type { Egress } from "@/lib/providers/egress";
import { createMail, type MailServer } from "@/lib/providers/mail";
import { type Config, joinSecrets } from "@/lib/secrets/config";

/** What Belfry itself writes to a person, outside of any channel. Plain text and its HTML twin. */
export interface SystemMailMessage {
  to: string;
  subject: string;
  text: string;
  html: string;
}

const mail = () =>
  singleton("mail.system", () =>
    createMail({ egress: peekSingleton<Egress>("app.egress") ?? "any" }),
  );

/**
 * Sends one mail by the server of Settings → Email, at once.
 * @throws AppError `unavailable` when none is set; `delivery_failed` with the server's own words
 */
export async function sendSystemMail({ to, subject, text, html }: SystemMailMessage): Promise<void> {
  const stored = await settingValue<{ config: Config; secrets: string | null }>(MAIL_SETTINGS);
  if (!stored) throw new AppError("unavailable", "No mail server is set in Settings, Email.");
  const server = joinSecrets(stored.config, stored.secrets) as unknown as MailServer & { from: string };
  const host =
    server.from
      .split("@")
      .at(-1)
      ?.replace(/[^\w.-]/g, "") || "belfry.invalid";
  const answer = await mail().send(server, {
    from: server.from,
    to: [to],
    subject,
    text,
    html,
    messageId: `<${newId("mail")}@${host}>`,
    headers: { "Auto-Submitted": "auto-generated" },
  });
  if (answer.kind === "sent" && answer.refused.length === 0) return;
  const reason = answer.kind === "sent" ? (answer.refused[0]?.reason ?? "refused") : answer.reason;
  throw new AppError("delivery_failed", `The mail server did not take the mail: ${reason}`, {
    ...(answer.kind === "failed" && answer.status !== undefined && { providerStatus: answer.status }),
    providerBody: reason,
  });
}
