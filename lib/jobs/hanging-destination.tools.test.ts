import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findRun } from "@/db/queries/runs";
import { requestCancel } from "@/db/stores/cancel-run";
import { setRuntimeValue } from "@/lib/core/runtime";
import type { Destination } from "./contract";
import { local } from "./destinations/local";
import { sqlite } from "./sources/sqlite";
import { HeldTimer } from "./testing/held-timer";
import { audit, type JobFixture, openJobFixture } from "./testing/job-fixture";

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(async () => {
  vi.restoreAllMocks();
  setRuntimeValue("toolsPath", null);
  await fixture.close();
});

/** Work that never ends, and says that it was started. */
function hang(): { started: Promise<void>; work: () => Promise<never> } {
  let begin: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return {
    started,
    work: () => {
      begin();
      return new Promise<never>(() => undefined);
    },
  };
}

const METHODS = ["preflight", "list", "create", "read", "remove"] as const satisfies readonly (keyof Destination)[];

/** A run of a job that already has as many backups as it keeps, so that each operation of its destination is used. */
async function runAfterOthers(runnerOptions: object = { lingerMs: 500 }) {
  const job = await fixture.job({
    sourceId: await fixture.source(),
    destinationIds: [await fixture.destination("disk")],
    keepLast: 1,
  });
  await fixture.runner(runnerOptions).start();
  await fixture.over(await fixture.queue(job));
  return { start: () => fixture.queue(job) };
}

test.each(METHODS)("a destination that hangs in %s ends with the cancel of its run", async (method) => {
  const { start } = await runAfterOthers();
  const { started, work } = hang();
  vi.spyOn(local, method).mockImplementation(work);
  const runId = await start();
  await started;
  expect(await requestCancel(runId, Date.now(), "Ana", audit())).toBe("asked");
  // A backup that was stored and verified is kept: only the removal of older ones was ended.
  const status = method === "remove" ? "warning" : "canceled";
  expect(await fixture.over(runId)).toMatchObject({ status });
});

test.each(METHODS.filter((method) => method !== "remove"))(
  "a destination that hangs in %s ends with the time limit of its run",
  async (method) => {
    const job = await fixture.job({
      sourceId: await fixture.source(),
      destinationIds: [await fixture.destination("disk")],
      timeLimitMinutes: 1,
    });
    const { started, work } = hang();
    vi.spyOn(local, method).mockImplementation(work);
    const clock = new HeldTimer();
    await fixture.runner({ limitTimer: clock.timer, lingerMs: 500 }).start();
    const runId = await fixture.queue(job);
    await started;
    clock.pass(60_000);
    const run = await fixture.over(runId);
    expect(run).toMatchObject({ status: "failure", error: expect.stringContaining("its time limit of 1 min (") });
    expect(run.error).toMatch(/This did not end: .* disk\.$/);
    expect((await fixture.events()).map(({ type }) => type)).toEqual(["backup.started", "backup.failed"]);
  },
);

test.each(["write", "finish"] as const)(
  "a sink that hangs in %s ends with the cancel, and nothing stays",
  async (step) => {
    const { start } = await runAfterOthers();
    const { started, work } = hang();
    const create = local.create.bind(local);
    vi.spyOn(local, "create").mockImplementation(async (...args) => ({ ...(await create(...args)), [step]: work }));
    const before = readdirSync(join(fixture.folder, "disk/job-1"));
    const runId = await start();
    await started;
    await requestCancel(runId, Date.now(), "Ana", audit());
    expect(await fixture.over(runId)).toMatchObject({ status: "canceled" });
    expect(readdirSync(join(fixture.folder, "disk/job-1"))).toEqual(before);
  },
);

test("a sink that also hangs while it is discarded does not hold up its run", async () => {
  const { start } = await runAfterOthers({});
  const { started, work } = hang();
  vi.spyOn(local, "create").mockImplementation(async () => ({ write: work, finish: work, discard: hang().work }));
  const runId = await start();
  await started;
  await requestCancel(runId, Date.now(), "Ana", audit());
  expect(await fixture.over(runId)).toMatchObject({ status: "canceled" });
});

test("a stored file whose bytes stop coming ends with the cancel", async () => {
  const { start } = await runAfterOthers();
  const { Readable } = await import("node:stream");
  const { started, work } = hang();
  vi.spyOn(local, "read").mockImplementation(async () => new Readable({ read: () => void work() }));
  const runId = await start();
  await started;
  await requestCancel(runId, Date.now(), "Ana", audit());
  expect(await fixture.over(runId)).toMatchObject({ status: "canceled" });
});

test.each(["preflight", "dump", "verify"] as const)(
  "fault A3: a canceled run whose source hangs in %s is left after its clean-up time, as a failure that says so",
  async (method) => {
    const { start } = await runAfterOthers({ cleanupMs: 100 });
    const { started, work } = hang();
    vi.spyOn(sqlite, method).mockImplementation(work);
    const runId = await start();
    await started;
    await requestCancel(runId, Date.now(), "Ana", audit());
    const step = { preflight: "checking source", dump: "opening source", verify: "verifying the backup" }[method];
    expect(await fixture.over(runId)).toMatchObject({ status: "failure", error: expect.stringContaining(step) });
    expect((await fixture.events()).at(-1)?.type).toBe("backup.failed");
  },
);

/** Says that it was started in a file beside the folder of the tool. */
const HANG = "trap '' TERM; touch $(dirname $0)/../hangs; sleep 600 & wait; wait";

test.each([
  ["a dump that never ends", "tar", `case "$1" in --create) ${HANG};; *) exec /usr/bin/tar "$@";; esac`, /tar/],
  ["a compression that never ends", "zstd", `case "$*" in --version) exit 0;; *) ${HANG};; esac`, /zstd/],
  ["a decompression that never ends", "zstd", `case "$*" in *-d*) ${HANG};; *) exec /usr/bin/zstd "$@";; esac`, /zstd/],
])(
  "fault A3: %s, in a tool that ignores SIGTERM, ends with the time limit and is named",
  async (_, tool, body, name) => {
    const root = join(fixture.folder, "tree");
    mkdirSync(root);
    writeFileSync(join(root, "file"), "x".repeat(100_000));
    setRuntimeValue("toolsPath", fixture.fakeTool(tool, body));
    const job = await fixture.job({
      sourceId: await fixture.source("directory", { path: root }),
      destinationIds: [await fixture.destination("disk")],
      compression: "zstd",
      timeLimitMinutes: 1,
    });
    const clock = new HeldTimer();
    await fixture.runner({ limitTimer: clock.timer, lingerMs: 500 }).start();
    const runId = await fixture.queue(job);
    await expect.poll(() => existsSync(join(fixture.folder, "hangs")), { timeout: 40_000 }).toBe(true);
    clock.pass(60_000);
    const run = await fixture.over(runId);
    expect(run).toMatchObject({ status: "failure", error: expect.stringContaining("its time limit of 1 min (") });
    expect(run.error).toMatch(/This did not end: /);
    expect(run.error).toMatch(name);
    expect((await fixture.events()).map(({ type }) => type)).toEqual(["backup.started", "backup.failed"]);
  },
);

test("stopping Belfry does not wait for a destination that hangs", async () => {
  const { started, work } = hang();
  vi.spyOn(local, "read").mockImplementation(work);
  const job = await fixture.job({
    sourceId: await fixture.source(),
    destinationIds: [await fixture.destination("disk")],
  });
  const runner = fixture.runner();
  await runner.start();
  const runId = await fixture.queue(job);
  await started;
  await runner.stop();
  expect(await findRun(runId)).toMatchObject({ status: "failure", error: expect.stringContaining("interrupted") });
});
