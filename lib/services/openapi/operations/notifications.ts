import { z } from "zod";
import { alertsAcknowledge } from "@/lib/services/alerts/acknowledge";
import { alertsList } from "@/lib/services/alerts/list";
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
import * as answers from "../answers";
import { listOf, type Operation, operation as op } from "../operation";

const moved = z.object({ id: z.string(), status: z.enum(["pending", "canceled"]) });

/** What happened, who was told, and what of it is still open. */
export const notifications: readonly Operation[] = [
  op("GET /deliveries", deliveriesList, {
    summary: "Read the delivery log, newest first",
    answer: listOf(deliveryViewSchema),
  }),
  op("GET /deliveries/{id}", deliveriesGet, {
    summary: "Read a delivery with attempts, payload and answers",
    answer: deliveryDetailSchema,
  }),
  op("POST /deliveries/{id}/resend", deliveriesResend, { summary: "Send a delivery again", answer: moved }),
  op("POST /deliveries/{id}/cancel", deliveriesCancel, {
    summary: "Cancel a delivery that still waits",
    answer: moved,
  }),
  op("GET /alerts", alertsList, { summary: "List problems, open and resolved", answer: listOf(alertViewSchema) }),
  op("POST /alerts/{id}/acknowledge", alertsAcknowledge, {
    summary: "Say that somebody takes care of a problem",
    answer: alertViewSchema,
  }),
  op("POST /alerts/{id}/resolve", alertsResolve, { summary: "Say that a problem is over", answer: alertViewSchema }),
  op("GET /events", eventsList, { summary: "List what happened, newest first", answer: listOf(eventViewSchema) }),
  op("GET /events/{id}", eventsGet, { summary: "Read an event", answer: eventViewSchema }),
  op("GET /event-types", eventTypes, { summary: "List what can happen", answer: z.array(answers.eventType) }),
  op("POST /notify", notifySend, {
    summary: "Tell something of your own",
    status: 202,
    answer: answers.notified,
    body: notifyInput,
    isMachineRoute: true,
  }),
];
