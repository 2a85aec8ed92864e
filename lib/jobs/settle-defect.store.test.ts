import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import pg from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { database, databaseHandle } from "@/db/client";
import { listArtifacts } from "@/db/queries/artifacts";
import { findRun } from "@/db/queries/runs";
import { local } from "./destinations/local";
import { type JobFixture, openJobFixture } from "./testing/job-fixture";

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(() => {
  vi.restoreAllMocks();
  return fixture.close();
});

const typesOf = async () => (await fixture.events()).map(({ type }) => type);

/** Makes the database refuse a change, as a defect in a statement would: nothing about it gets better by waiting. */
async function refuse(name: string, table: "runs" | "events", on: "update" | "insert", when: string): Promise<void> {
  const handle = databaseHandle();
  if (handle.kind === "sqlite") {
    handle.raw.exec(
      `create trigger ${name} before ${on} on ${table} when ${when} begin select raise(abort, 'a defect'); end`,
    );
    return;
  }
  const { orm } = database();
  await orm.execute(
    sql.raw(
      `create function ${name}() returns trigger language plpgsql as $$ begin raise exception 'a defect'; end $$`,
    ),
  );
  await orm.execute(
    sql.raw(`create trigger ${name} before ${on} on ${table} for each row when (${when}) execute function ${name}()`),
  );
}

async function allow(name: string, table: string): Promise<void> {
  const handle = databaseHandle();
  if (handle.kind === "sqlite") handle.raw.exec(`drop trigger ${name}`);
  else await database().orm.execute(sql.raw(`drop trigger ${name} on ${table}`));
}

async function startedJob() {
  const destinationIds = [await fixture.destination("disk")];
  const job = await fixture.job({ sourceId: await fixture.source(), destinationIds });
  await fixture.runner({ deadMs: 1_000 }).start();
  return job;
}

test("fault A4: a defect in recording a result fails the run with the error, and raises system.error until it is gone", async () => {
  const job = await startedJob();
  await refuse("no_success", "runs", "update", "new.status = 'success'");
  const run = await fixture.over(await fixture.queue(job));
  expect(run).toMatchObject({
    status: "failure",
    error: expect.stringContaining("The result of the run could not be recorded"),
    eventId: expect.any(String),
  });
  await expect.poll(typesOf).toEqual(["backup.started", "backup.failed", "system.error"]);
  await allow("no_success", "runs");
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "success" });
  await expect.poll(async () => (await typesOf()).filter((type) => type === "system.error")).toHaveLength(2);
});

test("fault A4: when no event can be written either, the run fails without, and gets it later", async () => {
  const job = await startedJob();
  const runId = await fixture.queue(job);
  await expect.poll(async () => (await findRun(runId))?.status).toBe("running");
  await refuse("no_events", "events", "insert", "new.type <> 'system.error'");
  expect(await fixture.over(runId)).toMatchObject({
    status: "failure",
    error: expect.stringContaining("The result of the run could not be recorded"),
  });
  expect(await typesOf()).not.toContain("backup.failed");
  await expect.poll(typesOf).toContain("system.error");
  await allow("no_events", "events");
  await expect.poll(typesOf).toContain("backup.failed");
  await expect.poll(async () => (await findRun(runId))?.eventId).not.toBeNull();
  expect(readdirSync(join(fixture.folder, "disk/job-1"))).toHaveLength(1);
});

test("fault A4: a run whose start cannot be emitted is executed all the same", async () => {
  const job = await startedJob();
  await refuse("no_start", "events", "insert", "new.type = 'backup.started'");
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "success" });
  expect(await typesOf()).toEqual(["backup.completed"]);
});

test.runIf(process.env.BELFRY_TEST_DATABASE_URL)(
  "fault A4: a run whose settling hangs is settled once the database answers, and has its event",
  async () => {
    const handle = databaseHandle();
    const other = new pg.Client({ connectionString: handle.kind === "postgres" ? handle.url : "" });
    await other.connect();
    try {
      const destinationIds = [await fixture.destination("disk")];
      const job = await fixture.job({ sourceId: await fixture.source(), destinationIds });
      await fixture.runner({ deadMs: 1_000, settleMs: 300 }).start();
      // The run waits before its last steps until its row is locked.
      let goOn = () => {};
      const locked = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const { read } = local;
      vi.spyOn(local, "read").mockImplementation((...args) => locked.then(() => read(...args)));
      const runId = await fixture.queue(job);
      await expect.poll(async () => (await findRun(runId))?.artifactPath ?? null).not.toBeNull();
      await other.query("begin");
      await other.query("select 1 from runs where id = $1 for update", [runId]);
      goOn();
      await expect.poll(async () => (await listArtifacts({ limit: 1 })).length).toBe(1);
      await expect.poll(async () => (await waitingStatements(other)) > 0).toBe(true);
      await other.query("rollback");
      const run = await fixture.over(runId);
      expect(run.eventId).not.toBeNull();
      expect((await typesOf()).filter((type) => /^backup.(failed|completed)$/.test(type))).toHaveLength(1);
    } finally {
      await other.end();
    }
  },
);

async function waitingStatements(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    // A heartbeat waits for the row as well.
    "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query not like '%\"heartbeat_at\" = $1 where%'",
  );
  return Number(rows[0]?.count ?? 0);
}
