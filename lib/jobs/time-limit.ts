import { RunError } from "./run-error";
import type { RunWatch } from "./run-watch";

/** The longest delay that a timer takes. */
const MAX_TIMER_MS = 2_147_483_647;

/** The time limit of a run: at its end the run is aborted, with what it was waiting for at that moment. */
export class TimeLimit {
  private timer: NodeJS.Timeout | undefined;
  private readonly startedAt = Date.now();

  /** @param minuteMs milliseconds of one minute */
  constructor(
    private readonly controller: AbortController,
    private readonly watch: RunWatch,
    private readonly minuteMs: number,
  ) {}

  /** Sets the limit, measured from the beginning, in place of an earlier one. */
  start(minutes: number): void {
    this.end();
    const left = this.startedAt + minutes * this.minuteMs - Date.now();
    this.timer = setTimeout(() => this.abort(minutes), Math.min(Math.max(left, 0), MAX_TIMER_MS));
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private abort(minutes: number): void {
    const step = this.watch.current();
    const text = `The run took longer than its time limit of ${minutes} min`;
    this.controller.abort(new RunError(step ? `${text} (${step}).` : `${text}.`, { kind: "time_limit" }));
  }
}
