import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readRunLog } from "@/db/queries/runs";
import { type JobFixture, openJobFixture } from "../testing/job-fixture";
import { endLeftHooks, forgetHookProcess, noteHookProcess } from "./hook-processes";

let fixture: JobFixture;
const children: ChildProcess[] = [];
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.pid) kill(child.pid);
  await fixture.close();
});

function kill(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It is over.
  }
}

/** A process with a child, in a group of its own, as a hook is. @param runId what Belfry would have given it */
async function hook(body: string, runId: string): Promise<number> {
  const env = { NODE_ENV: "test" as const, PATH: "/usr/bin:/bin", BELFRY_RUN: runId };
  const child = spawn("/bin/bash", ["-c", `${body}; echo ready; sleep 600 & wait`], { detached: true, env });
  children.push(child);
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

const isAlive = (pid: number) => {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
};
const logOf = async (runId: string) => (await readRunLog(runId)).map(({ text }) => text).join("");
const workRoot = () => join(fixture.dataDir, "work");

/** A run as one that was killed left it, with the note of its hook. */
async function left(
  pid: number | null | ((runId: string) => Promise<number>),
  name = "disk",
): Promise<{ runId: string; pid: number }> {
  const job = await fixture.job({
    sourceId: await fixture.source(),
    destinationIds: [await fixture.destination(name)],
  });
  const runId = await fixture.queue(job);
  const first = typeof pid === "function" ? await pid(runId) : pid;
  mkdirSync(workRoot(), { recursive: true });
  noteHookProcess(join(workRoot(), `${runId}-1-hooks`), { runId, name: "stop-app", moment: "before", pid: first });
  return { runId, pid: first ?? 0 };
}

test("a hook that ran on is ended with all that it started, and named in the run's log", async () => {
  const { runId, pid } = await left((id) => hook("true", id));
  await endLeftHooks(workRoot());
  // What has ended is in the list of processes until its parent has asked how.
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect(await logOf(runId)).toMatch(
    /The hook stop-app, before the backup, ran on when Belfry was killed: it was ended\./,
  );
});

test("one that was started, but not noted any more, is found by the run that it was started for", async () => {
  const { runId } = await left(null);
  const [pid, stranger] = [await hook("true", runId), await hook("true", "run_of_another")];
  await endLeftHooks(workRoot());
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect(isAlive(stranger)).toBe(true);
  expect(await logOf(runId)).toContain("ran on when Belfry was killed: it was ended.");
});

test("one that does not end when it is asked to is killed", async () => {
  const { runId, pid } = await left((id) => hook("trap '' TERM", id));
  await endLeftHooks(workRoot());
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect(await logOf(runId)).toContain("it was ended by SIGKILL.");
}, 30_000);

test("another process that has its number meanwhile is left alone, and a hook that has ended is not named", async () => {
  const stranger = await left(() => hook("true", "run_of_another"));
  const gone = await left(2 ** 22 - 1, "another");
  await endLeftHooks(workRoot());
  expect(isAlive(stranger.pid)).toBe(true);
  for (const { runId } of [stranger, gone]) expect(await logOf(runId)).toBe("");
});

test("a note that is damaged, or cannot be written or removed, keeps nothing from going on", async () => {
  mkdirSync(workRoot(), { recursive: true });
  writeFileSync(join(workRoot(), "run_x-1-hooks.process"), "{");
  writeFileSync(join(workRoot(), "run_y-1-hooks.process"), '{"pid":1}');
  await endLeftHooks(workRoot());
  await endLeftHooks(join(fixture.dataDir, "nowhere"));
  const nowhere = join(fixture.dataDir, "nowhere", "run_z-1-hooks");
  noteHookProcess(nowhere, { runId: "run_z", name: "x", moment: "after", pid: 2 });
  forgetHookProcess(nowhere);
  await fixture.runner().start();
  expect(readdirSync(workRoot())).toEqual([]);
  expect(existsSync(nowhere)).toBe(false);
});
