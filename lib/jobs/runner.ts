import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { findJob } from "@/db/queries/jobs";
import { waitingRuns } from "@/db/queries/runs";
import {
  beatRuns,
  claimQuietly,
  type RunRow,
  requeueRun,
  runClaimed,
  settleCanceledRun,
  settleRunChange,
} from "@/db/stores/runs";
import { subscribe } from "@/lib/core/bus";
import { messageOf } from "@/lib/core/errors";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import { loggerOf } from "@/lib/core/logger";
import { emit } from "@/lib/dispatch/emit";
import { attempt } from "./attempt";
import { emitMissingRunEvents, failOrphanedRuns, INTERRUPTED } from "./orphaned-runs";
import type { Outcome } from "./outcome";
import { RunError } from "./run-error";
import { draftOf } from "./run-events";
import { RunLog } from "./run-log";

const log = loggerOf("runner");

export interface RunnerOptions {
  /** Work folders of runs are made below it. */
  dataDir: string;
  /** The same after a restart of the same installation, another for every process. */
  workerId: string;
  /** Runs at once, over all processes. */
  limit?: number;
  /** Milliseconds before the attempt after this one. */
  retryDelayMs?: (attempts: number) => number;
  heartbeatMs?: number;
  /** A worker not heard of for so long is dead. */
  deadMs?: number;
  pollMs?: number;
  /** How long a minute of a time limit takes; tests have shorter ones. */
  minuteMs?: number;
}

interface Active {
  controller: AbortController;
  done: Promise<void>;
}

/** 30 s, a minute, two … at most ten. */
const backOff = (attempts: number) => Math.min(30_000 * 2 ** (attempts - 1), 600_000);

/** How long the settling of a run is tried when Belfry stops and the database does not answer. */
const STOP_PATIENCE_MS = 4_000;

/**
 * Works on queued runs: backups, restores, configuration backups. A background part with `start` and `stop`.
 * Every run that is claimed ends with an outcome in the database, or is given up by the next start.
 */
export function createRunner(options: RunnerOptions) {
  const { workerId, limit = 2, heartbeatMs = 10_000, deadMs = 60_000, pollMs = 1_000, minuteMs = 60_000 } = options;
  const workRoot = join(options.dataDir, "work");
  const active = new Map<string, Active>();
  const timers: NodeJS.Timeout[] = [];
  let unsubscribe = () => {};
  let isStopping = false;
  /** Reads and writes under way besides the runs themselves; the end waits for them. */
  const asides = new Set<Promise<void>>();
  let isPumping = false;
  let pumpAgain = false;

  /** Begins what waits and may begin. Asked for again meanwhile, it looks once more. */
  function pump(): void {
    pumpAgain = true;
    if (!isPumping && !isStopping) aside("waiting runs could not be claimed", claimWaiting);
  }

  async function claimWaiting(): Promise<void> {
    isPumping = true;
    try {
      while (pumpAgain) {
        pumpAgain = false;
        if (isStopping || active.size >= limit) return;
        for (const run of await waitingRuns(Date.now(), 50)) {
          if (isStopping || active.size >= limit) return;
          if (active.has(run.id)) continue;
          const now = Date.now();
          if (await claim(run, now)) begin({ ...run, startedAt: run.startedAt ?? now, attempts: run.attempts + 1 });
        }
      }
    } finally {
      isPumping = false;
    }
  }

  function aside(failure: string, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => log.warn(failure, { error: messageOf(error) }))
      .finally(() => asides.delete(done));
    asides.add(done);
  }

  async function claim(run: RunRow, now: number): Promise<boolean> {
    const mine = { runId: run.id, workerId, now, limit };
    if (run.kind !== "backup" || run.attempts > 0) return await claimQuietly(mine);
    const started: RunRow = { ...run, startedAt: now, attempts: 1 };
    const draft = await draftOf(started, {
      status: "running",
      at: now,
      bytes: null,
      files: null,
      error: null,
      advice: null,
    });
    return (await emit(draft, runClaimed(mine))) !== null;
  }

  function begin(run: RunRow): void {
    const { id } = run;
    const controller = new AbortController();
    const done = work(run, controller)
      .catch((error: unknown) => log.error("a run could not be settled", { runId: id, error }))
      .finally(() => {
        active.delete(id);
        pump();
      });
    active.set(id, { controller, done });
    // Claimed in the very moment in which Belfry began to stop.
    if (isStopping) controller.abort(new RunError(INTERRUPTED, { kind: "interrupted" }));
  }

  async function work(run: RunRow, controller: AbortController): Promise<void> {
    const lines = await untilStored(() => RunLog.open(run.id));
    if (run.attempts > 1) lines.line(`Attempt ${run.attempts}`);
    const outcome = await attempt(run, controller, lines, { workRoot, minuteMs });
    lines.line(lastLine(outcome));
    await lines.flush();
    await untilStored(() => settle(run, outcome));
  }

  async function settle(run: RunRow, outcome: Outcome): Promise<void> {
    const at = Date.now();
    const { status, bytes, files, advice } = outcome;
    if (status === "canceled") {
      await settleCanceledRun(run.id, workerId, at, outcome.error ?? "Canceled.");
      return;
    }
    const error = outcome.kind === "interrupted" ? INTERRUPTED : outcome.error;
    if (status === "failure" && outcome.kind !== "interrupted" && (await retries(run, error, advice))) return;
    const draft = await draftOf(run, { status, at, bytes, files, error, advice });
    const told = await emit(
      draft,
      settleRunChange({ runId: run.id, workerId, at, status, bytes, files, error, advice }),
    );
    if (!told) log.warn("a run had been settled by another", { runId: run.id, status });
  }

  /** Another attempt follows, and nobody is told of this one. */
  async function retries(run: RunRow, error: string | null, advice: string | null): Promise<boolean> {
    const allowed = run.kind === "backup" && run.jobId ? ((await findJob(run.jobId))?.job.retries ?? 0) : 0;
    if (run.attempts > allowed) return false;
    const notBefore = Date.now() + (options.retryDelayMs ?? backOff)(run.attempts);
    if (await requeueRun(run.id, workerId, { notBefore, error: error ?? "", advice })) return true;
    // A person asked to end it just as it failed.
    return await settleCanceledRun(run.id, workerId, Date.now(), "Canceled.");
  }

  /** The outcome of a run must be kept: a database that cannot be written now is tried until it can. */
  async function untilStored<T>(write: () => Promise<T>): Promise<T> {
    let stoppedAt: number | null = null;
    for (let delay = 250; ; delay = Math.min(delay * 2, 10_000)) {
      try {
        return await write();
      } catch (error) {
        if (isStopping) stoppedAt ??= Date.now();
        if (stoppedAt !== null && Date.now() - stoppedAt > STOP_PATIENCE_MS) throw error;
        log.error("a run's state could not be stored; trying again", { error: messageOf(error) });
        await new Promise((resolve) => setTimeout(resolve, isStopping ? 250 : delay));
      }
    }
  }

  async function beat(): Promise<void> {
    const mine = await beatRuns([...active.keys()], workerId, Date.now());
    for (const { id, isCanceled } of mine) {
      if (isCanceled) active.get(id)?.controller.abort(new RunError("Canceled.", { kind: "canceled" }));
    }
  }

  const beatAside = () => aside("the heartbeat failed", beat);
  const watchAside = () =>
    aside("the watch over lost runs failed", () =>
      failOrphanedRuns(workerId, (id) => active.has(id), Date.now() - deadMs),
    );

  return {
    name: "runner",

    /** Gives up what a predecessor left behind, tells what nobody was told, and begins to work. */
    async start(): Promise<void> {
      isStopping = false;
      await rm(workRoot, { recursive: true, force: true });
      await mkdir(workRoot, { recursive: true, mode: 0o700 });
      await failOrphanedRuns(workerId, (id) => active.has(id), Date.now() - deadMs);
      await emitMissingRunEvents();
      unsubscribe = subscribe((notice) => {
        if (notice.topic !== "runs") return;
        if (notice.ids?.some((id) => active.has(id))) beatAside();
        pump();
      });
      timers.push(setInterval(pump, pollMs));
      timers.push(setInterval(beatAside, heartbeatMs));
      timers.push(setInterval(watchAside, deadMs / 4));
      pump();
    },

    /** Ends what goes on; interrupted runs are settled as failures before it returns. */
    async stop(): Promise<void> {
      isStopping = true;
      unsubscribe();
      for (const timer of timers.splice(0)) clearInterval(timer);
      for (const { controller } of active.values())
        controller.abort(new RunError(INTERRUPTED, { kind: "interrupted" }));
      await Promise.all(asides);
      await Promise.all([...active.values()].map((one) => one.done));
      await Promise.all(asides);
    },

    /** Resolves when nothing is being worked on. */
    async idle(): Promise<void> {
      while (active.size > 0) await Promise.all([...active.values()].map((one) => one.done));
    },
  };
}

function lastLine({ status, bytes, files }: Outcome): string {
  const facts = [bytes === null ? null : formatBytes(bytes), files === null ? null : pluralize(files, "file")].filter(
    Boolean,
  );
  return `Ended: ${status}${facts.length ? `, ${facts.join(", ")}` : ""}`;
}
