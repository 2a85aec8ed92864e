import type { Env } from "@/lib/env";

/** Work that goes on in the background while the process lives. */
export interface Part {
  name: string;
  /** Begins; what it starts must not outlive `stop`. Throwing here ends the process. */
  start(): void | Promise<void>;
  /** Ends: finishes what runs, hands back what it holds. Called once, with a few seconds to do it. */
  stop(): void | Promise<void>;
}

/**
 * The background parts of a process, in the order in which they start; they stop in the reverse order.
 * Every role listens to the others' notices; only `all` and `worker` deliver, schedule and run.
 */
export function backgroundParts(env: Env): Part[] {
  const everywhere: Part[] = [];
  const working: Part[] = [];
  return env.role === "web" ? everywhere : [...everywhere, ...working];
}
