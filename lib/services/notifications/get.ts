import { z } from "zod";
import { findAlert } from "@/db/queries/alerts";
import { findEvent } from "@/db/queries/events";
import { ALERT_RESOLUTIONS } from "@/lib/core/alert";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireEntry } from "./find";
import { timelineOfAlert, timelineOfEvent, timelineStepSchema } from "./timeline";
import { entryView, entryViewSchema } from "./view";

const time = z.iso.datetime().nullable();

/** An entry with everything that happened to it. */
export const entryDetailSchema = entryViewSchema.extend({
  acknowledgedAt: time,
  acknowledgedBy: z.string().nullable(),
  snoozedBy: z.string().nullable(),
  resolvedAt: time,
  resolution: z.enum(ALERT_RESOLUTIONS).nullable(),
  /** The person, or the name of the event, that resolved it. */
  resolvedBy: z.string().nullable(),
  jobId: z.string().nullable(),
  timeline: z.array(timelineStepSchema),
  /** Occurrences that the timeline leaves out: between the first and the latest. */
  omittedOccurrences: z.int(),
});
export type EntryDetail = z.infer<typeof entryDetailSchema>;

/** One entry of the inbox with its timeline. */
export const notificationsGet = defineVerb({
  name: "notifications.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ actor, now }, { id }): Promise<EntryDetail> {
    const view = entryView(await requireEntry(actor, id), now);
    const [alert, event] = await Promise.all([findAlert(id), view.kind === "event" ? findEvent(id) : null]);
    const found = alert ? await timelineOfAlert(alert) : event ? await timelineOfEvent(event) : null;
    if (!found) throw new AppError("not_found", "There is no such notification.");
    const { subject } = view;
    return {
      ...view,
      acknowledgedAt: toIso(alert?.acknowledgedAt ?? null),
      acknowledgedBy: alert?.acknowledgedBy ?? null,
      snoozedBy: view.snoozedUntil === null ? null : (alert?.snoozedBy ?? null),
      resolvedAt: toIso(alert?.resolvedAt ?? null),
      resolution: alert?.resolution ?? null,
      resolvedBy: alert?.resolvedBy ?? null,
      jobId: event?.jobId ?? (subject.kind === "job" ? subject.id : null),
      timeline: found.timeline,
      omittedOccurrences: found.omitted,
    };
  },
});
