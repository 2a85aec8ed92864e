import { join } from "node:path";
import { runningWorkerRuns, startableRuns } from "@/db/queries/runs";
import { claimRunChange, claimRunWithoutEvent, renewHeartbeats } from "@/db/stores/claim-run";
import { readDatabaseTime } from "@/db/stores/leases";
import type { RunRow } from "@/db/stores/runs";
import { transact } from "@/db/transact";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import { loggerOf } from "@/lib/core/logger";
import { LONGEST } from "@/lib/core/longest-times";
import { Loop } from "@/lib/core/loop";
import { emit } from "@/lib/dispatch/emit";
import { executeRun } from "./execute-run";
import { endLeftHooks } from "./hooks/hook-processes";
import { emitMissingRunEvents, failOrphanedRuns, INTERRUPTED } from "./orphaned-runs";
import { RunError } from "./run-error";
import { startedEventDraft } from "./run-events";
import { RunLog } from "./run-log";
import { endLeftTools } from "./run-processes";
import type { RunResult } from "./run-result";
import { resolveSystemError, settlePlainly } from "./settle-plainly";
import { settleRun } from "./settle-run";
import { removeStrayFiles, removeStrayFilesOf } from "./stray-files";
import type { LimitTimer } from "./time-limit";
import { upTo } from "./until-aborted";
import { canPass, untilStored } from "./until-stored";
import { removeWorkFolders } from "./work-folders";

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
  /** A worker without a heartbeat for so long is dead. */
  deadMs?: number;
  pollMs?: number;
  /** Measures the time limits of runs. */
  limitTimer?: LimitTimer;
  /** How often the progress of a run is noted, milliseconds. */
  progressMs?: number;
  /** How often a run's log is written, milliseconds. */
  logFlushMs?: number;
  /** How long an ended run may take to stop its tools and clean up, milliseconds. */
  cleanupMs?: number;
  /** How long is waited for what hangs before the run says that it does, milliseconds. */
  lingerMs?: number;
  /** How long one try to write the result of a run may take, milliseconds. */
  settleMs?: number;
  /** How often files and folders that ended runs left are looked for, milliseconds. */
  strayMs?: number;
}

interface ActiveRun {
  controller: AbortController;
  done: Promise<void>;
}

/** 30 s, 1 min, 2 min … at most 10 min. */
const backOff = (attempts: number) => Math.min(30_000 * 2 ** (attempts - 1), LONGEST.runRetry);

/** How long an ended run waits for its log to be stored, milliseconds. */
const LOG_MS = 2_000;
const STOPPING_LOG_MS = 300;
const HOUR_MS = 3_600_000;

/**
 * Executes queued runs of workers: backups, restores, configuration backups. A background part with `start` and `stop`.
 * Every claimed run is settled in the database, or failed as orphaned at the next start.
 */
export class Runner {
  readonly name = "runner";
  private readonly active = new Map<string, ActiveRun>();
  /** Those being claimed. */
  private readonly claimed = new Set<string>();
  private readonly claims: Loop;
  private readonly heartbeat: Loop;
  private readonly orphanWatch: Loop;
  private readonly workRoot: string;
  private readonly limit: number;
  private readonly strayLook: Loop;
  private readonly stopped = new AbortController();
  private isStopping = false;
  /** A result could not be recorded because of a defect; `system.error` is open. */
  private hasDefect = false;

  constructor(private readonly options: RunnerOptions) {
    const { dataDir, limit = 2, heartbeatMs = 10_000, deadMs = 60_000, pollMs = 1_000, strayMs = HOUR_MS } = options;
    this.workRoot = join(dataDir, "work");
    this.limit = limit;
    this.claims = new Loop({ name: "claim runs", intervalMs: pollMs, topics: ["runs"] }, () => this.claimQueuedRuns());
    // A notice of runs may be a person's request to cancel one.
    this.heartbeat = new Loop({ name: "run heartbeat", intervalMs: heartbeatMs, topics: ["runs"] }, () => this.beat());
    this.orphanWatch = new Loop({ name: "orphaned runs", intervalMs: deadMs / 4 }, () => this.watchOrphans(deadMs));
    this.strayLook = new Loop({ name: "stray files", intervalMs: strayMs }, () => this.removeStrays());
  }

  /**
   * Fails runs that a predecessor left, emits missing events, and begins to claim. What those runs left is looked for
   * meanwhile: a destination that hangs does not hold up the start. @throws when the database fails
   */
  async start(): Promise<void> {
    await endLeftHooks(this.workRoot);
    const left = (await runningWorkerRuns()).filter(({ workerId }) => workerId === this.options.workerId);
    await endLeftTools(left.map(({ id }) => id));
    await removeWorkFolders(this.workRoot, () => false);
    await this.watchOrphans(this.options.deadMs ?? 60_000);
    for (const loop of this.loops()) await loop.start();
    void this.strayLook.run();
    void this.claims.run();
  }

  /** Ends running runs; they are settled as interrupted before this returns. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.stopped.abort(new RunError(INTERRUPTED, { kind: "interrupted" }));
    for (const { controller } of this.active.values()) this.interrupt(controller);
    for (const loop of this.loops()) await loop.stop();
    await this.idle();
  }

  private loops(): Loop[] {
    return [this.claims, this.heartbeat, this.orphanWatch, this.strayLook];
  }

  /** Resolves when no run is being executed. */
  async idle(): Promise<void> {
    while (this.active.size > 0) await Promise.all([...this.active.values()].map(({ done }) => done));
  }

  private async claimQueuedRuns(): Promise<void> {
    if (this.isFull()) return;
    for (const run of await startableRuns(Date.now(), 50)) {
      if (this.isFull()) return;
      if (this.active.has(run.id)) continue;
      this.claimed.add(run.id);
      try {
        await this.claimAndBegin(run, Date.now());
      } finally {
        this.claimed.delete(run.id);
      }
    }
  }

  private async claimAndBegin(run: RunRow, now: number): Promise<void> {
    if (!(await this.claim(run, now))) return;
    const { workerId } = this.options;
    this.begin({ ...run, workerId, startedAt: run.startedAt ?? now, attempts: run.attempts + 1 });
  }

  /** Also while it is being claimed: in the database it runs already, before this process hears of it. */
  private isOwn(id: string): boolean {
    return this.active.has(id) || this.claimed.has(id);
  }

  private isFull(): boolean {
    return this.isStopping || this.active.size >= this.limit;
  }

  private async claim(run: RunRow, now: number): Promise<boolean> {
    const claim = { runId: run.id, workerId: this.options.workerId, now, limit: this.limit };
    if (run.kind !== "backup" || run.attempts > 0) return await claimRunWithoutEvent(claim);
    try {
      return (await emit(await startedEventDraft(run, now), claimRunChange(claim))) !== null;
    } catch (error) {
      if (canPass(error)) throw error;
      // A defect in its event must neither keep a run queued for ever nor hold up those behind it.
      log.error("failed to emit the start of a run, starting it without", { runId: run.id, error });
      return await claimRunWithoutEvent(claim);
    }
  }

  private begin(run: RunRow): void {
    const { id } = run;
    const controller = new AbortController();
    const done = this.execute(run, controller)
      .catch((error: unknown) => log.error("failed to settle a run", { runId: id, error }))
      .finally(() => {
        this.active.delete(id);
        void this.strayLook.run();
        void this.claims.run();
      });
    this.active.set(id, { controller, done });
    // Claimed at the moment Belfry began to stop.
    if (this.isStopping) this.interrupt(controller);
  }

  private interrupt(controller: AbortController): void {
    controller.abort(new RunError(INTERRUPTED, { kind: "interrupted" }));
  }

  private async execute(run: RunRow, controller: AbortController): Promise<void> {
    const { limitTimer, cleanupMs, lingerMs, progressMs, logFlushMs } = this.options;
    try {
      const runLog = await this.stored(() => RunLog.open(run.id, logFlushMs));
      if (run.attempts > 1) {
        runLog.line(`Attempt ${run.attempts}`);
        await removeStrayFilesOf(run, controller.signal);
      }
      const stopping = this.stopped.signal;
      const execution = { workRoot: this.workRoot, limitTimer, cleanupMs, lingerMs, progressMs, stopping };
      const result = await executeRun(run, controller, runLog, execution);
      runLog.line(lastLine(result));
      await upTo(this.isStopping ? STOPPING_LOG_MS : LOG_MS, () => runLog.flush());
      await this.settle(run, result);
    } catch (error) {
      if (this.isStopping && canPass(error)) throw error;
      this.hasDefect = true;
      await this.stored(() => settlePlainly(run, "The result of the run could not be recorded:", error));
    }
  }

  private async settle(run: RunRow, result: RunResult): Promise<void> {
    const { workerId, retryDelayMs = backOff } = this.options;
    await this.stored(() => settleRun(run, result, { workerId, retryDelayMs }));
    if (!this.hasDefect) return;
    this.hasDefect = false;
    await resolveSystemError().catch((error: unknown) => log.error("failed to resolve system.error", { error }));
  }

  private stored<T>(write: () => Promise<T>): Promise<T> {
    return untilStored(write, () => this.isStopping, this.options.settleMs);
  }

  private async beat(): Promise<void> {
    const held = await renewHeartbeats([...this.active.keys()], this.options.workerId);
    for (const { id, isCancelRequested } of held) {
      if (isCancelRequested) this.active.get(id)?.controller.abort(new RunError("Canceled.", { kind: "canceled" }));
    }
  }

  private async watchOrphans(deadMs: number): Promise<void> {
    const now = await transact([], readDatabaseTime);
    await failOrphanedRuns(this.options.workerId, (id) => this.isOwn(id), now - deadMs);
    await emitMissingRunEvents();
  }

  private async removeStrays(): Promise<void> {
    await removeWorkFolders(this.workRoot, (id) => this.isOwn(id));
    await removeStrayFiles(this.options.workerId, (id) => this.isOwn(id), this.stopped.signal);
  }
}

function lastLine({ status, bytes, files }: RunResult): string {
  const facts = [bytes === null ? null : formatBytes(bytes), files === null ? null : pluralize(files, "file")];
  return [`Ended: ${status}`, ...facts.filter((fact) => fact !== null)].join(", ");
}
