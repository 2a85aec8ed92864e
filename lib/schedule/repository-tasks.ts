import type { RepositoryRow } from "@/db/queries/repositories";
import {
  allRepositorySlots,
  queuedRepositorySlots,
  type RepositorySlotRow,
  scheduledRepositories,
} from "@/db/queries/repository-slots";
import { newRun } from "@/db/stores/new-run";
import {
  correctRepositorySlot,
  putRepositorySlot,
  recordMissedRepositorySlots,
  removeRepositorySlot,
  takeRepositorySlot,
} from "@/db/stores/repository-slots";
import { cancelMissedRunChange } from "@/db/stores/settle-run";
import { nextRun, slotsBetween } from "@/lib/core/cron/next-run";
import type { EventDraft } from "@/lib/core/event";
import { REPOSITORY_TASKS, type RepositoryTask } from "@/lib/core/repository";
import { emit } from "@/lib/dispatch/emit";
import { backupMissed } from "@/lib/events/backup-missed";

/** A slot this late is still on time: a restart is no outage. */
const ON_TIME_MS = 60_000;
/** How long a due task may wait for its turn before that is reported: a check of a large repository takes hours. */
const GRACE_MINUTES = 360;

/**
 * Queues a run for each scheduled check, compact and prune whose slot has come. Slots that passed unnoticed are not run
 * afterwards: one event for each reports them.
 * @param holdsLate the clock leapt a moment ago: slots that are late by it wait until it is known to stay
 */
export async function takeDueRepositoryTasks(now: number, holdsLate: boolean): Promise<void> {
  const known = new Map((await scheduledRepositories()).map((row) => [row.id, row]));
  for (const slot of await followSchedules(known, now)) {
    const repository = known.get(slot.repositoryId);
    const { repositoryId, task, nextAt: dueAt } = slot;
    if (!repository || dueAt > now) continue;
    if (now - dueAt <= ON_TIME_MS) {
      const { name } = repository;
      const run = newRun({ kind: task, repositoryId, name, trigger: "schedule", queuedAt: now, dueAt });
      await takeRepositorySlot({ repositoryId, task, dueAt, nextAt: nextSlot(slot, dueAt) }, run);
    } else if (!holdsLate) {
      const until = now - ON_TIME_MS;
      const reason = "Belfry was not running then.";
      const draft = missedDraft(repository, slot, { dueAt, until, now, graceMinutes: 1, reason });
      const next = nextSlot(slot, until);
      await emit(draft, recordMissedRepositorySlots({ repositoryId, task, dueAt, nextAt: next }));
    }
  }
}

/** Cancels queued runs that did not get their turn in time, and reports them as missed. */
export async function endGraceOfRepositoryTasks(now: number): Promise<void> {
  const late = (await queuedRepositorySlots()).filter((run) => now >= (run.dueAt ?? now) + GRACE_MINUTES * 60_000);
  if (late.length === 0) return;
  const known = new Map((await scheduledRepositories()).map((row) => [row.id, row]));
  const slots = await allRepositorySlots();
  for (const { id, repositoryId, kind, dueAt } of late) {
    const repository = known.get(repositoryId ?? "");
    const slot = slots.find((one) => one.repositoryId === repositoryId && one.task === kind);
    if (!repository || !slot || dueAt === null) continue;
    const reason = "Other runs were running, and it did not get its turn.";
    const until = Math.min(now, slot.nextAt - 1);
    const draft = missedDraft(repository, slot, { dueAt, until, now, graceMinutes: GRACE_MINUTES, reason });
    await emit(draft, cancelMissedRunChange(id, now, `Waited too long: ${reason}`));
  }
}

/** Puts due times that a wrong clock dated back to where the schedules have them. */
export async function correctRepositoryTimes(now: number): Promise<void> {
  for (const slot of await allRepositorySlots()) {
    const { repositoryId, task, nextAt: dueAt } = slot;
    const soonest = nextSlot(slot, now);
    if (soonest === null || dueAt <= soonest) continue;
    // The next slot may have been taken before the clock was set back a little.
    const latest = nextSlot(slot, soonest) ?? soonest;
    if (dueAt > latest) await correctRepositorySlot({ repositoryId, task, dueAt, nextAt: soonest });
  }
}

/** Gives new and changed schedules their first slot, and takes those away that have no schedule any more. */
async function followSchedules(
  known: ReadonlyMap<string, RepositoryRow>,
  now: number,
): Promise<readonly RepositorySlotRow[]> {
  const slots = await allRepositorySlots();
  const kept: RepositorySlotRow[] = [];
  for (const slot of slots) {
    const repository = known.get(slot.repositoryId);
    const isStill =
      repository && cronOf(repository, slot.task) === slot.cron && (repository.timezone ?? "UTC") === slot.timezone;
    if (isStill) kept.push(slot);
    else await removeRepositorySlot(slot);
  }
  for (const repository of known.values()) {
    for (const task of REPOSITORY_TASKS) {
      const cron = cronOf(repository, task);
      if (cron === null || kept.some((slot) => slot.repositoryId === repository.id && slot.task === task)) continue;
      const row = { repositoryId: repository.id, task, cron, timezone: repository.timezone ?? "UTC" };
      const nextAt = nextSlot(row, now);
      if (nextAt === null) continue;
      await putRepositorySlot({ ...row, nextAt });
      kept.push({ ...row, nextAt });
    }
  }
  return kept;
}

function cronOf({ checkCron, compactCron, pruneCron }: RepositoryRow, task: RepositoryTask): string | null {
  return { check: checkCron, compact: compactCron, prune: pruneCron }[task];
}

function missedDraft(
  { id, name }: RepositoryRow,
  { task, ...slot }: RepositorySlotRow,
  missed: { dueAt: number; until: number; now: number; graceMinutes: number; reason: string },
): EventDraft {
  const { dueAt, until, now, graceMinutes, reason } = missed;
  const { count, last } = slotsBetween(scheduleOf(slot), dueAt, until);
  return backupMissed.draft({
    subject: { kind: "repository", id, name },
    at: Math.min(now, dueAt + graceMinutes * 60_000),
    data: { task, missed: { count, firstDueAt: dueAt, lastDueAt: last, graceMinutes, reason } },
  });
}

const scheduleOf = ({ cron, timezone }: Pick<RepositorySlotRow, "cron" | "timezone">) => ({
  cron,
  timezone: timezone ?? "UTC",
});

/** A stored schedule that cannot be read stops its own task only. */
function nextSlot(slot: Pick<RepositorySlotRow, "cron" | "timezone">, after: number): number | null {
  try {
    return nextRun(scheduleOf(slot), after);
  } catch {
    return null;
  }
}
