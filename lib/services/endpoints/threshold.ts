import { z } from "zod";
import { type DestinationWatch, NOTHING_WATCHED } from "@/lib/core/destination-watch";

const percent = z.number().min(1, "At least 1 %.").max(100, "At most 100 %.");
const freeBytes = z.number().int("Enter whole bytes.").min(1, "At least 1 byte.").max(1e15, "At most 1 PB.");

/** When a destination counts as low: from so much use on, or below so many free bytes. */
export const thresholdField = z.union([z.strictObject({ percent }), z.strictObject({ freeBytes })], {
  error: "Enter either {percent} or {freeBytes}.",
});

/** The same in answers. */
export const thresholdView = z.union([z.object({ percent: z.number() }), z.object({ freeBytes: z.number() })]);

const watchShape = {
  missingAfterHours: z.int("Enter whole hours.").min(1, "At least 1 hour.").max(8_760, "At most a year."),
  spikePercent: z.number().min(1, "At least 1 %.").max(100_000, "At most 100000 %."),
  rereadDays: z.int("Enter whole days.").min(1, "At least 1 day.").max(366, "At most a year."),
};

/** What else is watched of a destination; null switches one off, what is not named stays. */
export const watchField = z.strictObject({
  missingAfterHours: watchShape.missingAfterHours.nullable().optional(),
  spikePercent: watchShape.spikePercent.nullable().optional(),
  rereadDays: watchShape.rereadDays.nullable().optional(),
});

/** The same in answers. */
export const watchView = z.object({
  /** Missing Backup: without a new backup for so many hours. */
  missingAfterHours: z.int().nullable(),
  /** Storage Usage Spike: its use changed by so many percent within a day. */
  spikePercent: z.number().nullable(),
  /** Its stored backups are read again every so many days. */
  rereadDays: z.int().nullable(),
});

/** @returns null when nothing is watched */
export function mergeWatch(
  stored: DestinationWatch | null | undefined,
  sent: z.output<typeof watchField>,
): DestinationWatch | null {
  const named = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
  const merged = { ...NOTHING_WATCHED, ...stored, ...named };
  return Object.values(merged).every((value) => value === null) ? null : merged;
}
