import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "@/db/client";
import { newRun } from "@/db/stores/new-run";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { newId } from "@/lib/core/id";
import type { RunStatus } from "@/lib/core/run";
import { emit } from "@/lib/dispatch/emit";
import { backupMissed } from "@/lib/events/backup-missed";
import { externalJobRow } from "@/lib/jobs/testing/job-rows";
import { overviewRead } from "@/lib/services/overview/read";
import { jobsGet } from "./get";
import { jobsList } from "./list";

const MINUTE = 60_000;
const start = Date.now() - 60 * MINUTE;

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
});
afterAll(() => close());

interface Story {
  runs?: RunStatus[];
  alert?: { type: string; severity: "warning" | "critical"; isResolved?: boolean };
  enabled?: boolean;
}

/** A job with this name and past. */
async function job(name: string, { runs = [], alert, enabled = true }: Story): Promise<string> {
  const { orm, t } = database();
  const row = { ...externalJobRow(name, {}), enabled };
  await orm.insert(t.jobs).values(row);
  for (const [index, status] of runs.entries()) {
    const at = start + index * MINUTE;
    const hasEnded = status !== "queued" && status !== "running";
    const run = newRun({ kind: "backup", name, trigger: "api", queuedAt: at, jobId: row.id, executor: "external" });
    await orm.insert(t.runs).values({ ...run, status, startedAt: at, finishedAt: hasEnded ? at + 1_000 : null });
  }
  if (alert) {
    await orm.insert(t.alerts).values({
      id: newId("alr"),
      type: alert.type,
      dedupKey: `${alert.type} ${row.id}`,
      subjectKind: "job",
      subjectId: row.id,
      subjectName: name,
      tone: "failure",
      severity: alert.severity,
      title: name,
      message: "",
      count: 1,
      openedAt: start,
      lastAt: start,
      ...(alert.isResolved ? { status: "resolved" as const, resolvedAt: start } : { status: "firing" as const }),
    });
  }
  return row.id;
}

const STORIES: [name: string, health: string, story: Story][] = [
  ["never ran", "new", {}],
  ["good", "healthy", { runs: ["failure", "success"] }],
  ["canceled after a good run", "healthy", { runs: ["success", "canceled"] }],
  ["its first run was canceled", "new", { runs: ["canceled"] }],
  [
    "its problem is over",
    "healthy",
    { runs: ["success"], alert: { type: "restore_test.failed", severity: "critical", isResolved: true } },
  ],
  ["failed", "failing", { runs: ["success", "failure"] }],
  ["failed, and runs again", "failing", { runs: ["failure", "running"] }],
  ["failed, then canceled", "failing", { runs: ["failure", "canceled"] }],
  [
    "stored well, not restorable",
    "failing",
    { runs: ["success"], alert: { type: "restore_test.failed", severity: "critical" } },
  ],
  ["no backup for days", "overdue", { runs: ["success"], alert: { type: "backup.overdue", severity: "critical" } }],
  ["never a backup for days", "overdue", { alert: { type: "backup.overdue", severity: "critical" } }],
  ["slot missed", "late", { runs: ["success"], alert: { type: "backup.missed", severity: "warning" } }],
  ["warned", "warning", { runs: ["warning"] }],
  ["slow", "warning", { runs: ["success", "running"], alert: { type: "backup.slow", severity: "warning" } }],
  ["paused", "paused", { runs: ["failure"], enabled: false }],
];

test("a job's health is what its runs and open alerts say, in list, filter, count and view alike", async () => {
  const ids = new Map<string, string>();
  for (const [name, , story] of STORIES) ids.set(name, await job(name, story));
  const { items } = await jobsList.call(systemActor, { limit: 100 });
  expect(items.map(({ name, health }) => [name, health])).toEqual(STORIES.map(([name, health]) => [name, health]));
  for (const [name, health] of STORIES) {
    expect((await jobsGet.call(systemActor, { id: ids.get(name) ?? "" })).health).toBe(health);
  }
  const { jobs } = await overviewRead.call(systemActor, {});
  expect(jobs.total).toBe(STORIES.length);
  for (const health of ["failing", "overdue", "late", "warning", "new", "healthy", "paused"] as const) {
    const wanted = STORIES.filter((story) => story[1] === health).map(([name]) => name);
    const found = (await jobsList.call(systemActor, { health, limit: 100 })).items.map(({ name }) => name);
    expect(found).toEqual(wanted);
    expect(jobs.byHealth[health]).toBe(wanted.length);
  }
});

test.each(["created", "name", "health"] as const)("pages in the order %s show each job once", async (order) => {
  const whole = (await jobsList.call(systemActor, { order, limit: 100 })).items;
  const paged: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await jobsList.call(systemActor, { order, limit: 4, cursor });
    paged.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(paged).toEqual(whole.map(({ id }) => id));
  const names = whole.map(({ name }) => name);
  if (order === "name") expect(names).toEqual([...names].sort());
  if (order === "health") {
    expect(whole[0]?.health).toBe("failing");
    expect(whole.at(-1)?.health).toBe("paused");
  }
});

test("a list goes on where its last job was deleted: no job is left out", async () => {
  const { orm, t } = database();
  const { items, nextCursor } = await jobsList.call(systemActor, { order: "name", limit: 2 });
  await orm.delete(t.jobs).where(eq(t.jobs.id, nextCursor ?? ""));
  const rest = (await jobsList.call(systemActor, { order: "name", limit: 100, cursor: nextCursor ?? "" })).items;
  expect(new Set([...items, ...rest].map(({ id }) => id)).size).toBe(STORIES.length);
});

test("the rate of the last day counts what should have run: slots that passed without a run, too", async () => {
  const before = (await overviewRead.call(systemActor, {})).last24h;
  const missedJob = externalJobRow("missed slots", { cron: "0 * * * *", timezone: "UTC" });
  await database().orm.insert(database().t.jobs).values(missedJob);
  const lastHour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  await emit(
    backupMissed.draft({
      subject: { kind: "job", id: missedJob.id, name: missedJob.name },
      // Of 31 slots, 7 were before the day that counts.
      data: { missed: { count: 31, firstDueAt: lastHour - 30 * 3_600_000, lastDueAt: lastHour, graceMinutes: 10 } },
    }),
  );
  const { last24h } = await overviewRead.call(systemActor, {});
  expect(last24h).toEqual({ ...before, missed: before.missed + 24, total: before.total + 24 });
});
