import { RunError } from "./run-error";
import type { RunWatch } from "./run-watch";

const MINUTE_MS = 60_000;
/** The longest delay that a timer takes. */
const MAX_TIMER_MS = 2_147_483_647;

/** Calls `onEnd` after so many milliseconds. @returns stops it */
export type LimitTimer = (ms: number, onEnd: () => void) => () => void;

export const realTimer: LimitTimer = (ms, onEnd) => {
  const timer = setTimeout(onEnd, Math.min(ms, MAX_TIMER_MS));
  return () => clearTimeout(timer);
};

/** The time limit of a run: at its end the run is aborted, with what it was waiting for at that moment. */
export class TimeLimit {
  private stop: () => void = () => undefined;
  private readonly startedAt = Date.now();

  constructor(
    private readonly controller: AbortController,
    private readonly watch: RunWatch,
    private readonly timer: LimitTimer,
  ) {}

  /** Sets the limit, measured from the beginning, in place of an earlier one. */
  start(minutes: number): void {
    this.end();
    const left = this.startedAt + minutes * MINUTE_MS - Date.now();
    this.stop = this.timer(Math.max(left, 0), () => this.abort(minutes));
  }

  end(): void {
    this.stop();
  }

  private abort(minutes: number): void {
    const step = this.watch.current();
    const text = `The run took longer than its time limit of ${minutes} min`;
    this.controller.abort(new RunError(step ? `${text} (${step}).` : `${text}.`, { kind: "time_limit" }));
  }
}
