import { type ExternalJob, jobsById } from "@/db/queries/jobs";
import { openSignals, reportedRuns, type SaidOfRun, saidOfRuns } from "@/db/queries/signals";
import type { RunRow } from "@/db/stores/runs";
import { countSignals } from "@/db/stores/signals";
import { isAppError, messageOf } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { loggerOf } from "@/lib/core/logger";
import { emit } from "@/lib/dispatch/emit";
import { systemError } from "@/lib/events/system-error";
import { foldSignals, type KnownRun } from "@/lib/receivers/fold";
import { canPass } from "../until-stored";
import { applyStep, type FoldedJob } from "./apply-step";

const log = loggerOf("signals");

/** What counts the reports of other programs, as the subject of its own errors. */
const REPORTS = { kind: "component", id: "reports", name: "Reports" } as const;

/** Signals of one look; of more the rest is looked at right after. */
const AT_ONCE = 2_000;
/** Jobs whose runs are written at the same time: their commits are joined. */
const JOBS_AT_ONCE = 32;

type OpenSignal = Awaited<ReturnType<typeof openSignals>>[number];

/** What a look at the open signals left. */
export interface CountedSignals {
  /** When an end that waits for more is due, milliseconds; null: none waits. */
  wakeAt: number | null;
  /** There are more than one look takes. */
  hasMore: boolean;
}

/**
 * Counts what other programs said towards runs: begins them, ends them with their events, attaches what else was said. Each step is
 * one transaction together with the signals that it counts, so that a crash at any moment counts none twice and none never.
 * @param now milliseconds
 */
export async function countOpenSignals(now: number): Promise<CountedSignals> {
  const open = await openSignals(AT_ONCE);
  if (open.length === 0) return { wakeAt: null, hasMore: false };
  const byJob = grouped(open, ({ jobId }) => jobId);
  const ids = [...byJob.keys()];
  const [jobs, runs] = await Promise.all([jobsById(ids), reportedRuns(ids)]);
  const said = grouped(await saidOfRuns(runs.map(({ id }) => id)), ({ runId }) => runId);
  const runsByJob = grouped(runs, ({ jobId }) => jobId);
  let wakeAt: number | null = null;
  const works = [...byJob].map(([jobId, signals]) => async () => {
    const job = jobs.get(jobId);
    if (job?.kind !== "external")
      return await countSignals(
        signals.map(({ id }) => id),
        null,
        now,
      );
    const rows = runsByJob.get(jobId) ?? [];
    try {
      const wanted = await countOfJob(job, rows, signals, said, now);
      if (wanted !== null) wakeAt = Math.min(wakeAt ?? wanted, wanted);
    } catch (error) {
      await passOver(job, signals, error, now);
    }
  });
  while (works.length > 0) {
    const results = await Promise.allSettled(works.splice(0, JOBS_AT_ONCE).map((work) => work()));
    for (const result of results) if (result.status === "rejected") reportPassing(result.reason);
  }
  return { wakeAt, hasMore: open.length === AT_ONCE };
}

/**
 * Signals that cannot be counted because of a defect are given up, and somebody is notified of that: left open they would keep the
 * job from ever being missed, and nobody would hear of it.
 */
async function passOver(job: ExternalJob, signals: readonly OpenSignal[], error: unknown, now: number): Promise<void> {
  const isOvertaken = isAppError(error) && error.code === "conflict";
  if (isOvertaken || canPass(error)) return reportPassing(error);
  log.error("failed to count what a program reported because of a defect", { jobId: job.id, error });
  const states = [...new Set(signals.map(({ state }) => state))].join(", ");
  await emit(
    systemError.draft({
      subject: REPORTS,
      data: {
        error: `What was reported about ${job.name} (${states}) could not be counted: ${messageOf(error)}`,
        advice: "Look at what the program itself says of that run. This is a defect of Belfry: please report it.",
      },
    }),
  );
  for (const { id } of signals) await countSignals([id], null, now).catch(reportPassing);
}

function reportPassing(error: unknown): void {
  log.info("could not count what a program reported, trying again", { error: messageOf(error) });
}

async function countOfJob(
  job: ExternalJob,
  rows: readonly RunRow[],
  signals: readonly OpenSignal[],
  said: ReadonlyMap<string | null, SaidOfRun[]>,
  now: number,
): Promise<number | null> {
  const known = rows.map((run, index) => knownRun(run, said.get(run.id) ?? [], index === rows.length - 1));
  const { steps, wakeAt } = foldSignals(known, signals, { now, newRunId: () => newId("run") });
  const folded: FoldedJob = {
    job,
    runs: new Map(rows.map((run) => [run.id, run])),
    signals: new Map(signals.map((signal) => [signal.id, signal])),
    now,
  };
  // In their order: a run begins before it ends.
  for (const step of steps) await applyStep(step, folded);
  return wakeAt;
}

const RANK = { success: 0, warning: 1, failure: 2 } as const;

function knownRun(run: RunRow, said: readonly SaidOfRun[], isNewest: boolean): KnownRun {
  const { id, runKey, status, reasonCode, startedAt, finishedAt } = run;
  const found = said.flatMap((signal) => signal.found ?? []).sort((a, b) => RANK[b] - RANK[a])[0] ?? null;
  return {
    id,
    runKey,
    // A skipped run was reported as a success: what fails of it later counts as with any other.
    status: status === "queued" ? "running" : reasonCode === "skipped" ? "warning" : status,
    startedAt,
    finishedAt,
    // A later run has said how it goes: what was given up before it is history, unless it is named.
    isGivenUp: status === "failure" && run.heartbeatAt === null && (isNewest || runKey !== null),
    found,
    said: said
      .flatMap(({ receiver, state, firstAt, lastAt }) =>
        [...new Set([firstAt, lastAt])].map((at) => ({ receiver, state, at })),
      )
      .sort((a, b) => a.at - b.at),
  };
}

function grouped<K, V>(rows: readonly V[], keyOf: (row: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
