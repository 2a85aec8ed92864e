import { z } from "zod";
import { formatDuration } from "@/lib/core/format-units";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

const HOUR_MS = 3_600_000;

const data = z.object({
  stale: z
    .object({
      /** The destination's own window. */
      hours: z.number(),
      /** Since when it has been waited for a backup, milliseconds. */
      since: z.number(),
      /** Milliseconds; null: it never took one. */
      lastBackupAt: z.number().nullable(),
    })
    .optional(),
});

export const destinationStale = defineEvent({
  type: "destination.stale",
  name: "Missing Backup",
  category: "Storage",
  description: "No new backup reached a destination within the hours that are set for it",
  tone: "warning",
  severity: "warning",
  data,
  audience: "system",
  startsEnabled: true,
  repeat: "first",
  problem: "subject",
  link: ({ subject }) => ({ label: "Open destination", url: `/destinations/${subject.id}` }),
  times: ({ data: { stale } }) => (stale?.lastBackupAt ? [{ label: "Last backup", at: stale.lastBackupAt }] : []),
  text: ({ subject, data: { stale }, status }) => {
    if (status === "resolved") {
      const message = stale
        ? `A new backup was stored at ${subject.name}.`
        : `${subject.name} is no longer watched for missing backups.`;
      return { title: `Backup stored again: ${subject.name}`, message, fields: [] };
    }
    const window = stale && formatDuration(stale.hours * HOUR_MS);
    const before = stale?.lastBackupAt === null ? `${subject.name} has not taken any backup yet. ` : "";
    return {
      title: `Missing Backup: ${subject.name}`,
      message: `${before}No new backup reached ${subject.name}${window ? ` for more than ${window}` : ""}. Check the jobs that store there: their schedules, and whether they are enabled.`,
      fields: fieldList(["Destination", subject.name], ["Expected every", window]),
    };
  },
  sample: (now) => ({
    subject: { kind: "destination", id: "dst_sample", name: "backup disk" },
    data: { stale: { hours: 26, since: now - 97_200_000, lastBackupAt: now - 97_200_000 } },
  }),
});
