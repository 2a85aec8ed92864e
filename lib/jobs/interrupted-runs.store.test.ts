import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { eq } from "drizzle-orm";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";
import { databaseHandle } from "@/db/client";
import { listArtifacts } from "@/db/queries/artifacts";
import { findRun, listRuns, readRunLog } from "@/db/queries/runs";
import { writeSetting } from "@/db/stores/setting-changes";
import { step, transact } from "@/db/transact";
import { systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { jobsRun } from "@/lib/services/jobs/run";
import { repositoriesArchives } from "@/lib/services/repositories/archives";
import { repositoriesCreate } from "@/lib/services/repositories/create";
import { removeStrayFilesOf } from "./stray-files";
import { audit, type JobFixture, openJobFixture } from "./testing/job-fixture";

/** Within the checkout, so that it finds its packages. */
const PROGRAM = join(process.cwd(), "node_modules/.cache", `interrupted-${process.pid}.mjs`);

let fixture: JobFixture;
let killed: ChildProcess | undefined;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(async () => {
  killed?.kill("SIGKILL");
  rmSync(PROGRAM, { force: true });
  setRuntimeValue("toolsPath", null);
  await fixture.close();
});

const logOf = async (runId: string) => (await readRunLog(runId)).map(({ text }) => text).join("");
const files = () => {
  const folder = join(fixture.folder, "disk/job-1");
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** A second process with the runner of the same installation. */
async function startProcess(toolsPath: string, hooksFile: string | null = null): Promise<ChildProcess> {
  const handle = databaseHandle();
  const options = handle.kind === "sqlite" ? { file: handle.file } : { url: handle.url, file: "" };
  const contents = `
    import { openDatabase } from "@/db/client";
    import { setRuntimeValue } from "@/lib/core/runtime";
    import { Runner } from "@/lib/jobs/runner";
    import { setSecretKey } from "@/lib/secrets/key";
    setSecretKey("a key that is only used in tests, long enough");
    setRuntimeValue("toolsPath", ${JSON.stringify(toolsPath)});
    setRuntimeValue("hooksFile", ${JSON.stringify(hooksFile)});
    setRuntimeValue("dataDir", ${JSON.stringify(fixture.dataDir)});
    openDatabase(${JSON.stringify(options)});
    await new Runner({ dataDir: ${JSON.stringify(fixture.dataDir)}, workerId: "worker-1", pollMs: 100 }).start();`;
  const outfile = PROGRAM;
  mkdirSync(dirname(outfile), { recursive: true });
  const stdin = { contents, resolveDir: process.cwd(), loader: "ts" as const };
  await build({ stdin, outfile, bundle: true, platform: "node", format: "esm", packages: "external" });
  killed = spawn(process.execPath, [outfile], { stdio: ["ignore", "ignore", "inherit"] });
  return killed;
}

/** As when the machine loses its power: the process and everything it started end at once, and nothing cleans up. */
async function killWithAll(child: ChildProcess): Promise<void> {
  child.kill("SIGSTOP");
  // Between two tools there may be none, which ps calls a failure.
  const { stdout: started } = spawnSync("ps", ["-o", "pid=", "--ppid", String(child.pid)], { encoding: "utf8" });
  for (const pid of started.trim().split(/\s+/).filter(Boolean)) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It had done its work.
    }
  }
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exited;
}

const zstd = (body: string) => fixture.fakeTool("zstd", `case "$*" in --version) exit 0;; *-d*) ${body}`);
/** The file is whole at its destination, and hangs in being read back: it has no record. */
const HANGS_IN_VERIFY = 'exec sleep 600;; *) exec /usr/bin/zstd "$@";; esac';
const HANGS_IN_DUMP = "exit 1;; *) head -c 2000000 /dev/urandom; exec sleep 600;; esac";

async function interrupted(body: string, state: (names: string[]) => boolean): Promise<string> {
  const job = await fixture.job({
    sourceId: await fixture.source(),
    destinationIds: [await fixture.destination("disk")],
    compression: "zstd",
  });
  const child = await startProcess(zstd(body));
  const runId = await fixture.queue(job);
  await expect.poll(() => state(files())).toBe(true);
  await killWithAll(child);
  expect(files()).toHaveLength(1);
  expect(await findRun(runId)).toMatchObject({ status: "running", artifactPath: expect.stringContaining("job-1/") });
  setRuntimeValue("toolsPath", null);
  return runId;
}

async function repeatNothing(): Promise<void> {
  await transact([], (tx) => writeSetting(tx, "general", { repeatsInterruptedRuns: false }, audit()));
}

test.each([
  [
    "A7",
    "a stored file without a record",
    HANGS_IN_VERIFY,
    (names: string[]) => names.some((name) => name.endsWith(".zst")),
  ],
  ["A21", "a half written file", HANGS_IN_DUMP, (names: string[]) => names.some((name) => name.endsWith(".part"))],
])("fault %s: %s that kill -9 left is removed at the next start, and named in the log", async (_, __, body, state) => {
  await repeatNothing();
  const runId = await interrupted(body, state);
  expect(readdirSync(join(fixture.dataDir, "work"))).toHaveLength(1);
  const [name = ""] = files();
  await fixture.runner().start();
  await expect.poll(files).toEqual([]);
  await expect.poll(async () => (await findRun(runId))?.artifactPath).toBeNull();
  expect(await logOf(runId)).toContain(`Removed job-1/${name} from disk`);
  expect(readdirSync(join(fixture.dataDir, "work"))).toEqual([]);
  expect(await findRun(runId)).toMatchObject({ status: "failure", error: expect.stringContaining("interrupted") });
  expect((await fixture.events()).map(({ type }) => type)).toEqual(["backup.started", "backup.failed"]);
  expect(await listRuns({ limit: 10 })).toHaveLength(1);
});

test.each([
  [
    "directory",
    "the-tree",
    `case "$*" in *--extract*) head -c 40000 > /dev/null; exec sleep 600;; *) exec /usr/bin/tar "$@";; esac`,
  ],
  [
    "sqlite",
    "the.db",
    `case "$*" in *-d*) head -c 100 > /dev/null; exec sleep 600;; *) exec /usr/bin/zstd "$@";; esac`,
  ],
])(
  "what kill -9 of a restore of a %s leaves beside its target is removed, and named in the log",
  async (kind, name, body) => {
    const tree = join(fixture.folder, "tree");
    mkdirSync(tree);
    writeFileSync(join(tree, "a file"), "x".repeat(100_000));
    const isTree = kind === "directory";
    const job = await fixture.job({
      sourceId: isTree ? await fixture.source("directory", { path: tree }) : await fixture.source(),
      destinationIds: [await fixture.destination("disk")],
      compression: isTree ? "none" : "zstd",
    });
    const first = fixture.runner();
    await first.start();
    await fixture.over(await fixture.queue(job));
    await first.stop();
    const [artifact] = await listArtifacts({ limit: 10 });
    const target = join(fixture.folder, "restored");
    const child = await startProcess(fixture.fakeTool(isTree ? "tar" : "zstd", body));
    const params = { artifactId: artifact?.id, target: { path: join(target, name) }, reach: "anywhere" as const };
    const runId = await fixture.queue(job, { kind: "restore", params });
    const found = () => (existsSync(target) ? readdirSync(target) : []);
    await expect.poll(found).toEqual([expect.stringMatching(/^\.restore_/)]);
    await killWithAll(child);
    const [draft = ""] = found();
    expect(await findRun(runId)).toMatchObject({ status: "running", artifactPath: join(target, draft) });
    await fixture.runner({ strayMs: 300 }).start();
    await expect.poll(found).toEqual([]);
    await expect.poll(async () => (await findRun(runId))?.artifactPath).toBeNull();
    expect(await logOf(runId)).toContain(`Removed ${join(target, draft)}`);
    expect(await findRun(runId)).toMatchObject({ status: "failure" });
  },
);

test.each(["a folder", "a repository"])(
  "a database that is restored from the middle of a backup into %s: what that backup became stays, as no record of a run is removed",
  async (place) => {
    await repeatNothing();
    const tree = join(fixture.folder, "tree");
    mkdirSync(tree);
    writeFileSync(join(tree, "a file"), "x".repeat(100_000));
    const location = join(fixture.folder, "repository");
    const about = { name: "offsite", kind: "borg", location, passphrase: "a passphrase of some length", create: true };
    const repositoryId = place === "a folder" ? null : (await repositoriesCreate.call(systemActor, about)).id;
    const job = await fixture.job({
      sourceId: await fixture.source("directory", { path: tree }),
      destinationIds: repositoryId ? [] : [await fixture.destination("disk")],
      repositoryId,
      compression: "none",
    });
    const first = fixture.runner();
    await first.start();
    const { id } = await fixture.over((await jobsRun.call(systemActor, { id: job.id })).runId);
    await first.stop();
    const [made] = await listArtifacts({ limit: 10 });
    // As it stood an hour ago: the run was under way, and had no record yet.
    const hourAgo = Date.now() - 3_600_000;
    await transact([], function* (tx) {
      const { runs, artifacts } = tx.t;
      const running = { status: "running" as const, heartbeatAt: hourAgo, finishedAt: null, artifactPath: made?.path };
      yield* step(tx.orm.update(runs).set(running).where(eq(runs.id, id)));
      yield* step(tx.orm.delete(artifacts));
    });
    if (!repositoryId) writeFileSync(join(fixture.folder, "disk", `${made?.path}.part`), "half");
    await fixture.runner().start();
    expect(await fixture.over(id)).toMatchObject({ status: "failure", error: expect.stringContaining("interrupted") });
    await expect.poll(async () => (await findRun(id))?.artifactPath).toBeNull();
    expect(await logOf(id)).toContain(`Left ${made?.path} where it may be`);
    if (repositoryId) {
      const { items } = await repositoriesArchives.call(systemActor, { id: repositoryId });
      expect(items.map(({ name }) => name)).toEqual([made?.path]);
    } else expect(files().map((name) => `job-1/${name}`)).toEqual([made?.path]);
  },
);

test("fault A21: an interrupted backup is repeated once, and both are notified", async () => {
  const runId = await interrupted(HANGS_IN_VERIFY, (names) => names.some((name) => name.endsWith(".zst")));
  await fixture.runner().start();
  const repetition = (await listRuns({ limit: 10 })).find(({ id }) => id !== runId);
  expect(repetition).toMatchObject({ params: { repeats: runId }, trigger: "manual" });
  expect(await fixture.over(repetition?.id ?? "")).toMatchObject({ status: "success" });
  const [artifact, ...others] = await listArtifacts({ limit: 10 });
  expect(others).toEqual([]);
  await expect.poll(files).toEqual([artifact?.path.split("/")[1]]);
  expect((await fixture.events()).map(({ type }) => type)).toEqual([
    "backup.started",
    "backup.failed",
    "backup.started",
    "backup.completed",
  ]);
});

test("fault A21: a stop repeats the run that it interrupted at the next start, but not the repetition", async () => {
  setRuntimeValue("toolsPath", zstd(HANGS_IN_DUMP));
  const sourceId = await fixture.source();
  const destinationIds = [await fixture.destination("disk")];
  const job = await fixture.job({ sourceId, destinationIds, compression: "zstd" });
  const stopped = async (runId: string, workerId: string) => {
    const runner = fixture.runner({ workerId });
    await runner.start();
    await expect.poll(async () => (await findRun(runId))?.status).toBe("running");
    const before = Date.now();
    await runner.stop();
    expect(Date.now() - before).toBeLessThan(9_000);
    expect(await findRun(runId)).toMatchObject({ status: "failure" });
  };
  const runId = await fixture.queue(job);
  await stopped(runId, "worker-1");
  const [repetition] = (await listRuns({ limit: 10 })).filter(({ status }) => status === "queued");
  expect(repetition).toMatchObject({ jobId: job.id, params: { repeats: runId } });
  await stopped(repetition?.id ?? "", "worker-2");
  expect((await listRuns({ limit: 10 })).filter(({ status }) => status === "queued")).toEqual([]);
});

test("fault A7: a destination that is away is looked at again when it is back; what has a record stays", async () => {
  const job = await fixture.job({
    sourceId: await fixture.source(),
    destinationIds: [await fixture.destination("disk"), await fixture.destination("nas")],
  });
  const runner = fixture.runner({ strayMs: 300 });
  await runner.start();
  const done = await fixture.over(await fixture.queue(job));
  const [artifact] = await listArtifacts({ limit: 10 });
  const path = artifact?.path ?? "";
  const [nas, away] = [join(fixture.folder, "nas"), join(fixture.folder, "away")];
  writeFileSync(join(nas, `${path}.part`), "half");
  renameSync(nas, away);
  // As a run leaves it that was failed after the record of one destination.
  await transact([], function* (tx) {
    const { runs, artifacts } = tx.t;
    yield* step(tx.orm.delete(artifacts).where(eq(artifacts.destinationName, "nas")));
    yield* step(tx.orm.update(runs).set({ status: "failure", artifactPath: path }).where(eq(runs.id, done.id)));
  });
  const left = await findRun(done.id);
  expect(left && (await removeStrayFilesOf(left, new AbortController().signal))).toBe(false);
  expect(await findRun(done.id)).toMatchObject({ artifactPath: path });
  renameSync(away, nas);
  await expect.poll(() => readdirSync(join(nas, "job-1"))).toEqual([]);
  await expect.poll(async () => (await findRun(done.id))?.artifactPath).toBeNull();
  expect(files()).toEqual([path.split("/")[1]]);
});

test("kill -9 while a hook runs before a backup: the hook is ended and named, the run fails as interrupted, and its repetition runs all hooks", async () => {
  const ledger = join(fixture.folder, "ledger");
  const hooksFile = join(fixture.folder, "hooks.json");
  const list = (first: string) => {
    const body = (then: string) => ["/bin/bash", "-c", `echo "$BELFRY_MOMENT $BELFRY_RUN" >> ${ledger}; ${then}`];
    writeFileSync(hooksFile, JSON.stringify({ stop: { run: body(first) }, start: { run: body("exit 0") } }));
    chmodSync(hooksFile, 0o600);
  };
  const pidFile = join(fixture.folder, "pid");
  list(`echo $$ > ${pidFile}; exec sleep 600`);
  const job = await fixture.job({
    sourceId: await fixture.source(),
    destinationIds: [await fixture.destination("disk")],
    hooks: { before: ["stop"], success: [], warning: [], failure: [], after: ["start"] },
  });
  const child = await startProcess("/usr/bin:/bin", hooksFile);
  const runId = await fixture.queue(job);
  await expect.poll(() => existsSync(pidFile) && readFileSync(pidFile, "utf8")).toMatch(/^\d+\n$/);
  // What nobody waits for stays in the list of processes, as a zombie.
  const stat = () => spawnSync("ps", ["-o", "stat=", "-p", readFileSync(pidFile, "utf8").trim()], { encoding: "utf8" });
  const isAlive = () => /^[^Z\s]/.test(stat().stdout);
  // Belfry alone, not the hook: it runs on.
  const isGone = once(child, "exit");
  child.kill("SIGKILL");
  await isGone;
  expect(isAlive()).toBe(true);
  // Its repetition would run beside it.
  list(`! ps -o stat= -p $(cat ${pidFile}) | grep -v Z`);
  setRuntimeValue("hooksFile", hooksFile);
  await fixture.runner().start();
  expect(await fixture.over(runId)).toMatchObject({ status: "failure", error: expect.stringContaining("interrupted") });
  await expect.poll(isAlive).toBe(false);
  expect(await logOf(runId)).toMatch(/The hook stop, before the backup, ran on when Belfry was killed: it was ended/);
  const repetition = await repetitionOver();
  expect(repetition).toMatchObject({ status: "success", params: { repeats: runId } });
  expect(readFileSync(ledger, "utf8").trim().split("\n")).toEqual([
    `before ${runId}`,
    `before ${repetition.id}`,
    `after ${repetition.id}`,
  ]);
  expect(readdirSync(join(fixture.dataDir, "work"))).toEqual([]);
});

/** The run that repeats the interrupted one, when it is over. */
async function repetitionOver() {
  const found = async () => (await listRuns({ limit: 10 })).find(({ params }) => params.repeats !== undefined);
  await expect.poll(found).toBeDefined();
  return await fixture.over((await found())?.id ?? "");
}
