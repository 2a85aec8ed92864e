import { z } from "zod";
import { attemptsOf, carriedBy, deliveryById, ruleOfDelivery } from "@/db/queries/deliveries";
import { toIso } from "@/lib/core/clock";
import { ATTEMPT_OUTCOMES } from "@/lib/core/delivery";
import { AppError } from "@/lib/core/errors";
import { CONDITIONS } from "@/lib/core/job";
import type { Notification } from "@/lib/core/notification";
import { SEVERITIES } from "@/lib/core/severity";
import { TONES } from "@/lib/core/tone";
import { eventNameOf, hiddenTypes } from "@/lib/services/events/visibility";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { routeText } from "./route-text";
import { deliveryView, deliveryViewSchema } from "./view";

const notificationView = z.object({
  type: z.string(),
  typeName: z.string(),
  tone: z.enum(TONES),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  message: z.string(),
  fields: z.array(z.object({ label: z.string(), value: z.string(), short: z.boolean().optional() })),
  times: z.array(z.object({ label: z.string(), at: z.iso.datetime() })),
  link: z.object({ label: z.string(), url: z.string() }).nullable(),
  at: z.iso.datetime(),
  status: z.enum(["firing", "acknowledged", "resolved"]).nullable(),
});

/** One delivery with its attempts, payload and answers. */
export const deliveryDetailSchema = deliveryViewSchema.extend({
  /** Why it was sent through this channel. */
  routeText: z.string(),
  /** Of the rule that led there; null when no rule did, or the rule was removed. */
  ruleCondition: z.enum(CONDITIONS).nullable(),
  /** The profile that the rule is of; null for a job's own. */
  ruleProfile: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** The text as every channel gets it. */
  notification: notificationView,
  /** What was sent, secrets redacted; null before the first attempt, and for viewers. */
  payload: z.unknown(),
  receipt: z.string().nullable(),
  giveUpAt: z.iso.datetime(),
  /** Deliveries that were folded into this message. */
  carries: z.array(
    z.object({
      id: z.string(),
      eventType: z.string(),
      eventName: z.string(),
      title: z.string(),
      createdAt: z.iso.datetime(),
    }),
  ),
  attempts: z.array(
    z.object({
      number: z.int(),
      at: z.iso.datetime(),
      latencyMs: z.int(),
      outcome: z.enum(ATTEMPT_OUTCOMES),
      /** The service's status, HTTP or SMTP. */
      status: z.int().nullable(),
      error: z.string().nullable(),
      advice: z.string().nullable(),
      answer: z.string().nullable(),
      retryAfterMs: z.int().nullable(),
    }),
  ),
  event: z.object({
    id: z.string(),
    type: z.string(),
    name: z.string(),
    at: z.iso.datetime(),
    jobId: z.string().nullable(),
    runId: z.string().nullable(),
    subjectName: z.string(),
  }),
});
export type DeliveryDetail = z.infer<typeof deliveryDetailSchema>;

export const deliveriesGet = defineVerb({
  name: "deliveries.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ actor }, { id }): Promise<DeliveryDetail> {
    const found = await deliveryById(id);
    if (!found || hiddenTypes(actor).includes(found.event.type)) {
      throw new AppError("not_found", "There is no such delivery.");
    }
    return detailOf(found);
  },
});

type Found = NonNullable<Awaited<ReturnType<typeof deliveryById>>>;

async function detailOf({ delivery, event }: Found): Promise<DeliveryDetail> {
  const [attempts, carried, rule] = await Promise.all([
    attemptsOf(delivery.id),
    carriedBy(delivery),
    delivery.ruleId ? ruleOfDelivery(delivery.ruleId) : null,
  ]);
  const { type, jobId, runId, isTest } = event;
  return {
    ...deliveryView({ ...delivery, eventType: type, jobId, runId, isTest }),
    routeText: routeText(delivery.route, rule),
    ruleCondition: rule?.condition ?? null,
    ruleProfile: rule?.profile ?? null,
    notification: textOf(delivery.notification ?? event.notification),
    payload: delivery.payload ?? null,
    receipt: delivery.receipt,
    giveUpAt: toIso(delivery.giveUpAt),
    carries: carried.map(({ createdAt, ...one }) => ({
      ...one,
      eventName: eventNameOf(one.eventType),
      createdAt: toIso(createdAt),
    })),
    attempts: attempts.map(({ deliveryId: _, at, ...attempt }) => ({ ...attempt, at: toIso(at) })),
    event: {
      id: event.id,
      type,
      name: event.notification.typeName,
      at: toIso(event.at),
      jobId,
      runId,
      subjectName: event.subjectName,
    },
  };
}

function textOf(notification: Notification): DeliveryDetail["notification"] {
  const { type, typeName, tone, severity, title, message, fields, times = [], link, at, status } = notification;
  return {
    type,
    typeName,
    tone,
    severity,
    title,
    message,
    fields,
    times: times.map((time) => ({ label: time.label, at: toIso(time.at) })),
    link: link ?? null,
    at: toIso(at),
    status: status ?? null,
  };
}
