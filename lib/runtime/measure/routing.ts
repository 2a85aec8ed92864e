import { performance } from "node:perf_hooks";
import { eq } from "drizzle-orm";
import { bumpRouting } from "@/db/stores/settings";
import { step, transact } from "@/db/transact";
import { newId } from "@/lib/core/id";
import type { MatchCondition } from "@/lib/core/matching";
import { emit } from "@/lib/dispatch/emit";
import { addRule, addWebhook, runEvent, startPipeline } from "@/lib/dispatch/pipeline-fixture";
import { jobRow } from "@/lib/jobs/testing/job-rows";

const ROUTES = 200;
const JOBS = 20;
const WARM_UP = 100;
const COUNT = 300;
const ROUNDS = 4;

/** What somebody with many jobs asks for: names, labels, severities and times; none takes these jobs. */
const CONDITIONS: readonly ((index: number) => MatchCondition[])[] = [
  (index) => [{ field: "label", op: "is", value: `team:${index}` }],
  (index) => [{ field: "job", op: "matches", value: `customer-${index}-*` }],
  (index) => [
    { field: "name", op: "matches", value: `*-db-${index}` },
    { field: "severity", op: "matches", value: "warning" },
  ],
  (index) => [
    { field: "job", op: "is", value: `night-${index}` },
    { field: "time", op: "is", value: "Mon-Fri 20:00-08:00 Europe/Berlin" },
  ],
];

const pipeline = await startPipeline({ withWorker: false });
const channelId = await addWebhook("bench", "http://127.0.0.1:9/hook");
const jobs = Array.from({ length: JOBS }, (_, index) => `job_${index}`);
for (const jobId of jobs) await addRule(jobId, channelId, "failure");

/** All jobs follow a profile, and there are 200 routes; or neither. */
async function setRouting(isOn: boolean): Promise<void> {
  const now = Date.now();
  const times = { createdAt: now, updatedAt: now };
  await transact([], function* (tx) {
    const { routes, profiles, jobs: table } = tx.t;
    yield* step(tx.orm.delete(routes));
    yield* step(tx.orm.delete(profiles));
    yield* step(tx.orm.delete(table));
    for (const [position, id] of jobs.entries())
      yield* step(
        tx.orm
          .insert(table)
          .values({ ...jobRow(`job ${position}`, { sourceId: "src_none" }), id, profileId: isOn ? "prf_1" : null }),
      );
    if (isOn) {
      yield* step(tx.orm.insert(profiles).values({ id: "prf_1", name: "standard", isDefault: false, ...times }));
      for (let position = 0; position < ROUTES; position++) {
        const conditions = CONDITIONS[position % CONDITIONS.length]?.(position) ?? [];
        const row = { id: newId("rte"), name: `route ${position}`, enabled: true, position, conditions };
        yield* step(tx.orm.insert(routes).values({ ...row, match: "all", channelIds: [channelId], ...times }));
      }
    }
    yield* bumpRouting(tx);
  });
}

/** Milliseconds of single emits, one after the other. */
async function measure(): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < WARM_UP + COUNT; turn++) {
    const draft = runEvent("backup.failed", jobs[turn % JOBS], "connection refused by nas.lan:22");
    const began = performance.now();
    const emitted = await emit(draft);
    const ms = performance.now() - began;
    if (emitted?.deliveries !== 1) throw new Error(`An event made ${emitted?.deliveries ?? "no"} deliveries.`);
    if (turn >= WARM_UP) times.push(ms);
  }
  return times;
}

/** Alerts count up: both find them as old. */
async function forget(): Promise<void> {
  await transact([], function* (tx) {
    const { alerts, deliveries } = tx.t;
    yield* step(tx.orm.delete(deliveries).where(eq(deliveries.status, "pending")));
    yield* step(tx.orm.delete(alerts));
  });
}

const result = { without: [] as number[], with: [] as number[], routes: ROUTES };
for (let round = 0; round < ROUNDS; round++) {
  for (const isOn of round % 2 ? [true, false] : [false, true]) {
    await setRouting(isOn);
    await forget();
    result[isOn ? "with" : "without"].push(...(await measure()));
  }
}
await pipeline.stop();
process.stdout.write(JSON.stringify(result));
