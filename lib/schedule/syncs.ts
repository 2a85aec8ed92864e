import { dueSyncs, queuedSyncSlots, syncsById, waitingSyncs } from "@/db/queries/syncs";
import { newRun } from "@/db/stores/new-run";
import { cancelMissedRunChange } from "@/db/stores/settle-run";
import { correctSyncNextRun, recordMissedSyncSlots, type SyncRow, takeSyncSlot } from "@/db/stores/syncs";
import { nextRun, type Schedule, slotsBetween } from "@/lib/core/cron/next-run";
import type { EventDraft } from "@/lib/core/event";
import { emit } from "@/lib/dispatch/emit";
import { backupMissed } from "@/lib/events/backup-missed";

/** A slot this late is still on time: a restart is no outage. */
const ON_TIME_MS = 60_000;
/** How long a due sync may wait for its turn before that is reported. */
const GRACE_MINUTES = 60;

/**
 * Queues a run for each sync whose slot has come. Slots that passed unnoticed are not run afterwards: one event for each
 * sync reports them.
 * @param holdsLate the clock leapt a moment ago: slots that are late by it wait until it is known to stay
 */
export async function takeDueSyncs(now: number, holdsLate: boolean): Promise<void> {
  for (const sync of await dueSyncs(now)) {
    const { id: syncId, name, nextRunAt: dueAt } = sync;
    if (dueAt === null) continue;
    if (now - dueAt <= ON_TIME_MS) {
      const run = newRun({ kind: "sync", syncId, name, trigger: "schedule", queuedAt: now, dueAt });
      await takeSyncSlot({ syncId, dueAt, nextRunAt: nextSlot(sync, dueAt) }, run);
    } else if (!holdsLate) {
      const until = now - ON_TIME_MS;
      const draft = missedDraft(sync, { dueAt, until, now, graceMinutes: 1, reason: "Belfry was not running then." });
      await emit(draft, recordMissedSyncSlots({ syncId, dueAt, nextRunAt: nextSlot(sync, until) }));
    }
  }
}

/** Cancels queued runs of syncs that did not get their turn in time, and reports them as missed. */
export async function endGraceOfSyncs(now: number): Promise<void> {
  const late = (await queuedSyncSlots()).filter(({ dueAt }) => dueAt !== null && now >= dueAt + GRACE_MINUTES * 60_000);
  if (late.length === 0) return;
  const syncs = await syncsById(late.flatMap(({ syncId }) => syncId ?? []));
  for (const { id, syncId, dueAt } of late) {
    const sync = syncs.get(syncId ?? "");
    if (!sync || dueAt === null) continue;
    const reason = "Other runs were running, and it did not get its turn.";
    const until = Math.min(now, (sync.nextRunAt ?? now + 1) - 1);
    const draft = missedDraft(sync, { dueAt, until, now, graceMinutes: GRACE_MINUTES, reason });
    await emit(draft, cancelMissedRunChange(id, now, `Waited too long: ${reason}`));
  }
}

/** Puts next runs that a wrong clock dated back to where the schedules have them. */
export async function correctSyncTimes(now: number): Promise<void> {
  for (const sync of await waitingSyncs()) {
    const { id: syncId, nextRunAt: dueAt } = sync;
    const soonest = nextSlot(sync, now);
    if (dueAt === null || soonest === null || dueAt <= soonest) continue;
    // The next slot may have been taken before the clock was set back a little.
    const latest = nextSlot(sync, soonest) ?? soonest;
    if (dueAt > latest) await correctSyncNextRun({ syncId, dueAt, nextRunAt: soonest });
  }
}

function missedDraft(
  { id, name, ...sync }: SyncRow,
  missed: { dueAt: number; until: number; now: number; graceMinutes: number; reason: string },
): EventDraft {
  const { dueAt, until, now, graceMinutes, reason } = missed;
  const schedule = scheduleOf(sync);
  const { count, last } = schedule ? slotsBetween(schedule, dueAt, until) : { count: 1, last: dueAt };
  return backupMissed.draft({
    subject: { kind: "sync", id, name },
    at: Math.min(now, dueAt + graceMinutes * 60_000),
    data: { missed: { count, firstDueAt: dueAt, lastDueAt: last, graceMinutes, reason } },
  });
}

function scheduleOf({ cron, timezone }: Pick<SyncRow, "cron" | "timezone">): Schedule | null {
  return cron === null ? null : { cron, timezone };
}

/** A stored schedule that cannot be read stops its own sync only. */
function nextSlot(sync: Pick<SyncRow, "cron" | "timezone">, after: number): number | null {
  const schedule = scheduleOf(sync);
  try {
    return schedule && nextRun(schedule, after);
  } catch {
    return null;
  }
}
