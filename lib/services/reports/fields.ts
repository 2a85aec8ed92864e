import { z } from "zod";
import type { ReportSettings } from "@/lib/core/report";
import { timezoneField } from "@/lib/services/users/fields";

const HOUR = "Choose an hour from 0 to 23.";
const DAY = "Choose a day from 1 (Monday) to 7 (Sunday).";

/** Where nothing else is chosen: after the night's backups, before the day begins. */
export const DEFAULT_HOUR = 8;

/** Which reports are sent, and when. Null, or neither of both: none. */
export const reportsField = z
  .object({
    dailyHour: z.int(HOUR).min(0, HOUR).max(23, HOUR).nullable().default(null),
    weeklyDay: z.int(DAY).min(1, DAY).max(7, DAY).nullable().default(null),
    weeklyHour: z.int(HOUR).min(0, HOUR).max(23, HOUR).default(DEFAULT_HOUR),
    /** Blank: the reader's own zone, or the installation's. */
    timezone: z
      .union([z.literal("").transform(() => null), timezoneField])
      .nullable()
      .optional(),
  })
  .nullable()
  .transform((given): ReportSettings | null => {
    if (!given || (given.dailyHour === null && given.weeklyDay === null)) return null;
    const { timezone, ...times } = given;
    return timezone ? { ...times, timezone } : times;
  });
