import { performance } from "node:perf_hooks";
import { database } from "@/db/client";
import { listJobs } from "@/db/queries/jobs";
import { silentJobs } from "@/db/queries/signals";
import { freshDatabase } from "@/db/testing";

const JOBS = Number(process.argv[2]);
const ROUNDS = 15;
const PIECE = 500;
const HOUR = 3_600_000;
/** As many as one look of the monitor takes. */
const AT_ONCE = 500;

/** External jobs that are expected each hour; each hundredth did not report. */
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
        timezone: "UTC",
        periodMinutes: 60,
        enabled: true,
        graceMinutes: 10,
        nextRunAt: index % 100 === 0 ? now - HOUR : now + HOUR,
        retries: 0,
        createdAt: now - HOUR,
        updatedAt: now - HOUR,
      })),
    );
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const drop = await freshDatabase();
await addJobs(JOBS);
const times = { looking: [] as number[], listing: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  times.looking.push(await timed(() => silentJobs(Date.now(), AT_ONCE)));
  times.listing.push(await timed(() => listJobs({ limit: 26 })));
}
await drop();
process.stdout.write(JSON.stringify(times));
