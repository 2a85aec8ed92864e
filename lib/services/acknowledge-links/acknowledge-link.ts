import { z } from "zod";
import { findLinkedAlert, type LinkedAlert } from "@/db/queries/acknowledge-links";
import { acknowledgeAlert } from "@/db/stores/alerts";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { readInstallation } from "@/lib/dispatch/send/installation";
import { isSignedFor, parseAcknowledgeToken } from "@/lib/secrets/acknowledge-token";
import { defineVerb } from "@/lib/services/verb";

const tokenField = z.string().max(200);

const SENTENCES = {
  invalid: "This link is not valid. Open it as it is in the message, or acknowledge the alert in Belfry.",
  expired: "This link has expired: it works for seven days. Acknowledge the alert in Belfry.",
  resolved: "This alert was resolved. There is nothing left to acknowledge.",
} as const;

/** What the page of a link shows. Times are in ISO 8601. */
export type AcknowledgeLinkView = { timezone: string } & (
  | { state: "firing"; title: string; since: string }
  | { state: "acknowledged"; title: string; since: string; by: string; at: string }
);

/** Returns what the message of this link said, and whether its alert is acknowledged. Changes nothing. */
export const acknowledgeLinksGet = defineVerb({
  name: "acknowledgeLinks.get",
  permission: "anyone",
  changes: false,
  input: z.object({ token: tokenField }),
  async run({ now }, { token }): Promise<AcknowledgeLinkView> {
    const { alert, delivery } = await findByToken(token, now);
    const { timezone } = await readInstallation();
    const shown = { timezone, title: delivery.title, since: toIso(alert.openedAt) };
    if (alert.acknowledgedAt === null) return { ...shown, state: "firing" };
    const [by, at] = [alert.acknowledgedBy ?? "a person", toIso(alert.acknowledgedAt)];
    return { ...shown, state: "acknowledged", by, at };
  },
});

/**
 * Acknowledges the alert of a link on behalf of its reader: the same step as a person's. Used again, it changes nothing.
 * `address` comes from the request, never from the form.
 */
export const acknowledgeLinksUse = defineVerb({
  name: "acknowledgeLinks.use",
  permission: "anyone",
  changes: true,
  input: z.object({ token: tokenField, address: z.string().max(100).nullable().default(null) }),
  async run({ actor, now, audit }, { token, address }): Promise<{ changed: boolean }> {
    const found = await findByToken(token, now);
    const { alert, delivery } = found;
    const { channelName, recipient } = delivery;
    const row = audit("alert", alert.id, alert.title, {
      type: alert.type,
      link: true,
      channel: channelName,
      recipient,
    });
    const whom = recipient ? `sent to ${recipient}` : `in channel ${channelName}`;
    const changed = await acknowledgeAlert(alert.id, actor?.name ?? readerOf(found), {
      ...row,
      ...(actor ? {} : { actorName: `through the link ${whom}`, address }),
    });
    return { changed };
  },
});

/** Who acknowledged, as everybody may read it: addresses are for administrators, who find them in the audit log. */
function readerOf({ delivery, userName }: LinkedAlert): string {
  return userName ? `the link sent to ${userName}` : `the link in channel ${delivery.channelName}`;
}

/** @throws AppError `not_found` for a link that is altered or of an unknown alert, `conflict` for one that is over */
async function findByToken(token: string, now: number): Promise<LinkedAlert> {
  const sent = parseAcknowledgeToken(token);
  const found = sent && (await findLinkedAlert(sent.deliveryId));
  // Before anything else is said: an altered link learns nothing.
  if (!found || !isSignedFor(found.alert.id, sent)) throw new AppError("not_found", SENTENCES.invalid);
  if (sent.expiresAt <= now) throw new AppError("conflict", SENTENCES.expired);
  if (found.alert.status === "resolved") throw new AppError("conflict", SENTENCES.resolved);
  return found;
}
