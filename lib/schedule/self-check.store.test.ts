import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { setRuntimeValue } from "@/lib/core/runtime";
import { decider } from "@/lib/dispatch/decider";
import { emit, ROUTING } from "@/lib/dispatch/emit";
import { SelfCheck } from "./self-check";

let drop: () => Promise<void>;
let dataDir: string;

beforeEach(async () => {
  drop = await freshDatabase();
  decider.cached = null;
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-check-"));
  setRuntimeValue("lastTickAt", Date.now());
});
afterEach(async () => {
  rmSync(dataDir, { recursive: true, force: true });
  setRuntimeValue("lastTickAt", null);
  await drop();
});

async function alerts() {
  const { orm, t } = database();
  return orm.select().from(t.alerts).orderBy(t.alerts.id);
}

async function looks(lastCrash: { at: string; message: string } | null = null, times = 1): Promise<SelfCheck> {
  const check = new SelfCheck({ dataDir, hasScheduler: true, lastCrash });
  for (let n = 0; n < times; n++) await check.look();
  return check;
}

it("is silent while all is well", async () => {
  await looks(null, 3);
  expect(await alerts()).toEqual([]);
});

it("rule 3 pain 19: a stalled scheduler is raised once, not with every look, and ends when it ticks again", async () => {
  setRuntimeValue("lastTickAt", Date.now() - 90_000);
  const check = await looks(null, 5);
  expect((await alerts()).map((one) => [one.dedupKey, one.count, one.status])).toEqual([
    ["system.error:scheduler", 1, "firing"],
  ]);
  setRuntimeValue("lastTickAt", Date.now());
  await check.look();
  expect((await alerts()).map((one) => one.status)).toEqual(["resolved"]);
});

it("a data folder that cannot be written is raised, and ends when it can", async () => {
  rmSync(dataDir, { recursive: true });
  const check = await looks();
  const [raised] = await alerts();
  expect(raised?.dedupKey).toBe("system.error:data-folder");
  expect(raised?.message).toContain("cannot be written");
  mkdirSync(dataDir);
  await check.look();
  expect((await alerts())[0]?.status).toBe("resolved");
});

it("a crash of the last life is raised at the next start", async () => {
  const check = new SelfCheck({
    dataDir,
    hasScheduler: true,
    lastCrash: { at: "2026-11-20T03:00:00.000Z", message: "out of memory" },
  });
  await check.start();
  check.stop();
  const [raised] = await alerts();
  expect(raised?.dedupKey).toBe("system.error:process");
  expect(raised?.message).toContain("out of memory");
});

it("rule 1: what an earlier life raised ends when a later one finds it well", async () => {
  rmSync(dataDir, { recursive: true });
  await looks();
  mkdirSync(dataDir);
  const later = new SelfCheck({ dataDir, hasScheduler: true, lastCrash: null });
  await later.start();
  later.stop();
  expect((await alerts()).map((one) => one.status)).toEqual(["resolved"]);
});

it("a second crash counts up the alert of the first", async () => {
  for (const message of ["out of memory", "out of ideas"]) {
    const check = new SelfCheck({
      dataDir,
      hasScheduler: true,
      lastCrash: { at: "2026-11-20T03:00:00.000Z", message },
    });
    await check.start();
    check.stop();
  }
  expect(await alerts()).toMatchObject([{ count: 2, message: expect.stringContaining("out of ideas") }]);
});

it("two processes with full folders are two alerts, and one that is well ends only its own", async () => {
  const gone = path.join(dataDir, "gone");
  const one = new SelfCheck({ dataDir: gone, hasScheduler: false, lastCrash: null, processId: "wrk_1" });
  const two = new SelfCheck({ dataDir: gone, hasScheduler: false, lastCrash: null, processId: "wrk_2" });
  await one.look();
  await two.look();
  mkdirSync(gone);
  const oneAgain = new SelfCheck({ dataDir: gone, hasScheduler: false, lastCrash: null, processId: "wrk_1" });
  await oneAgain.start();
  oneAgain.stop();
  expect((await alerts()).map(({ dedupKey, status }) => [dedupKey, status])).toEqual([
    ["system.error:data-folder@wrk_1", "resolved"],
    ["system.error:data-folder@wrk_2", "firing"],
  ]);
});

it("rule 1: a fault of routing is over when none was seen for a while", async () => {
  await emit({ type: "system.error", subject: ROUTING, data: { error: "no way" } });
  await looks();
  expect((await alerts()).map((one) => one.status)).toEqual(["firing"]);
  const { orm, t } = database();
  await orm.update(t.alerts).set({ lastAt: Date.now() - 360_000 });
  await looks();
  expect((await alerts()).map((one) => one.status)).toEqual(["resolved"]);
});
