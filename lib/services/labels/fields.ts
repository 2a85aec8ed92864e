import { z } from "zod";
import { isLabelKey, MAX_LABEL_KEY, MAX_LABEL_VALUE, MAX_LABELS, parseLabel } from "@/lib/core/label";
import { limitedRecord } from "@/lib/core/limited-record";

/** The key of a label. */
export const labelKeyField = z
  .string()
  .max(MAX_LABEL_KEY, "At most 63 characters in a key.")
  .refine(
    isLabelKey,
    "A key has lower-case letters, digits, “_”, “.” and “-” only, and begins with a letter or a digit.",
  );

/** The value of a label: one line. */
export const labelValueField = z
  .string()
  .trim()
  .min(1, "Enter a value.")
  .max(MAX_LABEL_VALUE, "At most 100 characters in a value.")
  .refine((text) => !/\p{Cc}/u.test(text), "A value is one line.");

/** All labels of one thing: those that are left out are removed. */
export const labelsField = limitedRecord(labelKeyField, labelValueField, MAX_LABELS);

export const labelsView = z.record(z.string(), z.string());

/** Narrows a list to what has a label: `key:value`, or `key` with any value. */
export const labelFilterField = z
  .string()
  .max(MAX_LABEL_KEY + 1 + MAX_LABEL_VALUE, "This is not a label.")
  .transform((text, context) => {
    const filter = parseLabel(text);
    if (filter) return filter;
    context.addIssue({ code: "custom", message: "Write a label as key:value, or its key alone." });
    return z.NEVER;
  });
