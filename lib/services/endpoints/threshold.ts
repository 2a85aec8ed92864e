import { z } from "zod";

const percent = z.number().min(1, "At least 1 %.").max(100, "At most 100 %.");
const freeBytes = z.number().int("Enter whole bytes.").min(1, "At least 1 byte.").max(1e15, "At most 1 PB.");

/** When a destination counts as low: from so much use on, or below so many free bytes. */
export const thresholdField = z.union([z.strictObject({ percent }), z.strictObject({ freeBytes })], {
  error: "Enter either {percent} or {freeBytes}.",
});

/** The same in answers. */
export const thresholdView = z.union([z.object({ percent: z.number() }), z.object({ freeBytes: z.number() })]);
