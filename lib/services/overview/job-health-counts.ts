import { countJobHealths } from "@/db/queries/job-health";
import type { JobHealth } from "@/lib/core/job-health";
import { sharedState } from "@/lib/core/runtime";
import { topicCache } from "@/lib/core/topic-cache";

type Counts = Record<JobHealth, number>;

/** Dropped by every change of jobs, their runs and alerts. */
const counts = topicCache(["jobs", "runs", "alerts"], count);
/** How many times as long as counting took the counts are used, whatever changes: it never takes more than a small share of the time. */
const USED_TIMES = 20;

const last = sharedState("overview.job-healths", () => ({ value: null as Counts | null, until: 0 }));

/** Jobs by their health. With thousands of jobs, as they were seconds ago. */
export function jobHealthCounts(): Promise<Counts> {
  return last.value && performance.now() < last.until ? Promise.resolve(last.value) : counts.read();
}

async function count(): Promise<Counts> {
  const began = performance.now();
  last.value = await countJobHealths();
  const tookMs = performance.now() - began;
  // A quick count costs little, also on a busy machine: it is always that of now.
  last.until = tookMs < 100 ? 0 : performance.now() + tookMs * USED_TIMES;
  return last.value;
}
