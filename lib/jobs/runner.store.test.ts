import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { listArtifacts } from "@/db/queries/artifacts";
import { findRun, readRunLog } from "@/db/queries/runs";
import { requestCancel } from "@/db/stores/cancel-run";
import { step, transact } from "@/db/transact";
import { systemActor } from "@/lib/auth/access/actor";
import { subscribe } from "@/lib/core/bus";
import { setRuntimeValue } from "@/lib/core/runtime";
import { seal } from "@/lib/secrets/seal";
import { runsGet } from "@/lib/services/runs/get";
import { runsList } from "@/lib/services/runs/list";
import { HeldTimer } from "./testing/held-timer";
import { audit, type JobFixture, openJobFixture, runRow } from "./testing/job-fixture";

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(async () => {
  setRuntimeValue("toolsPath", null);
  await fixture.close();
});

async function startedJob(more: object = {}) {
  const sourceId = await fixture.source();
  const destinationId = await fixture.destination("disk");
  const job = await fixture.job({ sourceId, destinationIds: [destinationId], ...more });
  const runner = fixture.runner();
  await runner.start();
  return { job, runner, sourceId, destinationId };
}

const typesOf = async () => (await fixture.events()).map((event) => event.type);
const logOf = async (runId: string) => (await readRunLog(runId)).map((piece) => piece.text).join("");
const files = (name = "disk", job = "job-1") =>
  existsSync(join(fixture.folder, name, job)) ? readdirSync(join(fixture.folder, name, job)) : [];

test("a backup is made, stored, read back, logged and its events are emitted", async () => {
  const { job } = await startedJob();
  const run = await fixture.over(await fixture.queue(job));
  expect(run).toMatchObject({ status: "success", error: null, attempts: 1, files: null });
  const [artifact] = await listArtifacts({ limit: 10, jobId: job.id });
  expect(artifact).toMatchObject({ runId: run.id, compression: "gzip", bytes: run.bytes, destinationName: "disk" });
  const events = await fixture.events();
  expect(events.map((event) => event.type)).toEqual(["backup.started", "backup.completed"]);
  expect(events[1]?.data).toMatchObject({
    job: { id: job.id, name: "job 1", slug: "job-1" },
    run: { id: run.id, status: "success", bytes: run.bytes, files: null, tables: 1, attempts: 1 },
    startedBy: "test",
    destinationNames: ["disk"],
  });
  expect(run.eventId).not.toBeNull();
  expect(await logOf(run.id)).toMatch(/Z Read back at disk: checksum equal, in [\d.]+ s\n.*Ended: success/s);
  expect(readdirSync(join(fixture.dataDir, "work"))).toEqual([]);
});

test("rule 7: a run succeeds whatever is wrong with its notifications", async () => {
  const { orm, t } = database();
  await orm.insert(t.settings).values({ key: "notifications", value: { globalChannels: 7, events: [] }, updatedAt: 1 });
  await orm.insert(t.channels).values({
    id: "chn_broken",
    name: "broken",
    provider: "no-such-service",
    enabled: true,
    config: { url: 7 },
    secrets: null,
    subscriptions: ["backup.completed"],
    createdAt: 1,
    updatedAt: 1,
  });
  const sourceId = await fixture.source();
  const destinationIds = [await fixture.destination("disk")];
  const job = await fixture.job({ sourceId, destinationIds }, [{ channelId: "chn_broken", title: "{{nonsense" }]);
  await fixture.runner().start();
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "success", error: null });
  expect(await typesOf()).toEqual(["backup.started", "backup.completed"]);
});

test.each(["none", "gzip", "zstd"] as const)("compression %s", async (compression) => {
  const { job } = await startedJob({ compression });
  const run = await fixture.over(await fixture.queue(job));
  expect(run).toMatchObject({ status: "success" });
  const [name] = files();
  expect(name).toMatch(compression === "none" ? /\.db$/ : compression === "gzip" ? /\.db\.gz$/ : /\.db\.zst$/);
});

test("pain 01: a job that cannot start is a failure and emits its event", async () => {
  const { job } = await startedJob();
  renameSync(join(fixture.folder, "disk"), join(fixture.folder, "away"));
  const run = await fixture.over(await fixture.queue(job));
  expect(run).toMatchObject({ status: "failure", error: expect.stringContaining("does not exist") });
  expect(await typesOf()).toEqual(["backup.started", "backup.failed"]);
  renameSync(join(fixture.folder, "away"), join(fixture.folder, "disk"));
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "success" });
});

test("pain 01: a missing tool, a lost source and a secret that does not open are failures with their reason", async () => {
  const { job } = await startedJob({ compression: "zstd" });
  setRuntimeValue("toolsPath", join(fixture.folder, "no-tools"));
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({
    status: "failure",
    error: "zstd is not installed.",
    advice: expect.stringContaining("apt install zstd"),
  });
  setRuntimeValue("toolsPath", null);
  rmSync(fixture.sourceFile);
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({
    status: "failure",
    error: expect.stringContaining("does not exist"),
  });
  const { orm, t } = database();
  await orm.update(t.sources).set({ secrets: seal("{}", "another purpose") });
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({
    status: "failure",
    error: expect.stringContaining("does not open with this key"),
  });
  expect((await typesOf()).filter((type) => type === "backup.failed")).toHaveLength(3);
});

test("pain 04: a run of a process that was killed becomes a failure with its event", async () => {
  const sourceId = await fixture.source();
  const destinationId = await fixture.destination("disk");
  const job = await fixture.job({ sourceId, destinationIds: [destinationId] });
  const own = runRow(job, {
    status: "running",
    workerId: "worker-1",
    startedAt: 1_000,
    heartbeatAt: Date.now(),
    attempts: 1,
  });
  const alive = runRow(job, {
    status: "running",
    workerId: "worker-2",
    startedAt: 1_000,
    heartbeatAt: Date.now(),
    attempts: 1,
  });
  const dead = runRow(job, {
    status: "running",
    workerId: "worker-3",
    startedAt: 1_000,
    heartbeatAt: Date.now() - 600_000,
    attempts: 1,
  });
  const unreported = runRow(job, {
    status: "failure",
    startedAt: 1_000,
    finishedAt: 2_000,
    error: "before the crash",
    attempts: 1,
  });
  for (const row of [own, alive, dead, unreported])
    await transact([], (tx) => step(tx.orm.insert(tx.t.runs).values(row)));
  await fixture.runner().start();
  expect(await findRun(own.id)).toMatchObject({
    status: "failure",
    error: expect.stringContaining("interrupted: Belfry was stopped"),
  });
  expect(await findRun(dead.id)).toMatchObject({
    status: "failure",
    error: expect.stringContaining("no longer responds"),
  });
  expect(await findRun(alive.id)).toMatchObject({ status: "running" });
  expect((await fixture.events()).map((event) => [event.type, event.data.error])).toEqual([
    ["backup.failed", expect.stringContaining("interrupted")],
    ["backup.failed", expect.stringContaining("no longer responds")],
    ["backup.failed", "before the crash"],
  ]);
});

test("pain 04: stopping Belfry ends running runs, as failures that say so", async () => {
  setRuntimeValue("toolsPath", fixture.fakeTool("zstd", '[ "$1" = --version ] && exit 0; exec sleep 60'));
  const { job, runner } = await startedJob({ compression: "zstd", retries: 3 });
  const runId = await fixture.queue(job);
  await expect.poll(async () => (await findRun(runId))?.status).toBe("running");
  await runner.stop();
  expect(await findRun(runId)).toMatchObject({ status: "failure", error: expect.stringContaining("interrupted") });
  expect(await typesOf()).toEqual(["backup.started", "backup.failed"]);
  expect(files()).toEqual([]);
});

test("pain 05: a canceled run is canceled: nobody is notified, no file stays", async () => {
  setRuntimeValue("toolsPath", fixture.fakeTool("zstd", '[ "$1" = --version ] && exit 0; exec sleep 60'));
  const { job } = await startedJob({ compression: "zstd" });
  const runId = await fixture.queue(job);
  await expect.poll(() => files().length).toBe(1);
  expect(await requestCancel(runId, Date.now(), "Ana", audit())).toBe("asked");
  expect(await fixture.over(runId)).toMatchObject({ status: "canceled", eventId: null });
  expect(await typesOf()).toEqual(["backup.started"]);
  expect(files()).toEqual([]);
  const queued = await fixture.queue(job, { notBefore: Date.now() + 60_000 });
  expect(await requestCancel(queued, Date.now(), "Ana", audit())).toBe("canceled");
  expect(await requestCancel(queued, Date.now(), "Ana", audit())).toBeNull();
});

test("pain 22: one destination of two that is gone makes a warning, and the other has the backup", async () => {
  const sourceId = await fixture.source();
  const ids = [await fixture.destination("disk"), await fixture.destination("nas")];
  const job = await fixture.job({ sourceId, destinationIds: ids });
  await fixture.runner().start();
  rmSync(join(fixture.folder, "nas"), { recursive: true });
  const run = await fixture.over(await fixture.queue(job));
  expect(run).toMatchObject({ status: "warning", error: expect.stringContaining("nas did not take the backup") });
  expect(await listArtifacts({ limit: 10, jobId: job.id })).toHaveLength(1);
  expect(await typesOf()).toEqual(["backup.started", "backup.warning"]);
});

test("no destination that takes it makes a failure", async () => {
  const { job } = await startedJob();
  rmSync(join(fixture.folder, "disk"), { recursive: true });
  writeFileSync(join(fixture.folder, "disk"), "a file now");
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({
    status: "failure",
    error: expect.stringContaining("not a folder"),
  });
});

test("pain 23: retries emit one event, after the last, with the number of attempts", async () => {
  const sourceId = await fixture.source();
  const job = await fixture.job({ sourceId, destinationIds: [await fixture.destination("disk")], retries: 2 });
  const runner = fixture.runner({ retryDelayMs: () => 50 });
  await runner.start();
  rmSync(join(fixture.folder, "disk"), { recursive: true });
  const failed = await fixture.over(await fixture.queue(job));
  expect(failed).toMatchObject({ status: "failure", attempts: 3 });
  const events = await fixture.events();
  expect(events.map((event) => event.type)).toEqual(["backup.started", "backup.failed"]);
  expect(events[1]?.data).toMatchObject({ run: { attempts: 3 } });
  expect((await logOf(failed.id)).match(/Attempt \d/g)).toEqual(["Attempt 2", "Attempt 3"]);
});

test("a retry that works is a success, and its start is reported once", async () => {
  const sourceId = await fixture.source();
  const job = await fixture.job({ sourceId, destinationIds: [await fixture.destination("disk")], retries: 5 });
  await fixture.runner({ retryDelayMs: () => 300 }).start();
  renameSync(join(fixture.folder, "disk"), join(fixture.folder, "away"));
  const runId = await fixture.queue(job);
  await expect.poll(async () => (await findRun(runId))?.attempts).toBeGreaterThan(0);
  await expect.poll(() => logOf(runId)).toContain("Ended: failure");
  renameSync(join(fixture.folder, "away"), join(fixture.folder, "disk"));
  expect(await fixture.over(runId)).toMatchObject({ status: "success" });
  expect(await typesOf()).toEqual(["backup.started", "backup.completed"]);
});

test("a run over its time limit is a failure", async () => {
  setRuntimeValue(
    "toolsPath",
    fixture.fakeTool("zstd", '[ "$1" = --version ] && exit 0; touch $(dirname $0)/../hangs; exec sleep 600'),
  );
  const sourceId = await fixture.source();
  const job = await fixture.job({
    sourceId,
    destinationIds: [await fixture.destination("disk")],
    compression: "zstd",
    timeLimitMinutes: 1,
  });
  const clock = new HeldTimer();
  await fixture.runner({ limitTimer: clock.timer }).start();
  const runId = await fixture.queue(job);
  await expect.poll(() => existsSync(join(fixture.folder, "hangs")), { timeout: 40_000 }).toBe(true);
  clock.pass(60_000);
  const run = await fixture.over(runId);
  expect(run).toMatchObject({
    status: "failure",
    error: expect.stringMatching(/its time limit of 1 min \(.*zstd.*\)/),
  });
  expect(await typesOf()).toEqual(["backup.started", "backup.failed"]);
  expect(files()).toEqual([]);
});

test("a tool that fails after its last byte leaves nothing stored", async () => {
  setRuntimeValue(
    "toolsPath",
    fixture.fakeTool("zstd", '[ "$1" = --version ] && exit 0; cat; echo broken >&2; exit 1'),
  );
  const { job } = await startedJob({ compression: "zstd" });
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({
    status: "failure",
    error: "zstd failed: broken",
  });
  expect(files()).toEqual([]);
});

test("a dump of no bytes is no backup, whatever the exit code says", async () => {
  setRuntimeValue("toolsPath", fixture.fakeTool("tar", "exit 0"));
  const sourceId = await fixture.source("directory", { path: fixture.folder });
  const job = await fixture.job({ sourceId, destinationIds: [await fixture.destination("disk")] });
  await fixture.runner().start();
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({
    status: "failure",
    error: expect.stringContaining("that is no backup"),
  });
  expect(files()).toEqual([]);
});

test("a copy that differs when it is read back is no backup, and is removed", async () => {
  setRuntimeValue(
    "toolsPath",
    fixture.fakeTool(
      "zstd",
      'case "$*" in --version) ;; *-d*) head -c 4096 /dev/zero;; *) exec /usr/bin/zstd "$@";; esac',
    ),
  );
  const { job } = await startedJob({ compression: "zstd" });
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "failure" });
  expect(files()).toEqual([]);
  expect(await listArtifacts({ limit: 10, jobId: job.id })).toEqual([]);
});

test("retention keeps the last two, only after a verified success", async () => {
  const { job } = await startedJob({ keepLast: 2 });
  for (let i = 0; i < 4; i++) await fixture.over(await fixture.queue(job));
  expect(files()).toHaveLength(2);
  const kept = await listArtifacts({ limit: 10, jobId: job.id });
  expect(kept.map((row) => row.path.split("/")[1]).sort()).toEqual(files().sort());
  writeFileSync(fixture.sourceFile, "no database");
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "failure" });
  expect(files()).toHaveLength(2);
});

test("files a killed run left half written are removed by the next one", async () => {
  const { job } = await startedJob();
  mkdirSync(join(fixture.folder, "disk/job-1"));
  writeFileSync(join(fixture.folder, "disk/job-1/job-1-old.db.part"), "half");
  const run = await fixture.over(await fixture.queue(job));
  expect(files()).toHaveLength(1);
  expect(await logOf(run.id)).toContain("left half written");
});

test("two at once over all, one per job, one per destination", async () => {
  setRuntimeValue(
    "toolsPath",
    fixture.fakeTool(
      "zstd",
      'case "$*" in --version) ;; *-d*) exec /usr/bin/zstd "$@";; *) sleep 0.5; exec /usr/bin/zstd "$@";; esac',
    ),
  );
  const sourceId = await fixture.source();
  const [a, b, c] = [await fixture.destination("a"), await fixture.destination("b"), await fixture.destination("c")];
  const jobs = [
    await fixture.job({ sourceId, destinationIds: [a], compression: "zstd" }),
    await fixture.job({ sourceId, destinationIds: [a], compression: "zstd" }),
    await fixture.job({ sourceId, destinationIds: [b], compression: "zstd" }),
    await fixture.job({ sourceId, destinationIds: [c], compression: "zstd" }),
  ];
  const ids = [];
  for (const job of jobs) ids.push(await fixture.queue(job));
  await fixture.runner().start();
  await fixture.runner({ workerId: "worker-2" }).start();
  const runs = [];
  for (const id of ids) runs.push(await fixture.over(id));
  expect(runs.map((run) => run.status)).toEqual(["success", "success", "success", "success"]);
  const spans = runs.map((run) => [run.startedAt ?? 0, run.finishedAt ?? 0] as const);
  const together = (i: number, j: number) => {
    const [x, y] = [spans[i], spans[j]];
    return x && y ? x[0] < y[1] && y[0] < x[1] : false;
  };
  expect(together(0, 1)).toBe(false);
  for (const [start] of spans)
    expect(spans.filter(([from, to]) => from <= start && start < to).length).toBeLessThanOrEqual(2);
});

test("rule 11: a backup that was made wins although its run had been failed as orphaned", async () => {
  setRuntimeValue(
    "toolsPath",
    fixture.fakeTool(
      "zstd",
      'case "$*" in --version) ;; *-d*) exec /usr/bin/zstd "$@";; *) sleep 1; exec /usr/bin/zstd "$@";; esac',
    ),
  );
  const sourceId = await fixture.source();
  const job = await fixture.job({ sourceId, destinationIds: [await fixture.destination("disk")], compression: "zstd" });
  // This one never renews its heartbeat; the other fails its run.
  await fixture.runner({ heartbeatMs: 1_000_000, deadMs: 1_000_000 }).start();
  const runId = await fixture.queue(job);
  await expect.poll(async () => (await findRun(runId))?.status).toBe("running");
  await new Promise((resolve) => setTimeout(resolve, 150));
  await fixture.runner({ workerId: "worker-2", deadMs: 100 }).start();
  expect(await findRun(runId)).toMatchObject({ status: "failure" });
  await expect.poll(async () => (await findRun(runId))?.status).toBe("success");
  expect(await typesOf()).toEqual(["backup.started", "backup.failed", "backup.completed"]);
});

test("a log without end keeps its head and its tail, and says what is missing", async () => {
  // tar that prints more than a log keeps, also where each flush is small: 200 of its lines reach the log.
  setRuntimeValue(
    "toolsPath",
    fixture.fakeTool(
      "tar",
      'case "$1" in --create) for i in 1 2 3 4 5; do for j in $(seq 1 60); do printf "%s line %s %03900d\\n" $i $j 0 >&2; done; sleep 0.2; done;; esac; exec /usr/bin/tar "$@"',
    ),
  );
  const root = join(fixture.folder, "tree");
  mkdirSync(root);
  appendFileSync(join(root, "file"), "content");
  const job = await fixture.job({
    sourceId: await fixture.source("directory", { path: root }),
    destinationIds: [await fixture.destination("disk")],
  });
  await fixture.runner({ logFlushMs: 50 }).start();
  const run = await fixture.over(await fixture.queue(job));
  expect(run.status).toBe("success");
  const text = await logOf(run.id);
  expect(text).toContain("1 line 1 ");
  expect(text).toContain("left out");
  expect(text).toContain("Ended: success");
  expect(text.length).toBeLessThan(600_000);
  const [name] = files();
  expect(gunzipSync(readFileSync(join(fixture.folder, "disk/job-1", name ?? ""))).length).toBeGreaterThan(1_000);
});

test("a run notes how far it has come, and is compared with the last good one", async () => {
  const goOn = join(fixture.folder, "go-on");
  writeFileSync(goOn, "");
  const packer = `[ "$*" = "-q -c" ] || exec cat\nhead -c 4096\nuntil [ -e ${goOn} ]; do sleep 0.05; done\ncat`;
  setRuntimeValue("toolsPath", fixture.fakeTool("zstd", packer));
  const destinationIds = [await fixture.destination("disk")];
  const job = await fixture.job({ sourceId: await fixture.source(), destinationIds, compression: "zstd" });
  await fixture.runner({ progressMs: 20 }).start();
  const first = await fixture.over(await fixture.queue(job));
  expect(first).toMatchObject({ status: "success" });
  const lastBytes = first.bytes ?? 0;

  rmSync(goOn);
  const noted: string[] = [];
  const unsubscribe = subscribe(({ topic, ids = [] }) => {
    if (topic === "run-progress") noted.push(...ids);
  });
  const id = await fixture.queue(job);
  const progress = async () => (await runsGet.call(systemActor, { id })).progress;
  const percentOfLast = Math.round((4096 / lastBytes) * 100);
  const figures = { bytes: 4096, files: null, bytesPerSecond: expect.any(Number), lastBytes, percentOfLast };
  await expect.poll(progress, { timeout: 20_000 }).toMatchObject(figures);
  expect((await runsList.call(systemActor, {})).items[0]?.progress).toMatchObject({ bytes: 4096 });
  expect(new Set(noted)).toEqual(new Set([id]));
  unsubscribe();
  writeFileSync(goOn, "");
  expect(await fixture.over(id)).toMatchObject({ status: "success", bytes: lastBytes });
  expect(await progress()).toBeNull();
});
