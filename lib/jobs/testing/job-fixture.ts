import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { asc, eq } from "drizzle-orm";
import { database } from "@/db/client";
import { findRun, type RunRow } from "@/db/queries/runs";
import { insertEndpoint } from "@/db/stores/endpoints";
import { createJob, type JobNotificationRuleRow, type ManagedJob, type StoredJob } from "@/db/stores/jobs";
import { queueRun } from "@/db/stores/runs";
import { freshDatabase } from "@/db/testing";
import { newId } from "@/lib/core/id";
import { setRuntimeValue } from "@/lib/core/runtime";
import { setSecretKey } from "@/lib/secrets/key";
import { Runner, type RunnerOptions } from "../runner";
import { audit, jobRow, ruleRow, runRow } from "./job-rows";

export { audit, externalJobRow, ruleRow, runRow } from "./job-rows";

/** How long a run may take on a busy machine, milliseconds: the limit is for one that never ends. */
const LIMIT_MS = 50_000;

/** A database, a data folder, and things to back up, all real and all temporary. */
export class JobFixture {
  readonly dataDir: string;
  readonly sourceFile: string;
  private readonly runners: Runner[] = [];
  private jobs = 0;

  constructor(
    readonly folder: string,
    private readonly closeDatabase: () => Promise<void>,
  ) {
    this.dataDir = join(folder, "data");
    this.sourceFile = join(folder, "app.db");
    mkdirSync(this.dataDir);
    writeSourceFile(this.sourceFile);
  }

  /** A runner on this database; stopped with the fixture. */
  runner(options: Partial<RunnerOptions> = {}): Runner {
    const { workerId = "worker-1", ...more } = options;
    // Each process has its own data folder.
    const dataDir = workerId === "worker-1" ? this.dataDir : join(this.folder, workerId);
    const runner = new Runner({ dataDir, workerId, pollMs: 100, heartbeatMs: 200, ...more });
    this.runners.push(runner);
    return runner;
  }

  /** @returns the id */
  async source(kind = "sqlite", config: Record<string, unknown> = { path: this.sourceFile }): Promise<string> {
    const now = Date.now();
    const id = newId("src");
    const row = { id, name: `source ${id}`, kind, config, secrets: null, mounts: null, createdAt: now, updatedAt: now };
    await insertEndpoint("sources", row, audit());
    return id;
  }

  /** @returns the id; the folder is `folder/<name>` */
  async destination(name: string): Promise<string> {
    const now = Date.now();
    const id = newId("dst");
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    const row = {
      id,
      name,
      kind: "local",
      config: { path },
      secrets: null,
      mounts: null,
      createdAt: now,
      updatedAt: now,
    };
    await insertEndpoint("destinations", row, audit());
    return id;
  }

  async job(
    { destinationIds, ...more }: { sourceId: string; destinationIds: string[] } & Partial<ManagedJob>,
    rules: Partial<JobNotificationRuleRow>[] = [],
  ): Promise<StoredJob> {
    this.jobs++;
    const job = jobRow(`job ${this.jobs}`, more);
    const notifications = rules.map((rule, position) => ruleRow(job.id, position, rule));
    await createJob({ job, destinationIds, notifications }, audit());
    return job;
  }

  queue(job: StoredJob, more: Partial<RunRow> = {}): Promise<string> {
    return queueRun(runRow(job, more), audit("jobs.run"));
  }

  /** Waits until a run is over. */
  async over(runId: string): Promise<RunRow> {
    for (const from = Date.now(); Date.now() - from < LIMIT_MS; ) {
      const run = await findRun(runId);
      if (run && run.status !== "queued" && run.status !== "running") return run;
      await new Promise((resolve) => setTimeout(resolve, Math.min(100, Math.max(25, (Date.now() - from) / 10))));
    }
    throw new Error(`The run ${runId} did not end in ${LIMIT_MS / 1_000} s.`);
  }

  /** All events but tests, oldest first. */
  async events(): Promise<{ type: string; data: Record<string, unknown>; at: number }[]> {
    const { orm, t } = database();
    const rows = await orm.select().from(t.events).where(eq(t.events.isTest, false)).orderBy(asc(t.events.id));
    return rows.map((row) => ({ type: row.type, data: row.data, at: row.at }));
  }

  /** @returns a search path in which a program of this name comes before the one of Debian */
  fakeTool(name: string, body: string): string {
    const bin = join(this.folder, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, name), `#!/bin/bash\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
    return `${bin}:/usr/bin:/bin`;
  }

  async close(): Promise<void> {
    for (const runner of this.runners) await runner.stop();
    await this.closeDatabase();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function openJobFixture(): Promise<JobFixture> {
  const closeDatabase = await freshDatabase();
  setSecretKey("a key that is only used in tests, long enough");
  const fixture = new JobFixture(mkdtempSync(join(tmpdir(), "belfry-fixture-")), closeDatabase);
  setRuntimeValue("dataDir", fixture.dataDir);
  return fixture;
}

function writeSourceFile(path: string): void {
  const db = new Database(path);
  db.exec(
    "CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT i, hex(randomblob(50)) AS x FROM n",
  );
  db.close();
}
