import { z } from "zod";
import type { AlertRow } from "@/db/queries/alerts";
import { ALERT_RESOLUTIONS, ALERT_STATUSES } from "@/lib/core/alert";
import { toIso } from "@/lib/core/clock";
import { SUBJECT_KINDS } from "@/lib/core/event";
import { SEVERITIES } from "@/lib/core/severity";
import { TONES } from "@/lib/core/tone";
import { eventNameOf } from "@/lib/services/events/visibility";

/** An alert in answers. */
export const alertViewSchema = z.object({
  id: z.string(),
  type: z.string(),
  typeName: z.string(),
  dedupKey: z.string(),
  status: z.enum(ALERT_STATUSES),
  subject: z.object({ kind: z.enum(SUBJECT_KINDS), id: z.string(), name: z.string() }),
  tone: z.enum(TONES),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  message: z.string(),
  count: z.int(),
  openedAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  resolvedAt: z.iso.datetime().nullable(),
  resolution: z.enum(ALERT_RESOLUTIONS).nullable(),
  /** The person, or the name of the event, that resolved it; null when its subject was removed or disabled. */
  resolvedBy: z.string().nullable(),
  /** Names of the channels that were notified. */
  notified: z.array(z.string()),
});
export type AlertView = z.infer<typeof alertViewSchema>;

/** @param notified names of the channels that were notified */
export function alertView(row: AlertRow, notified: string[]): AlertView {
  return {
    id: row.id,
    type: row.type,
    typeName: eventNameOf(row.type),
    dedupKey: row.dedupKey,
    status: row.status,
    subject: { kind: row.subjectKind, id: row.subjectId, name: row.subjectName },
    tone: row.tone,
    severity: row.severity,
    title: row.title,
    message: row.message,
    count: row.count,
    openedAt: toIso(row.openedAt),
    lastAt: toIso(row.lastAt),
    resolvedAt: toIso(row.resolvedAt),
    resolution: row.resolution,
    resolvedBy: row.resolvedBy,
    notified,
  };
}
