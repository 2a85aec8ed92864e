import { performance } from "node:perf_hooks";
import { emit } from "@/lib/dispatch/emit";
import { addRule, addWebhook, runEvent, startPipeline } from "@/lib/dispatch/pipeline-fixture";

const WARM_UP = 100;
const COUNT = 500;

/** Each a failure of a job of its own: event, alert and one delivery, on disk. Nothing is sent. */
const pipeline = await startPipeline({ withWorker: false });
const channelId = await addWebhook("bench", "http://127.0.0.1:9/hook");
const jobs = Array.from({ length: 20 }, (_, index) => `job_${index}`);
for (const jobId of jobs) await addRule(jobId, channelId, "failure");
const times: number[] = [];
for (let turn = 0; turn < WARM_UP + COUNT; turn++) {
  const draft = runEvent("backup.failed", jobs[turn % jobs.length], "connection refused by nas.lan:22");
  const began = performance.now();
  const emitted = await emit(draft);
  const ms = performance.now() - began;
  if (emitted?.deliveries !== 1) throw new Error(`An event made ${emitted?.deliveries ?? "no"} deliveries.`);
  if (turn >= WARM_UP) times.push(ms);
}
await pipeline.stop();
process.stdout.write(JSON.stringify(times));
