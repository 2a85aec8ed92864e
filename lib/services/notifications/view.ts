import { z } from "zod";
import type { InboxEntry } from "@/db/queries/inbox";
import { toIso } from "@/lib/core/clock";
import { SUBJECT_KINDS } from "@/lib/core/event";
import { ENTRY_STATUSES, type EntryStatus } from "@/lib/core/inbox";
import { SEVERITIES } from "@/lib/core/severity";
import { TONES } from "@/lib/core/tone";
import { eventNameOf } from "@/lib/services/events/visibility";

/** An entry of the inbox in answers. */
export const entryViewSchema = z.object({
  id: z.string(),
  /** An alert can be acknowledged, resolved and snoozed; an event is over. */
  kind: z.enum(["alert", "event"]),
  type: z.string(),
  typeName: z.string(),
  title: z.string(),
  message: z.string(),
  subject: z.object({ kind: z.enum(SUBJECT_KINDS), id: z.string(), name: z.string() }),
  /** The machine that it is about. */
  client: z.object({ id: z.string(), name: z.string() }).nullable(),
  severity: z.enum(SEVERITIES),
  tone: z.enum(TONES),
  occurrences: z.int(),
  firstOccurredAt: z.iso.datetime(),
  lastOccurredAt: z.iso.datetime(),
  /** For the caller: `read` is what nobody acknowledged and the caller has read. */
  status: z.enum(ENTRY_STATUSES),
  isRead: z.boolean(),
  /** Null when it is not snoozed. */
  snoozedUntil: z.iso.datetime().nullable(),
  /** Where to read on, as a path in the console. */
  link: z.string(),
});
export type EntryView = z.infer<typeof entryViewSchema>;

export function statusOf({ alertStatus, isRead }: Pick<InboxEntry, "alertStatus" | "isRead">): EntryStatus {
  if (alertStatus === "resolved" || alertStatus === "acknowledged") return alertStatus;
  return isRead ? "read" : "new";
}

/** @param now milliseconds */
export function entryView(entry: InboxEntry, now: number): EntryView {
  const { id, type, alertStatus, snoozedUntil } = entry;
  const isSnoozed = alertStatus !== "resolved" && snoozedUntil !== null && snoozedUntil > now;
  return {
    id,
    kind: alertStatus === null ? "event" : "alert",
    type,
    typeName: eventNameOf(type),
    title: entry.title,
    message: entry.message,
    subject: { kind: entry.subjectKind, id: entry.subjectId, name: entry.subjectName },
    client: entry.subjectKind === "client" ? { id: entry.subjectId, name: entry.subjectName } : null,
    severity: entry.severity,
    tone: entry.tone,
    occurrences: entry.count,
    firstOccurredAt: toIso(entry.firstAt),
    lastOccurredAt: toIso(entry.lastAt),
    status: statusOf(entry),
    isRead: entry.isRead,
    snoozedUntil: isSnoozed ? toIso(snoozedUntil) : null,
    link: entry.link ?? `/notifications/${id}`,
  };
}
