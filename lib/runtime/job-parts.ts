import { createRunner } from "@/lib/jobs/runner";
import { createScheduler } from "@/lib/schedule/scheduler";
import type { Part } from "./parts";

/** What makes backups happen: the runner works on queued runs, the scheduler queues those that are due. */
export function jobParts(dataDir: string, workerId: string): Part[] {
  return [createRunner({ dataDir, workerId }), createScheduler({ owner: workerId })];
}
