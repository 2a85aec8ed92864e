import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { startableRuns } from "@/db/queries/runs";
import { claimRunChange, claimRunWithoutEvent, renewHeartbeats } from "@/db/stores/claim-run";
import type { RunRow } from "@/db/stores/runs";
import { messageOf } from "@/lib/core/errors";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import { loggerOf } from "@/lib/core/logger";
import { LONGEST } from "@/lib/core/longest-times";
import { Loop } from "@/lib/core/loop";
import { emit } from "@/lib/dispatch/emit";
import { executeRun } from "./execute-run";
import { emitMissingRunEvents, failOrphanedRuns, INTERRUPTED } from "./orphaned-runs";
import { RunError } from "./run-error";
import { startedEventDraft } from "./run-events";
import { RunLog } from "./run-log";
import type { RunResult } from "./run-result";
import { settleRun } from "./settle-run";

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
  /** Milliseconds of one minute of a time limit. */
  minuteMs?: number;
  /** How often a run's log is written, milliseconds. */
  logFlushMs?: number;
  /** How long an ended run may take to stop its tools and clean up, milliseconds. */
  cleanupMs?: number;
}

interface ActiveRun {
  controller: AbortController;
  done: Promise<void>;
}

/** 30 s, 1 min, 2 min … at most 10 min. */
const backOff = (attempts: number) => Math.min(30_000 * 2 ** (attempts - 1), LONGEST.runRetry);

/** How long settling a run is retried when Belfry stops and the database does not answer, milliseconds. */
const STOP_PATIENCE_MS = 4_000;

/**
 * Executes queued runs of workers: backups, restores, configuration backups. A background part with `start` and `stop`.
 * Every claimed run is settled in the database, or failed as orphaned at the next start.
 */
export class Runner {
  readonly name = "runner";
  private readonly active = new Map<string, ActiveRun>();
  private readonly claims: Loop;
  private readonly heartbeat: Loop;
  private readonly orphanWatch: Loop;
  private readonly workRoot: string;
  private readonly limit: number;
  private isStopping = false;

  constructor(private readonly options: RunnerOptions) {
    const { dataDir, limit = 2, heartbeatMs = 10_000, deadMs = 60_000, pollMs = 1_000 } = options;
    this.workRoot = join(dataDir, "work");
    this.limit = limit;
    this.claims = new Loop({ name: "claim runs", intervalMs: pollMs, topics: ["runs"] }, () => this.claimQueuedRuns());
    // A notice of runs may be a person's request to cancel one.
    this.heartbeat = new Loop({ name: "run heartbeat", intervalMs: heartbeatMs, topics: ["runs"] }, () => this.beat());
    this.orphanWatch = new Loop({ name: "orphaned runs", intervalMs: deadMs / 4 }, () => this.failOrphans(deadMs));
  }

  /** Fails runs that a predecessor left, emits missing events, and begins to claim. @throws when the database fails */
  async start(): Promise<void> {
    await rm(this.workRoot, { recursive: true, force: true });
    await mkdir(this.workRoot, { recursive: true, mode: 0o700 });
    await this.failOrphans(this.options.deadMs ?? 60_000);
    await emitMissingRunEvents();
    for (const loop of [this.claims, this.heartbeat, this.orphanWatch]) await loop.start();
    void this.claims.run();
  }

  /** Ends running runs; they are settled as interrupted before this returns. */
  async stop(): Promise<void> {
    this.isStopping = true;
    for (const { controller } of this.active.values()) this.interrupt(controller);
    for (const loop of [this.claims, this.heartbeat, this.orphanWatch]) await loop.stop();
    await this.idle();
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
      const now = Date.now();
      if (await this.claim(run, now))
        this.begin({ ...run, startedAt: run.startedAt ?? now, attempts: run.attempts + 1 });
    }
  }

  private isFull(): boolean {
    return this.isStopping || this.active.size >= this.limit;
  }

  private async claim(run: RunRow, now: number): Promise<boolean> {
    const claim = { runId: run.id, workerId: this.options.workerId, now, limit: this.limit };
    if (run.kind !== "backup" || run.attempts > 0) return await claimRunWithoutEvent(claim);
    return (await emit(await startedEventDraft(run, now), claimRunChange(claim))) !== null;
  }

  private begin(run: RunRow): void {
    const { id } = run;
    const controller = new AbortController();
    const done = this.execute(run, controller)
      .catch((error: unknown) => log.error("failed to settle a run", { runId: id, error }))
      .finally(() => {
        this.active.delete(id);
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
    const { workerId, minuteMs = 60_000, cleanupMs, retryDelayMs = backOff, logFlushMs } = this.options;
    const runLog = await this.retryUntilStored(() => RunLog.open(run.id, logFlushMs));
    if (run.attempts > 1) runLog.line(`Attempt ${run.attempts}`);
    const result = await executeRun(run, controller, runLog, { workRoot: this.workRoot, minuteMs, cleanupMs });
    runLog.line(lastLine(result));
    await runLog.flush();
    await this.retryUntilStored(() => settleRun(run, result, { workerId, retryDelayMs }));
  }

  /** The result of a run must be kept: a database that cannot be written now is tried until it can. */
  private async retryUntilStored<T>(write: () => Promise<T>): Promise<T> {
    let stoppedAt: number | null = null;
    for (let delay = 250; ; delay = Math.min(delay * 2, 10_000)) {
      try {
        return await write();
      } catch (error) {
        if (this.isStopping) stoppedAt ??= Date.now();
        if (stoppedAt !== null && Date.now() - stoppedAt > STOP_PATIENCE_MS) throw error;
        log.error("failed to store the state of a run, retrying", { error: messageOf(error) });
        await new Promise((resolve) => setTimeout(resolve, this.isStopping ? 250 : delay));
      }
    }
  }

  private async beat(): Promise<void> {
    const held = await renewHeartbeats([...this.active.keys()], this.options.workerId, Date.now());
    for (const { id, isCancelRequested } of held) {
      if (isCancelRequested) this.active.get(id)?.controller.abort(new RunError("Canceled.", { kind: "canceled" }));
    }
  }

  private failOrphans(deadMs: number): Promise<void> {
    return failOrphanedRuns(this.options.workerId, (id) => this.active.has(id), Date.now() - deadMs);
  }
}

function lastLine({ status, bytes, files }: RunResult): string {
  const facts = [bytes === null ? null : formatBytes(bytes), files === null ? null : pluralize(files, "file")];
  return [`Ended: ${status}`, ...facts.filter((fact) => fact !== null)].join(", ");
}
