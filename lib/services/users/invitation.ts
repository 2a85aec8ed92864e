import { wasSentTo } from "@/db/queries/users";
import type { InvitationInsert, UserRow } from "@/db/stores/users";
import { toActionError } from "@/lib/core/action-error";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { loggerOf } from "@/lib/core/logger";
import { hashToken, newToken } from "@/lib/core/token";
import { linkBase } from "@/lib/dispatch/send/installation";
import { installationName } from "@/lib/services/settings/installation-name";
import { sendSystemMail } from "@/lib/services/settings/send-system-mail";

const log = loggerOf("users");

export const INVITATION_DAYS = 7;
const INVITATION_MS = INVITATION_DAYS * 24 * 60 * 60 * 1000;

/** How an invitation was sent. When it was not, the administrator gets the link to pass on. */
export type InvitationOutcome =
  | { status: "sent"; via: "event" | "system_mail" }
  | { status: "not_sent"; reason: string; url: string };

/**
 * A link that lets its reader choose a password, once and within seven days. Only its hash is stored.
 * @throws AppError `invalid` when no address of this installation is known
 */
export async function makeInvitation(
  userId: string,
  now: number,
  origin: string | undefined,
): Promise<{ row: InvitationInsert; url: string }> {
  const base = await linkBase(origin);
  if (!base) {
    const sentence =
      "No link can be made while Belfry's own address is not set. Set it in Settings → General, or give the account a password.";
    throw new AppError("invalid", sentence, { fields: { password: sentence } });
  }
  const token = newToken();
  return {
    row: {
      id: newId("inv"),
      userId,
      tokenHash: hashToken(token),
      expiresAt: now + INVITATION_MS,
      usedAt: null,
      createdAt: now,
    },
    url: new URL(`/invite/${token}`, base).href,
  };
}

/**
 * Sends the invitation exactly once: with the event, when that mails the person, otherwise through the system mail
 * server. Never throws: the account exists either way.
 * @param eventId the event that may have carried it; null when there is none
 */
export async function deliverInvitation(
  user: Pick<UserRow, "id" | "name" | "email">,
  url: string,
  eventId: string | null,
): Promise<InvitationOutcome> {
  try {
    if (eventId && (await wasSentTo(eventId, user.id))) return { status: "sent", via: "event" };
    await sendSystemMail({ to: user.email, ...invitationMail(user.name, url, await installationName()) });
    return { status: "sent", via: "system_mail" };
  } catch (error) {
    const reason = toActionError(error, "users.invite").message;
    log.warn("failed to send an invitation", { userId: user.id, reason });
    return { status: "not_sent", reason, url };
  }
}

function invitationMail(
  name: string,
  url: string,
  installation: string,
): { subject: string; text: string; html: string } {
  const lines = [
    `Hello ${name},`,
    `an account was created for you. Choose your password within ${INVITATION_DAYS} days; the link works once.`,
  ];
  const last = "If you did not expect this, you need not do anything.";
  return {
    subject: `You are invited to ${installation}`,
    text: [...lines, url, last].join("\n\n"),
    html: `${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join("")}<p><a href="${escapeHtml(url)}">Choose your password</a></p><p>${last}</p>`,
  };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
