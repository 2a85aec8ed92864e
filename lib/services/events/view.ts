import { z } from "zod";
import type { EventRow } from "@/db/queries/events";
import { toIso } from "@/lib/core/clock";
import { SUBJECT_KINDS } from "@/lib/core/event";
import { SEVERITIES } from "@/lib/core/severity";
import { TONES } from "@/lib/core/tone";

/** An event in answers. */
export const eventViewSchema = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  at: z.iso.datetime(),
  subject: z.object({ kind: z.enum(SUBJECT_KINDS), id: z.string(), name: z.string() }),
  tone: z.enum(TONES),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  message: z.string(),
  alertId: z.string().nullable(),
  jobId: z.string().nullable(),
  runId: z.string().nullable(),
  /** Number of its deliveries. */
  deliveries: z.int(),
});
export type EventView = z.infer<typeof eventViewSchema>;

export function eventView(row: EventRow, deliveries: number): EventView {
  const { title, message, typeName } = row.notification;
  return {
    id: row.id,
    type: row.type,
    name: typeName,
    at: toIso(row.at),
    subject: { kind: row.subjectKind, id: row.subjectId, name: row.subjectName },
    tone: row.tone,
    severity: row.severity,
    title,
    message,
    alertId: row.alertId,
    jobId: row.jobId,
    runId: row.runId,
    deliveries,
  };
}
