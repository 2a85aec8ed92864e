import { z } from "zod";
import type { DeliveryLine } from "@/db/queries/deliveries";
import { toIso } from "@/lib/core/clock";
import { DELIVERY_KINDS, ROUTES, SHOWN_STATUSES, shownStatus } from "@/lib/core/delivery";
import { HOLDERS, REASON_CODES, reasonSentence } from "@/lib/core/delivery-reason";
import { SEVERITIES } from "@/lib/core/severity";
import { TONES } from "@/lib/core/tone";
import { providerOf } from "@/lib/providers/registry";
import { eventNameOf } from "@/lib/services/events/visibility";

const time = z.iso.datetime().nullable();

/** A line of the delivery log. */
export const deliveryViewSchema = z.object({
  id: z.string(),
  eventId: z.string(),
  /** Null for the Test of a channel that was not saved. */
  channelId: z.string().nullable(),
  channelName: z.string(),
  provider: z.string(),
  providerLabel: z.string(),
  /** The one mail address this copy goes to; null for the channel itself, and for everyone but administrators. */
  recipient: z.string().nullable(),
  kind: z.enum(DELIVERY_KINDS),
  step: z.int(),
  /** `partial`: some recipients have it, those under `refused` do not. */
  status: z.enum(SHOWN_STATUSES),
  route: z.enum(ROUTES),
  title: z.string(),
  tone: z.enum(TONES),
  severity: z.enum(SEVERITIES),
  alertId: z.string().nullable(),
  attemptCount: z.int(),
  createdAt: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  settledAt: time,
  /** Why it was not sent, or not yet, by code. */
  reasonCode: z.enum(REASON_CODES).nullable(),
  /** The same in one sentence, with the service's own words. */
  reason: z.string().nullable(),
  /** Of several recipients those that the service refused so far; addresses are for administrators. */
  refused: z.array(
    z.object({
      recipient: z.string().nullable(),
      /** The service's own words. */
      reason: z.string(),
      /** The service may take it later. */
      retryable: z.boolean(),
    }),
  ),
  /** What holds it; only that releases it. */
  heldBy: z.enum(HOLDERS).nullable(),
  /** Id of the muted channel, the silence, the quiet hours, the snoozed alert, or the original of this copy. */
  heldById: z.string().nullable(),
  isTest: z.boolean(),
  /** The delivery that carries this one. */
  foldedInto: z.string().nullable(),
  foldedCount: z.int(),
  eventType: z.string(),
  eventName: z.string(),
  jobId: z.string().nullable(),
  runId: z.string().nullable(),
});
export type DeliveryView = z.infer<typeof deliveryViewSchema>;

/** A delivery as the list shows it. */
export function deliveryView(row: DeliveryLine): DeliveryView {
  return {
    id: row.id,
    eventId: row.eventId,
    channelId: row.channelId,
    channelName: row.channelName,
    provider: row.provider,
    providerLabel: providerOf(row.provider)?.label ?? row.provider,
    recipient: row.recipient || null,
    kind: row.kind,
    step: row.step,
    status: shownStatus(row.status, row.refused),
    route: row.route,
    title: row.title,
    tone: row.tone,
    severity: row.severity,
    alertId: row.alertId,
    attemptCount: row.attemptCount,
    createdAt: toIso(row.createdAt),
    dueAt: toIso(row.dueAt),
    settledAt: toIso(row.settledAt),
    reasonCode: row.reasonCode,
    reason: reasonOf(row),
    refused: (row.refused ?? []).map(({ recipient, reason, retryable }) => ({ recipient, reason, retryable })),
    heldBy: row.heldBy,
    heldById: row.heldById,
    isTest: row.isTest || row.kind === "test",
    foldedInto: row.foldedInto,
    foldedCount: row.foldedCount,
    eventType: row.eventType,
    eventName: eventNameOf(row.eventType),
    jobId: row.jobId,
    runId: row.runId,
  };
}

/** Without a code, what is stored speaks for itself. */
function reasonOf({ reason, reasonCode }: DeliveryLine): string | null {
  return reasonCode ? reasonSentence(reasonCode, { serviceText: reason, actorName: reason }) : reason;
}
