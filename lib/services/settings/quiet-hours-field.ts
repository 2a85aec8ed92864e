import { z } from "zod";
import type { QuietHours } from "@/lib/core/quiet-hours";
import { timezoneField } from "@/lib/services/users/fields";

const timeField = z
  .string()
  .max(5)
  .regex(/^([01]?\d|2[0-3]):[0-5]\d$/, "Enter a time such as 22:00.");

/** Quiet hours of a channel or a person; null: none. */
export const quietHoursField = z
  .object({
    from: timeField,
    to: timeField,
    days: z
      .array(z.int().min(1).max(7))
      .min(1, "Choose a day at least.")
      .max(7)
      .transform((days) => [...new Set(days)].sort())
      .optional(),
    timezone: timezoneField.optional(),
    criticalPasses: z.boolean().default(true),
  })
  .transform(({ days, timezone, ...rest }): QuietHours => {
    const isEveryDay = !days || days.length === 7;
    return { ...rest, ...(isEveryDay ? {} : { days }), ...(timezone ? { timezone } : {}) };
  });

/** Quiet hours in answers. */
export const quietHoursView = z.object({
  from: z.string(),
  to: z.string(),
  days: z.array(z.int()).optional(),
  timezone: z.string().optional(),
  criticalPasses: z.boolean(),
});
