import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { database } from "@/db/client";
import { newRun } from "@/db/stores/new-run";
import { setRuntimeValue } from "@/lib/core/runtime";
import {
  addWebhook,
  nothingUnderWay,
  setNotifications,
  startPipeline,
  startReceiver,
} from "@/lib/dispatch/pipeline-fixture";
import { JobFixture } from "@/lib/jobs/testing/job-fixture";
import type { Monitor } from "@/lib/schedule/monitors/define-monitor";
import { Monitors } from "@/lib/schedule/monitors/monitors";
import { setSecretKey } from "@/lib/secrets/key";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** So long a test waits only where something went wrong on the way. */
const LONG_WAIT_SECONDS = 5;

/** These monitors, as one process has them. */
export function monitorsOf(...monitors: Monitor[]): Monitors {
  const context = { dataDir: "/nowhere", hasScheduler: true, lastCrash: null, startedAt: Date.now(), processId: null };
  return new Monitors(context, monitors);
}

/**
 * A database, real sources and destinations, a worker, and a receiver that is notified of everything. The clock is the
 * test's: it stands until `pass`. Timers, programs and the network go on.
 */
export async function openWatchFixture() {
  setSecretKey(randomBytes(32).toString("hex"));
  const receiver = await startReceiver();
  const pipeline = await startPipeline();
  const hook = await addWebhook("ops", receiver.url());
  await setNotifications({ globalChannels: [hook] });
  const jobs = new JobFixture(mkdtempSync(join(tmpdir(), "belfry-watch-")), async () => undefined);
  setRuntimeValue("dataDir", jobs.dataDir);
  const clock = { now: Date.now(), passed: performance.now() };
  vi.spyOn(Date, "now").mockImplementation(() => clock.now);
  vi.spyOn(performance, "now").mockImplementation(() => clock.passed);
  const secondsByTheWall = () => Number(process.hrtime.bigint() / 1_000_000_000n);
  let standsSince = secondsByTheWall();
  // A send that failed once is tried again a second later: where a test waits for long, that second has to come.
  const standing = setInterval(() => {
    if (secondsByTheWall() - standsSince < LONG_WAIT_SECONDS) return;
    clock.now += 1_000;
    clock.passed += 1_000;
  }, 1_000);
  return {
    receiver,
    /** The channel that is notified. */
    hook,
    jobs,
    clock,
    /** Lets time pass, with a look of each monitor every so often. */
    async pass(ms: number, watching: readonly Monitors[], everyMs = MINUTE): Promise<void> {
      for (const end = clock.now + ms; clock.now < end; ) {
        await nothingUnderWay();
        const step = Math.min(everyMs, end - clock.now);
        clock.now += step;
        clock.passed += step;
        standsSince = secondsByTheWall();
        await Promise.all(watching.map((one) => one.checkAll()));
      }
    },
    /** Titles of what was received so far, once nothing of it is on its way. */
    titles: () => receiver.received.map(({ title }) => title),
    async close() {
      clearInterval(standing);
      vi.restoreAllMocks();
      setRuntimeValue("toolsPath", null);
      await jobs.close();
      await pipeline.stop();
      await receiver.stop();
    },
  };
}

/** Good runs of a job that took so long, one after the other until now. @returns when the last one ended */
export async function addGoodRuns(job: { id: string; name: string }, count: number, tookMs: number): Promise<number> {
  const { orm, t } = database();
  const now = Date.now();
  const rows = Array.from({ length: count }, (_, index) => {
    const finishedAt = now - (count - 1 - index) * HOUR;
    const startedAt = finishedAt - tookMs;
    const base = newRun({ kind: "backup", jobId: job.id, name: job.name, trigger: "schedule", queuedAt: startedAt });
    return { ...base, status: "success" as const, startedAt, finishedAt, eventId: "evt_old" };
  });
  await orm.insert(t.runs).values(rows);
  return now;
}
