import { execFileSync } from "node:child_process";
import { pbkdf2, randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findRun, readRunLog } from "@/db/queries/runs";
import { setRuntimeValue } from "@/lib/core/runtime";
import { bindDestination } from "./bind-destination";
import { local } from "./destinations/local";
import { RunError } from "./run-error";
import { RunWatch } from "./run-watch";
import { canFreeze, FreezableDisk } from "./testing/frozen-disk";
import { HeldTimer } from "./testing/held-timer";
import { testIo } from "./testing/io";
import { type JobFixture, openJobFixture } from "./testing/job-fixture";

const isFreezable = canFreeze();

let fixture: JobFixture;
let disk: FreezableDisk;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(async () => {
  vi.restoreAllMocks();
  setRuntimeValue("toolsPath", null);
  disk?.remove();
  await fixture.close();
});

/** Four hung file operations would keep all of these from ever answering. */
async function useThreadPool(): Promise<void> {
  await lookup("localhost");
  await promisify(pbkdf2)("password", "salt", 10, 16, "sha256");
  await promisify(gzip)(randomBytes(1_000));
  await stat(fixture.folder);
}

/** Notes the writes that a run waits for. */
function watchWrites(): { hung(): boolean } {
  const pending = new Set<{ polls: number }>();
  const { watch } = RunWatch.prototype;
  vi.spyOn(RunWatch.prototype, "watch").mockImplementation(function (this: RunWatch, step, work) {
    if (step.startsWith("writing to disk")) {
      const write = { polls: 0 };
      pending.add(write);
      const end = () => pending.delete(write);
      work.then(end, end);
    }
    return watch.call(this, step, work) as never;
  });
  return {
    /** Whether one of them is still there after it was asked for ten times. */
    hung: () => {
      for (const write of pending) write.polls += 1;
      return [...pending].some(({ polls }) => polls > 10);
    },
  };
}

/** How many processes that this one started wait for a disk, in any of their threads. */
function stuck(): number {
  const states = execFileSync("ps", ["-o", "stat=", "-L", "--ppid", String(process.pid)], { encoding: "utf8" });
  return states.match(/^D/gm)?.length ?? 0;
}

test.runIf(isFreezable)("fault A3: operations on a frozen disk leave the threads of this process alone", async () => {
  disk = new FreezableDisk(join(fixture.folder, "disk"));
  disk.freeze();
  const endpoint = { id: "dst_1", name: "disk", kind: local, config: { path: disk.path }, secrets: [], mounts: null };
  const ios = Array.from({ length: 6 }, () => testIo());
  const checks = ios.map((io) => bindDestination(endpoint, io).preflight(null));
  // Each hangs in opening its file: that none of them ends is the point.
  await expect.poll(stuck, { timeout: 20_000 }).toBe(6);
  await useThreadPool();
  for (const io of ios) io.abort(new RunError("Ended.", { kind: "time_limit" }));
  for (const check of checks) await expect(check).rejects.toThrow("Ended.");
  await useThreadPool();
  await expect.poll(() => ios.every(({ lines }) => lines.length > 0), { timeout: 20_000 }).toBe(true);
  const later = testIo();
  await expect(bindDestination(endpoint, later).preflight(null)).rejects.toThrow(
    /does not answer: process \d+ has waited for it since/,
  );
  disk.thaw();
  await expect.poll(() => readdirSync(disk.path), { timeout: 20_000 }).toEqual([]);
  await expect
    .poll(
      () =>
        bindDestination(endpoint, later)
          .preflight(null)
          .then(
            () => "answers",
            () => "hangs",
          ),
      { timeout: 20_000 },
    )
    .toBe("answers");
  for (const io of [...ios, later]) io.remove();
});

test.runIf(isFreezable)(
  "fault A3: a disk that freezes under a backup: the run ends with its limit and says what hangs, others go on, and after the thaw nothing is left",
  async () => {
    disk = new FreezableDisk(join(fixture.folder, "disk"));
    const go = join(fixture.folder, "go");
    setRuntimeValue(
      "toolsPath",
      fixture.fakeTool(
        "zstd",
        `[ "$1" = --version ] && exit 0; head -c 300000 /dev/zero; while [ ! -e ${go} ]; do sleep 0.1; done; head -c 30000000 /dev/zero`,
      ),
    );
    const sourceId = await fixture.source();
    const job = await fixture.job({
      sourceId,
      destinationIds: [await fixture.destination("disk")],
      compression: "zstd",
      timeLimitMinutes: 1,
    });
    const other = await fixture.job({ sourceId, destinationIds: [await fixture.destination("sound")] });
    const clock = new HeldTimer();
    const writes = watchWrites();
    await fixture.runner({ limitTimer: clock.timer, strayMs: 500 }).start();
    const runId = await fixture.queue(job);
    const folder = join(disk.path, "job-1");
    await expect.poll(() => (existsSync(folder) ? readdirSync(folder) : []), { timeout: 10_000 }).toHaveLength(1);
    disk.freeze();
    writeFileSync(go, "");
    // A write that began before the freeze can still be answered; the one after it cannot.
    await expect.poll(() => writes.hung(), { timeout: 30_000 }).toBe(true);
    clock.pass(60_000);
    const [run, otherRun] = await Promise.all([
      fixture.over(runId),
      fixture.queue(other).then((id) => fixture.over(id)),
    ]);
    expect(run).toMatchObject({
      status: "failure",
      error: expect.stringMatching(/its time limit of 1 min \(.*writing to disk/),
    });
    expect(run.error).toMatch(/This did not end: .*writing to disk/);
    expect(otherRun).toMatchObject({ status: "success" });
    await useThreadPool();
    const failed = (await fixture.events()).filter(({ type }) => type === "backup.failed");
    expect(failed).toHaveLength(1);
    await expect
      .poll(async () => (await readRunLog(runId)).map(({ text }) => text).join(""), { timeout: 10_000 })
      .toMatch(/disk does not answer: process \d+ still waits for it and is left behind/);
    disk.thaw();
    await expect.poll(() => readdirSync(folder), { timeout: 20_000 }).toEqual([]);
    await expect.poll(async () => (await findRun(runId))?.artifactPath, { timeout: 20_000 }).toBeNull();
  },
);
