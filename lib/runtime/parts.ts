import type { Env } from "@/lib/env";
import { commandPart } from "./command-part";
import { deliveryParts, noticesPart, processName, providerIoPart, selfCheckPart } from "./delivery-parts";
import { jobParts } from "./job-parts";

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
 * Every role hears the others' notices, watches itself and has a way out for Tests; only `all` and `worker` deliver, schedule and run.
 */
export function backgroundParts(env: Env): Part[] {
  const everywhere: Part[] = [providerIoPart(env), noticesPart(), commandPart(env.dataDir)];
  if (env.role === "web") return [...everywhere, selfCheckPart(env)];
  const jobs = jobParts(env.dataDir, processName(env.dataDir));
  return [...everywhere, ...deliveryParts(env), selfCheckPart(env), ...jobs];
}
