import { performance } from "node:perf_hooks";
import { database } from "@/db/client";
import { countJobHealths } from "@/db/queries/job-health";
import { backupsNotReportedSlow, jobsWithoutBackup } from "@/db/queries/job-watch";
import { listJobs } from "@/db/queries/jobs";
import { newRun } from "@/db/stores/new-run";
import { freshDatabase } from "@/db/testing";
import { LEAST_OVERDUE_HOURS } from "@/lib/core/cron/overdue-hours";
import { newId } from "@/lib/core/id";

const JOBS = Number(process.argv[2]);
const RUNS = 30;
const ROUNDS = 15;
const PIECE = 500;
const DAY = 86_400_000;

/** Jobs with a backup on each of the last days; each hundredth failed last, another hundredth is under way. */
async function addJobs(count: number): Promise<void> {
  const { orm, t } = database();
  const now = Date.now();
  for (let from = 0; from < count; from += PIECE) {
    const some = Array.from({ length: Math.min(PIECE, count - from) }, (_, index) => from + index);
    await orm.insert(t.jobs).values(
      some.map((index) => ({
        id: `job_${index}`,
        name: `job ${index}`,
        slug: `job-${index}`,
        kind: "external" as const,
        cron: "0 3 * * *",
        timezone: "UTC",
        enabled: true,
        graceMinutes: 10,
        retries: 0,
        createdAt: now - 60 * DAY,
        updatedAt: now - 60 * DAY,
      })),
    );
    for (const index of some) {
      const runs = Array.from({ length: RUNS }, (_, day) => {
        const at = now - (RUNS - day) * DAY + index;
        const isLast = day === RUNS - 1;
        const status = isLast && index % 100 === 0 ? "failure" : isLast && index % 100 === 1 ? "running" : "success";
        const run = newRun({
          kind: "backup",
          name: `job ${index}`,
          trigger: "schedule",
          queuedAt: at,
          jobId: `job_${index}`,
          executor: "external",
        });
        const finishedAt = status === "running" ? null : at + 60_000;
        return { ...run, id: newId("run"), status, startedAt: at, finishedAt } as const;
      });
      await orm.insert(t.runs).values(runs);
    }
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** What the monitors of overdue and of slow jobs read each minute. */
async function look(): Promise<void> {
  await jobsWithoutBackup(Date.now(), LEAST_OVERDUE_HOURS);
  await backupsNotReportedSlow();
}

const drop = await freshDatabase();
await addJobs(JOBS);
const times = { looking: [] as number[], counting: [] as number[], listing: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  times.looking.push(await timed(look));
  times.counting.push(await timed(countJobHealths));
  times.listing.push(await timed(() => listJobs({ limit: 26, order: "health" })));
}
await drop();
process.stdout.write(JSON.stringify(times));
