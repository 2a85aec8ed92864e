import { z } from "zod";
import { settingValue, stateValue } from "@/db/queries/dispatch";
import { queuedConfigBackups } from "@/db/queries/runs";
import { takeConfigBackup, takeLateConfigBackupChange } from "@/db/stores/config-backup";
import { cancelMissedRunChange } from "@/db/stores/settle-run";
import { nextRun, type Schedule, slotsBetween } from "@/lib/core/cron/next-run";
import type { EventDraft } from "@/lib/core/event";
import { newId } from "@/lib/core/id";
import { emit } from "@/lib/dispatch/emit";
import { configBackupMissed } from "@/lib/events/config-backup-missed";
import { INSTALLATION_SUBJECT } from "@/lib/events/subjects";

/** A slot this late is still on time: a restart is no outage. */
const ON_TIME_MS = 60_000;
/** How long it may wait for its turn before that is reported. */
const GRACE_MINUTES = 360;

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
 * Queues the configuration backup when it is due. One that came due while Belfry was down is reported as missed, and made afterwards; so is one
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
  const due = { dueAt, next: { cron, timezone, nextRunAt }, runId: newId("run"), destinationId, now };
  if (dueAt === null || isWrong || now - dueAt <= ON_TIME_MS) await takeConfigBackup(due);
  else await emit(missedDraft({ cron, timezone }, dueAt, now), takeLateConfigBackupChange(due));
  return isWrong;
}

/** Cancels a queued configuration backup that did not get its turn in time, and reports it as missed. */
export async function endGraceOfConfigBackup(now: number): Promise<void> {
  for (const { id, dueAt } of await queuedConfigBackups()) {
    if (dueAt === null || now < dueAt + GRACE_MINUTES * 60_000) continue;
    const reason = "Other runs were running, and it did not get its turn.";
    const missed = { count: 1, firstDueAt: dueAt, lastDueAt: dueAt, graceMinutes: GRACE_MINUTES, reason };
    const draft = configBackupMissed.draft({ subject: INSTALLATION_SUBJECT, data: { missed } });
    await emit(draft, cancelMissedRunChange(id, now, `Waited too long: ${reason}`));
  }
}

/** Dated at the end of the first slot's grace: the downtime counts from there. */
function missedDraft(schedule: Schedule, dueAt: number, now: number): EventDraft {
  const { count, last } = slotsBetween(schedule, dueAt, now);
  const reason = "Belfry was not running then; it is made now.";
  return configBackupMissed.draft({
    subject: INSTALLATION_SUBJECT,
    at: Math.min(now, dueAt + ON_TIME_MS),
    data: { missed: { count, firstDueAt: dueAt, lastDueAt: last, graceMinutes: 1, reason } },
  });
}
