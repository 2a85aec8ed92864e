import { hostname } from "node:os";
import { handledSlots, openMissedSlots } from "@/db/queries/handled-slots";
import { jobFacts } from "@/db/queries/job-facts";
import { type StartableJob, waitingJobs } from "@/db/queries/jobs";
import { type CorrectedTimes, correctImpossibleTimes } from "@/db/stores/impossible-times";
import { correctNextRun } from "@/db/stores/slots";
import { pluralize } from "@/lib/core/format-units";
import { loggerOf } from "@/lib/core/logger";
import { LONGEST } from "@/lib/core/longest-times";
import { emit } from "@/lib/dispatch/emit";
import { backupMissed } from "@/lib/events/backup-missed";
import { systemError } from "@/lib/events/system-error";
import { nextSlotOf } from "./slots";

const log = loggerOf("scheduler");

/** The machine's clock, as the subject of what it dated wrongly. */
export const CLOCK = { kind: "component", id: "clock", name: "Clock" } as const;

/** Names of jobs that a message lists. */
const NAMED = 5;

interface ClockFacts {
  /** Whether the next configuration backup was dated wrongly. */
  isConfigBackupWrong: boolean;
  /** Until when this process saw to what came due, before the clock leapt; null when it did not. */
  seenUntil: number | null;
}

interface CorrectedRun {
  job: StartableJob;
  was: number;
}

/**
 * Works out anew every stored time that is later than it can be, and notifies once: of schedules, of channels, of
 * everything that waits. Reports of missed slots that are not due yet are taken back.
 */
export class TimeCorrector {
  /** Corrected, while the event could not be stored: it is with the next check. */
  private unsent: string | null = null;

  /** @returns the jobs whose next run was corrected */
  async correct(now: number, facts: ClockFacts): Promise<Set<string>> {
    const runs = await correctNextRuns(now, facts.seenUntil);
    const others = await correctImpossibleTimes(now);
    const takenBack = await takeBackMissedSlots(now);
    const corrected: CorrectedTimes[] = [
      ...(facts.isConfigBackupWrong
        ? [{ what: ["configuration backup", "configuration backups"] as const, count: 1 }]
        : []),
      ...others,
    ];
    if (runs.length + corrected.length + takenBack > 0) {
      this.unsent = problemText(runs, corrected, takenBack);
      log.warn("corrected stored times that were later than possible", {
        jobs: runs.map(({ job, was }) => ({ jobId: job.id, was })),
        others: corrected.map(({ what, count }) => `${count} ${what[0]}`),
        missedTakenBack: takenBack,
      });
    }
    if (this.unsent !== null) await raiseClockFault(this.unsent, now);
    this.unsent = null;
    return new Set(runs.map(({ job }) => job.id));
  }
}

async function raiseClockFault(error: string, now: number): Promise<void> {
  const advice = "Check the time of this machine, and that a time server keeps it, for example with timedatectl.";
  const data = { error, advice, host: hostname() };
  await emit({ ...systemError.draft({ subject: CLOCK, at: now, data }), status: "firing" });
}

function problemText(runs: CorrectedRun[], others: CorrectedTimes[], takenBack: number): string {
  const names = runs.slice(0, NAMED).map(({ job }) => job.name);
  if (runs.length > NAMED) names.push(`${runs.length - NAMED} more`);
  const parts = [
    ...(runs.length > 0 ? [`the next run of ${pluralize(runs.length, "job")} (${names.join(", ")})`] : []),
    ...others.map(({ what, count }) => `${count} ${count === 1 ? what[0] : what[1]}`),
  ];
  const latest = Math.max(...runs.map(({ was }) => was));
  const until = runs.length > 0 ? `, the latest at ${new Date(latest).toISOString()}` : "";
  const dated = parts.length > 0 ? ` What was dated too late${until}, is corrected: ${parts.join("; ")}.` : "";
  const missed =
    takenBack > 0
      ? ` ${takenBack === 1 ? "A report of missed backups was" : `${takenBack} reports of missed backups were`} taken back: they are not due yet.`
      : "";
  return `The clock of this machine was probably ahead for a while.${dated}${missed}`;
}

/** A next run is no later than the first slot of its schedule that has not been run. */
async function correctNextRuns(now: number, seenUntil: number | null): Promise<CorrectedRun[]> {
  const corrected: CorrectedRun[] = [];
  for (const job of await waitingJobs(now)) {
    const was = job.nextRunAt;
    const soonest = nextSlotOf(job, now);
    if (was === null || soonest === null || was <= soonest) continue;
    const next = await firstOpenSlot(job, now, seenUntil);
    if (next === null || was <= next) continue;
    if (await correctNextRun({ jobId: job.id, dueAt: was, nextRunAt: next })) corrected.push({ job, was });
  }
  return corrected;
}

/**
 * The slot after the last that is known to be run, reported or watched, as far as that lies in the past: so what came
 * due in the meantime is found. Where nothing is known it is the next from now. Slots that were run while the clock was
 * ahead are not run again.
 */
async function firstOpenSlot(job: StartableJob, now: number, seenUntil: number | null): Promise<number | null> {
  const { taken, missedUntil } = await handledSlots(job.id);
  const known = [...taken, ...missedUntil, ...(seenUntil === null ? [] : [seenUntil])].filter((at) => at <= now);
  // A job that was changed since, or enabled, begins there.
  const since = known.length > 0 ? Math.max(...known, Math.min(job.updatedAt, now)) : now;
  const run = new Set(taken);
  let slot = nextSlotOf(job, since);
  while (slot !== null && run.has(slot)) slot = nextSlotOf(job, slot);
  return slot;
}

/** Resolves alerts about slots that lie ahead: they were reported by a clock that was wrong. @returns how many */
async function takeBackMissedSlots(now: number): Promise<number> {
  let count = 0;
  for (const { jobId, name, lastDueAt } of await openMissedSlots()) {
    if (lastDueAt <= now + LONGEST.skew) continue;
    const draft = backupMissed.draft({
      subject: { kind: "job", id: jobId, name },
      at: now,
      data: { ...(await jobFacts(jobId, name)) },
    });
    if (await emit({ ...draft, status: "resolved" })) count++;
  }
  return count;
}
