import { z } from "zod";
import { channelById } from "@/db/queries/channels";
import { toIso } from "@/lib/core/clock";
import { DELIVERY_STATUSES } from "@/lib/core/delivery";
import { quotesService, REASON_CODES, reasonSentence } from "@/lib/core/delivery-reason";
import { AppError } from "@/lib/core/errors";
import { SYSTEM_MAIL_ID, SYSTEM_MAIL_NAME } from "@/lib/core/system-mail";
import { RECOVER_WAYS, recoverChannel } from "@/lib/dispatch/send/recover-channel";
import { eventNameOf } from "@/lib/services/events/visibility";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

export const recoveredSchema = z.object({
  /** Notifications that are sent again. */
  count: z.int(),
  /** Messages that carry them. */
  messages: z.int(),
  /** Lost ones beyond the 5,000 of one call: call it again. */
  left: z.int(),
  /** Alerts among them that are still open. */
  open: z.int(),
  /** Whether nothing was sent. */
  dryRun: z.boolean(),
  /** All that are lost, by how they ended and why. */
  byReason: z.array(
    z.object({
      status: z.enum(DELIVERY_STATUSES),
      reasonCode: z.enum(REASON_CODES as [string, ...string[]]).nullable(),
      reason: z.string(),
      count: z.int(),
    }),
  ),
  /** The first of those that are sent again. */
  items: z.array(
    z.object({
      id: z.string(),
      eventType: z.string(),
      eventName: z.string(),
      title: z.string(),
      createdAt: z.iso.datetime(),
    }),
  ),
});
export type RecoveredView = z.infer<typeof recoveredSchema>;

/** Sends again what a channel has lost since a time. */
export const channelsRecover = defineVerb({
  name: "channels.recover",
  permission: "operator",
  changes: true,
  input: z.object({
    id: idField,
    /** Dead or canceled since then. */
    since: z.iso.datetime({ offset: true, error: "Enter a time, as in 2026-03-05T14:00:00Z." }).max(40),
    /** `each`: one by one. `summary`: as few messages as possible. `open`: the newest about each alert that is still open. */
    as: z.enum(RECOVER_WAYS),
    /** Also what a person canceled. */
    includeCanceled: z.boolean().optional(),
    /** Sends nothing, and answers what would be sent. */
    dryRun: z.boolean().optional(),
  }),
  async run({ audit }, { id, since, as, includeCanceled = false, dryRun = false }): Promise<RecoveredView> {
    const name = id === SYSTEM_MAIL_ID ? SYSTEM_MAIL_NAME : (await channelById(id))?.name;
    if (name === undefined) throw new AppError("not_found", "There is no such channel.");
    const request = { channelId: id, since: Date.parse(since), as, includesCanceled: includeCanceled };
    const row = dryRun ? null : audit("channel", id, name, { since, as, includeCanceled });
    const { byReason, first, ...numbers } = await recoverChannel(request, row);
    return {
      ...numbers,
      dryRun,
      byReason: byReason.map((one) => ({ ...one, reason: sentenceOf(one) })),
      items: first.map(({ id, eventType, title, createdAt }) => ({
        id,
        eventType,
        eventName: eventNameOf(eventType),
        title,
        createdAt: toIso(createdAt),
      })),
    };
  },
});

/** Without the service's words, which differ from one to the next. */
function sentenceOf({
  status,
  reasonCode,
}: {
  status: string;
  reasonCode: Parameters<typeof reasonSentence>[0] | null;
}) {
  if (reasonCode !== null) return reasonSentence(reasonCode);
  return quotesService(reasonCode) && status === "dead" ? "The notification was rejected." : "It was not sent.";
}
