import { type Notice, subscribe } from "./bus";
import { messageOf } from "./errors";
import { loggerOf } from "./logger";

const log = loggerOf("loop");

/** The same failure is logged once in so long, milliseconds: a database that is away fails some loops every second. */
const SAME_FAILURE_MS = 60_000;

export interface LoopOptions {
  /** Names the work in the log. */
  name: string;
  /** How often it runs without being asked, milliseconds. */
  intervalMs: number;
  /** Notices after which it runs at once. */
  topics?: readonly Notice["topic"][];
  /** Notices that come within this time make one run, milliseconds. */
  gatherMs?: number;
  /** Runs once at the start, and `start` waits for it. */
  runsAtStart?: boolean;
  /** Runs for the first time so long after the start, milliseconds, instead of after a whole interval. */
  firstAfterMs?: number;
  /** Runs when the clock passes a multiple of the interval: once a second, right after the second begins. */
  alignsToClock?: boolean;
}

/**
 * Background work at an interval and on notices: never two runs at once; what is asked for during a run follows it.
 * A run that throws is logged, once a minute while the reason stays the same, and tried again with the next.
 */
export class Loop {
  private timer: NodeJS.Timeout | undefined;
  private gathering: NodeJS.Timeout | undefined;
  private endSubscription: () => void = () => undefined;
  private running: Promise<void> | null = null;
  private isWanted = false;
  private isStopped = false;
  private lastFailure: { reason: string; at: number } | null = null;

  constructor(
    private readonly options: LoopOptions,
    private readonly work: () => Promise<unknown>,
  ) {}

  get name(): string {
    return this.options.name;
  }

  async start(): Promise<void> {
    const { topics = [], runsAtStart = false } = this.options;
    if (topics.length > 0) this.endSubscription = subscribe(({ topic }) => topics.includes(topic) && this.runSoon());
    if (runsAtStart) await this.run();
    if (!this.isStopped) this.schedule(this.options.firstAfterMs ?? this.nextDelay());
  }

  /** Runs now, or once more after the run that is under way. Resolves when nothing more is wanted. */
  run(): Promise<void> {
    if (this.isStopped) return this.running ?? Promise.resolve();
    this.isWanted = true;
    this.running ??= this.drain().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Ends the interval and waits for the run that is under way. A stopped loop does not start again. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.isWanted = false;
    clearTimeout(this.timer);
    clearTimeout(this.gathering);
    this.endSubscription();
    await this.running;
  }

  private runSoon(): void {
    const { gatherMs = 0 } = this.options;
    if (gatherMs === 0) void this.run();
    else {
      this.gathering ??= setTimeout(() => {
        this.gathering = undefined;
        void this.run();
      }, gatherMs);
    }
  }

  private schedule(delayMs: number): void {
    this.timer = setTimeout(() => {
      this.schedule(this.nextDelay());
      void this.run();
    }, delayMs);
  }

  private nextDelay(): number {
    const { intervalMs, alignsToClock = false } = this.options;
    return alignsToClock ? intervalMs - (Date.now() % intervalMs) : intervalMs;
  }

  private async drain(): Promise<void> {
    while (this.isWanted) {
      this.isWanted = false;
      try {
        await this.work();
        this.lastFailure = null;
      } catch (error) {
        this.logFailure(error);
      }
    }
  }

  private logFailure(error: unknown): void {
    const [reason, now, last] = [messageOf(error), Date.now(), this.lastFailure];
    if (last?.reason === reason && now - last.at < SAME_FAILURE_MS) return;
    this.lastFailure = { reason, at: now };
    log.error("background work failed, retrying with the next run", { loop: this.options.name, reason, error });
  }
}
