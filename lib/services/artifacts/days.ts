import { z } from "zod";
import { backupsByQuarter } from "@/db/queries/artifacts";
import { settingValue } from "@/db/queries/dispatch";
import { clientsOf } from "@/lib/auth/access/actor";
import { GENERAL_SETTINGS } from "@/lib/dispatch/send/installation";
import { dayNames } from "@/lib/services/calendar-day";
import { idField, searchOf } from "@/lib/services/page";
import { generalSettings } from "@/lib/services/settings/general";
import { defineVerb } from "@/lib/services/verb";
import { hiddenBackupJobs } from "./find";

const DAY_MS = 86_400_000;

export const backupDaysSchema = z.object({
  /** `2026-11` */
  month: z.string(),
  /** The days of the month on the reader's calendar that have backups of jobs, the first one first. */
  days: z.array(
    z.object({
      day: z.iso.date(),
      /** Each counted once, however many copies it has. */
      backups: z.int(),
      /** Those of which a copy is suspect or damaged. */
      suspect: z.int(),
    }),
  ),
});

export type BackupDays = z.infer<typeof backupDaysSchema>;

/** On which days of a month backups were stored that can still be restored. */
export const artifactsDays = defineVerb({
  name: "artifacts.days",
  permission: "viewer",
  changes: false,
  input: z.object({
    month: z
      .string()
      .max(7, "Enter a month as year and number, such as 2026-11.")
      .regex(/^(?:19[7-9]\d|2\d{3})-(?:0[1-9]|1[0-2])$/, "Enter a month as year and number, such as 2026-11.")
      .optional()
      .meta({ description: "`2026-11`; by default the one that is now" }),
    jobId: idField.optional(),
  }),
  async run({ actor, now }, { month, jobId }): Promise<BackupDays> {
    const general = generalSettings(await settingValue(GENERAL_SETTINGS));
    const dayOf = dayNames((actor.kind === "user" && actor.timezone) || general.timezone);
    const shown = month ?? dayOf(now).slice(0, 7);
    const days = new Map<string, { day: string; backups: number; suspect: number }>();
    for (const { at, backups, suspect } of await backupsByQuarter({
      span: spanOf(shown),
      jobId,
      hiddenJobs: await hiddenBackupJobs(actor),
      clientIds: clientsOf(actor),
    })) {
      const day = dayOf(at);
      if (!day.startsWith(shown)) continue;
      const counted = days.get(day) ?? { day, backups: 0, suspect: 0 };
      days.set(day, { day, backups: counted.backups + backups, suspect: counted.suspect + suspect });
    }
    return { month: shown, days: [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)) };
  },
});

/** The ids of a month in every time zone. */
function spanOf(month: string) {
  const [year = 0, number = 0] = month.split("-").map(Number);
  const iso = (at: number) => new Date(at).toISOString();
  const from = iso(Math.max(0, Date.UTC(year, number - 1) - DAY_MS));
  return searchOf("art", { from, until: iso(Date.UTC(year, number) + DAY_MS) }).span;
}
