import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { asc, eq } from "drizzle-orm";
import { database } from "@/db/client";
import { findRun, type RunRow } from "@/db/queries/runs";
import type { AuditInsert } from "@/db/stores/audit";
import { insertEndpoint } from "@/db/stores/endpoints";
import { createJob, type JobNotificationRuleRow, type ManagedJob, type StoredJob } from "@/db/stores/jobs";
import { newRun } from "@/db/stores/new-run";
import { queueRun } from "@/db/stores/runs";
import { freshDatabase } from "@/db/testing";
import { newId } from "@/lib/core/id";
import { setSecretKey } from "@/lib/secrets/key";
import { Runner, type RunnerOptions } from "../runner";

/** A database, a data folder, and things to back up, all real and all temporary. */
export interface JobFixture {
  folder: string;
  dataDir: string;
  sourceFile: string;
  /** A runner on this database; stopped with the fixture. */
  runner(options?: Partial<RunnerOptions>): Runner;
  source(kind?: string, config?: Record<string, unknown>): Promise<string>;
  /** @returns the id; the folder is `folder/<name>` */
  destination(name: string): Promise<string>;
  job(
    more: { sourceId: string; destinationIds: string[] } & Partial<ManagedJob>,
    rows?: Partial<JobNotificationRuleRow>[],
  ): Promise<StoredJob>;
  queue(job: StoredJob, more?: Partial<RunRow>): Promise<string>;
  /** Waits until a run is over. */
  over(runId: string): Promise<RunRow>;
  /** Types of all events, oldest first. */
  events(): Promise<{ type: string; data: Record<string, unknown>; at: number }[]>;
  /** A search path in which a program of this name comes before Debian's own. */
  fakeTool(name: string, body: string): string;
  close(): Promise<void>;
}

export const audit = (verb = "test"): AuditInsert => ({
  id: newId("aud"),
  at: Date.now(),
  actorKind: "system",
  actorId: null,
  actorName: "test",
  address: null,
  verb,
  entity: null,
  entityId: null,
  entityName: null,
  detail: null,
});

export async function openJobFixture(): Promise<JobFixture> {
  const closeDatabase = await freshDatabase();
  setSecretKey("a key that is only used in tests, long enough");
  const folder = mkdtempSync(join(tmpdir(), "belfry-fixture-"));
  const dataDir = join(folder, "data");
  mkdirSync(dataDir);
  const sourceFile = join(folder, "app.db");
  const db = new Database(sourceFile);
  db.exec(
    "CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT i, hex(randomblob(50)) AS x FROM n",
  );
  db.close();
  const runners: Runner[] = [];
  let jobs = 0;

  return {
    folder,
    dataDir,
    sourceFile,
    runner(options = {}) {
      const { workerId = "worker-1", ...more } = options;
      // Every process has a data folder of its own.
      const own = workerId === "worker-1" ? dataDir : join(folder, workerId);
      const runner = new Runner({ dataDir: own, workerId, pollMs: 100, heartbeatMs: 200, ...more });
      runners.push(runner);
      return runner;
    },
    async source(kind = "sqlite", config = { path: sourceFile }) {
      const now = Date.now();
      const id = newId("src");
      await insertEndpoint(
        "sources",
        { id, name: `source ${id}`, kind, config, secrets: null, createdAt: now, updatedAt: now },
        audit(),
      );
      return id;
    },
    async destination(name) {
      const now = Date.now();
      const id = newId("dst");
      const path = join(folder, name);
      mkdirSync(path);
      await insertEndpoint(
        "destinations",
        { id, name, kind: "local", config: { path }, secrets: null, createdAt: now, updatedAt: now },
        audit(),
      );
      return id;
    },
    async job({ sourceId, destinationIds, ...more }, rows = []) {
      const now = Date.now();
      const id = newId("job");
      jobs++;
      const job: ManagedJob = {
        id,
        name: `job ${jobs}`,
        slug: `job-${jobs}`,
        kind: "managed",
        sourceId,
        cron: null,
        timezone: null,
        enabled: true,
        compression: "gzip",
        keepLast: 3,
        timeLimitMinutes: null,
        graceMinutes: 10,
        retries: 0,
        nextRunAt: null,
        createdAt: now,
        updatedAt: now,
        ...more,
      };
      const notifications = rows.map((row, position) => ({
        id: newId("row"),
        jobId: id,
        channelId: "chn_none",
        position,
        condition: "always" as const,
        states: null,
        repeat: "every" as const,
        remindHours: null,
        notifyOnRecovery: true,
        title: null,
        message: null,
        priority: null,
        tags: null,
        sound: null,
        outcomes: null,
        includeLog: false,
        logLimit: 10_000,
        ...row,
      }));
      await createJob({ job, destinationIds, notifications }, audit());
      return job;
    },
    queue: (job, more = {}) => queueRun(runRow(job, more), audit("jobs.run")),
    async over(runId) {
      for (let i = 0; i < 600; i++) {
        const run = await findRun(runId);
        if (run && run.status !== "queued" && run.status !== "running") return run;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error(`The run ${runId} did not end in 15 s.`);
    },
    async events() {
      const { orm, t } = database();
      const rows = await orm.select().from(t.events).where(eq(t.events.isTest, false)).orderBy(asc(t.events.id));
      return rows.map((row) => ({ type: row.type, data: row.data, at: row.at }));
    },
    fakeTool(name, body) {
      const bin = join(folder, "bin");
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, name), `#!/bin/bash\n${body}\n`);
      chmodSync(join(bin, name), 0o755);
      return `${bin}:/usr/bin:/bin`;
    },
    async close() {
      for (const runner of runners) await runner.stop();
      await closeDatabase();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function runRow(job: Pick<StoredJob, "id" | "name">, more: Partial<RunRow> = {}): RunRow {
  const run = newRun({
    kind: "backup",
    jobId: job.id,
    name: job.name,
    trigger: "manual",
    actorName: "test",
    queuedAt: Date.now(),
  });
  return { ...run, ...more };
}
