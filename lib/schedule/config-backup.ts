import { z } from "zod";
import { settingValue, stateValue } from "@/db/queries/dispatch";
import { takeConfigBackup } from "@/db/stores/config-backup";
import { nextRun } from "@/lib/core/cron/next-run";
import { newId } from "@/lib/core/id";

const settings = z.object({
  config: z.object({
    enabled: z.literal(true),
    cron: z.string(),
    timezone: z.string().nullable().catch(null),
    destinationId: z.string(),
  }),
});
const state = z.object({ cron: z.string(), timezone: z.string().nullable(), nextRunAt: z.number() });

export const CONFIG_BACKUP_STATE = "config-backup-state";

/**
 * Queues the configuration backup when it is due. One that came due while Belfry was down is made afterwards; so is one
 * whose next time is later than the two next slots of the schedule, because it was dated by a clock that was wrong.
 * @returns whether its next time was wrong
 */
export async function takeDueConfigBackup(now: number): Promise<boolean> {
  const wanted = settings.safeParse(await settingValue("config-backup"));
  if (!wanted.success) return false;
  const { cron, timezone, destinationId } = wanted.data.config;
  const known = state.safeParse(await stateValue(CONFIG_BACKUP_STATE));
  const isKnown = known.success && known.data.cron === cron && known.data.timezone === timezone;
  const nextRunAt = nextRun({ cron, timezone }, now);
  if (nextRunAt === null) return false;
  // The next slot may have been taken before the clock was set back a little.
  const latest = nextRun({ cron, timezone }, nextRunAt) ?? nextRunAt;
  const isWrong = isKnown && known.data.nextRunAt > latest;
  if (isKnown && known.data.nextRunAt > now && !isWrong) return false;
  const dueAt = isKnown ? known.data.nextRunAt : null;
  await takeConfigBackup({ dueAt, next: { cron, timezone, nextRunAt }, runId: newId("run"), destinationId, now });
  return isWrong;
}
