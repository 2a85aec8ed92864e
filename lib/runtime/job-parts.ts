import { Runner } from "@/lib/jobs/runner";
import { Scheduler } from "@/lib/schedule/scheduler";
import type { Part } from "./part";

/** The parts that make backups: the runner executes queued runs, the scheduler queues those that are due. */
export function jobParts(dataDir: string, workerId: string): Part[] {
  return [new Runner({ dataDir, workerId }), new Scheduler({ owner: workerId })];
}
