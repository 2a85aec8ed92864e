import { z } from "zod";
import { SEVERITIES } from "@/lib/core/severity";
import { notificationsAcknowledge } from "@/lib/services/notifications/acknowledge";
import { entryDetailSchema, notificationsGet } from "@/lib/services/notifications/get";
import { notificationsList } from "@/lib/services/notifications/list";
import { notificationsRead } from "@/lib/services/notifications/read";
import { notificationsReadAll } from "@/lib/services/notifications/read-all";
import { notificationsResolve } from "@/lib/services/notifications/resolve";
import { notificationsSnooze } from "@/lib/services/notifications/snooze";
import { notificationsUnread } from "@/lib/services/notifications/unread";
import { entryViewSchema } from "@/lib/services/notifications/view";
import { inboxPreferencesSchema } from "@/lib/services/profile/inbox";
import { type Operation, operation as op } from "../operation";

/** The worst severity among the open alerts that the caller sees and that are not snoozed; null for none. */
const worst = z.enum(SEVERITIES).nullable();

const inboxPage = z.object({
  items: z.array(entryViewSchema),
  nextCursor: z.string().nullable(),
  /** What the caller's badge shows, counted up to 1,000. */
  unread: z.int(),
  worst,
});

/** The inbox: alerts, and events that touched none, each as its reader has it. */
export const inboxOperations: readonly Operation[] = [
  op("GET /notifications", notificationsList, {
    summary: "Read the inbox: open alerts, then events, then resolved alerts",
    answer: inboxPage,
  }),
  op("GET /notifications/unread", notificationsUnread, {
    summary: "Count what is unread, not resolved and not snoozed",
    answer: z.object({ unread: z.int(), worst, preferences: inboxPreferencesSchema }),
  }),
  op("POST /notifications/read-all", notificationsReadAll, {
    summary: "Mark everything as read, for the caller",
    answer: z.object({ unread: z.int() }),
  }),
  op("GET /notifications/{id}", notificationsGet, {
    summary: "Read an entry of the inbox with its timeline",
    answer: entryDetailSchema,
  }),
  op("POST /notifications/{id}/read", notificationsRead, {
    summary: "Mark an entry as read, for the caller",
    answer: entryViewSchema,
  }),
  op("POST /notifications/{id}/acknowledge", notificationsAcknowledge, {
    refusals: ["conflict"],
    summary: "Acknowledge an alert for everybody: it stays open, its reminders end",
    answer: entryViewSchema,
  }),
  op("POST /notifications/{id}/resolve", notificationsResolve, {
    refusals: ["conflict"],
    summary: "Resolve an alert for everybody, without a recovery",
    answer: entryViewSchema,
  }),
  op("POST /notifications/{id}/snooze", notificationsSnooze, {
    refusals: ["conflict"],
    summary: "Snooze an alert for everybody until a time, or end that",
    answer: entryViewSchema,
  }),
];
