import { z } from "zod";
import { alertsAcknowledge } from "@/lib/services/alerts/acknowledge";
import { alertsList } from "@/lib/services/alerts/list";
import { alertsReachedNobody, reachedNobodySchema } from "@/lib/services/alerts/reached-nobody";
import { alertsResolve } from "@/lib/services/alerts/resolve";
import { alertViewSchema } from "@/lib/services/alerts/view";
import { deliveriesCancel } from "@/lib/services/deliveries/cancel";
import { deliveriesGet, deliveryDetailSchema } from "@/lib/services/deliveries/get";
import { deliveriesList } from "@/lib/services/deliveries/list";
import { deliveriesResend } from "@/lib/services/deliveries/resend";
import { deliveryViewSchema } from "@/lib/services/deliveries/view";
import { eventsGet } from "@/lib/services/events/get";
import { eventsList } from "@/lib/services/events/list";
import { eventTypes } from "@/lib/services/events/types";
import { eventViewSchema } from "@/lib/services/events/view";
import { notifyInput, notifySend } from "@/lib/services/notify/send";
import { reportPreviewSchema, reportsPreview } from "@/lib/services/reports/preview";
import { reportSentSchema, reportsSend } from "@/lib/services/reports/send";
import * as answers from "../answers";
import { type Operation, operation as op, pageSchema } from "../operation";

const deliveryMoved = z.object({ id: z.string(), status: z.enum(["pending", "canceled"]) });

/** Events, deliveries, alerts and reports. */
export const notificationOperations: readonly Operation[] = [
  op("GET /deliveries", deliveriesList, {
    summary: "Read the delivery log, newest first",
    answer: pageSchema(deliveryViewSchema),
  }),
  op("GET /deliveries/{id}", deliveriesGet, {
    summary: "Read a delivery with attempts, payload and answers",
    answer: deliveryDetailSchema,
  }),
  op("POST /deliveries/{id}/resend", deliveriesResend, {
    refusals: ["conflict"],
    summary: "Send a delivery again",
    answer: deliveryMoved,
  }),
  op("POST /deliveries/{id}/cancel", deliveriesCancel, {
    refusals: ["conflict"],
    summary: "Cancel a delivery that is still waiting",
    answer: deliveryMoved,
  }),
  op("GET /alerts", alertsList, { summary: "List alerts, open and resolved", answer: pageSchema(alertViewSchema) }),
  op("GET /alerts/reached-nobody", alertsReachedNobody, {
    summary: "Read how many open alerts no channel has taken, nor any fallback channel",
    answer: reachedNobodySchema,
  }),
  op("POST /alerts/{id}/acknowledge", alertsAcknowledge, {
    refusals: ["conflict"],
    summary: "Acknowledge an alert: it stays open, its reminders end",
    answer: alertViewSchema,
  }),
  op("POST /alerts/{id}/resolve", alertsResolve, {
    refusals: ["conflict"],
    summary: "Resolve an alert",
    answer: alertViewSchema,
  }),
  op("GET /events", eventsList, { summary: "List events, newest first", answer: pageSchema(eventViewSchema) }),
  op("GET /events/{id}", eventsGet, { summary: "Read an event", answer: eventViewSchema }),
  op("GET /event-types", eventTypes, {
    summary: "List the event types that channels may subscribe to",
    answer: z.array(answers.eventTypeAnswer),
  }),
  op("POST /reports/preview", reportsPreview, {
    refusals: ["forbidden", "not_found"],
    summary: "Preview the report of the last day or week, without sending it",
    answer: reportPreviewSchema,
  }),
  op("POST /reports/send", reportsSend, {
    refusals: ["forbidden", "not_found", "delivery_failed"],
    summary: "Send the report of the last day or week now",
    answer: reportSentSchema,
  }),
  op("POST /notify", notifySend, {
    refusals: ["conflict"],
    summary: "Send a notification of your own",
    status: 202,
    answer: answers.notifyAnswer,
    body: notifyInput,
    isMachineRoute: true,
  }),
];
