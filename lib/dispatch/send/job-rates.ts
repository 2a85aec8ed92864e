import { type Rate, windowWait } from "@/lib/policy/rate";

/** So many keys are kept before those that are idle are dropped. */
const ROOM = 1_000;

/**
 * The rates that a monitoring service has for each of its monitors, as this process uses them up: one for each job, by
 * the key that orders its deliveries. Such services drop what exceeds them without saying so.
 */
export class JobRates {
  private readonly times = new Map<string, number[]>();

  /** Milliseconds until the job's next request is allowed; 0 when it is now. */
  wait(key: string, rate: Rate, now: number): number {
    return windowWait(this.times.get(key) ?? [], rate, now);
  }

  /** Counts a request by its end: it reached the service no later. */
  add(key: string, rate: Rate, endedAt: number): void {
    if (this.times.size >= ROOM) this.dropIdle(rate, endedAt);
    const known = this.times.get(key) ?? [];
    this.times.set(key, [...known, endedAt].slice(-rate.requests));
  }

  private dropIdle(rate: Rate, now: number): void {
    for (const [key, times] of this.times) if ((times.at(-1) ?? 0) + rate.perMs <= now) this.times.delete(key);
  }
}
