import { z } from "zod";
import { settingValue, stateValue } from "@/db/queries/dispatch";
import { listRuns } from "@/db/queries/runs";
import { toIso } from "@/lib/core/clock";
import { nextRun } from "@/lib/core/cron/next-run";
import { CONFIG_BACKUP_SETTINGS, type StoredConfigBackup, storedConfigBackup } from "@/lib/jobs/config/settings";
import { runView, runViewSchema } from "@/lib/services/runs/view";

/** How Belfry's own configuration is backed up, as it is answered. */
export const configBackupViewSchema = z.object({
  enabled: z.boolean(),
  schedule: z.object({ cron: z.string(), timezone: z.string() }).nullable(),
  destinationId: z.string().nullable(),
  keepLast: z.int(),
  hasPassphrase: z.boolean(),
  nextRunAt: z.iso.datetime().nullable(),
  lastRun: runViewSchema.nullable(),
});
export type ConfigBackupView = z.infer<typeof configBackupViewSchema>;

interface NextRun {
  cron?: string;
  timezone?: string | null;
  nextRunAt?: number;
}

/** Of a schedule that was changed a moment ago, the scheduler has not stored the next run yet. */
function nextRunOf(schedule: { cron: string; timezone: string | null }, state: NextRun | null): number | null {
  const isStored = state?.cron === schedule.cron && (state.timezone ?? null) === schedule.timezone;
  return isStored && state.nextRunAt !== undefined ? state.nextRunAt : nextRun(schedule, Date.now());
}

export async function configBackupView(): Promise<ConfigBackupView> {
  const [stored, state, runs] = await Promise.all([
    settingValue<StoredConfigBackup>(CONFIG_BACKUP_SETTINGS),
    stateValue<NextRun>("config-backup-state"),
    listRuns({ kind: "config_backup", limit: 1 }),
  ]);
  const { enabled, cron, timezone, destinationId, keepLast } = storedConfigBackup(stored);
  const [last] = runs;
  return {
    enabled,
    schedule: cron === null ? null : { cron, timezone: timezone ?? "UTC" },
    destinationId,
    keepLast,
    hasPassphrase: Boolean(stored?.secrets),
    nextRunAt: enabled && cron !== null ? toIso(nextRunOf({ cron, timezone }, state)) : null,
    lastRun: last ? runView(last) : null,
  };
}
