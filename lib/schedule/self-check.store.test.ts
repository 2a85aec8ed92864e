import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { setSingleton } from "@/lib/core/singletons";
import { decider } from "@/lib/dispatch/decider";
import { SelfCheck } from "./self-check";

let drop: () => Promise<void>;
let dataDir: string;

beforeEach(async () => {
  drop = await freshDatabase();
  decider.cached = null;
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-check-"));
  setSingleton("scheduler.lastTickAt", Date.now());
});
afterEach(async () => {
  rmSync(dataDir, { recursive: true, force: true });
  setSingleton("scheduler.lastTickAt", null);
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
  setSingleton("scheduler.lastTickAt", Date.now() - 90_000);
  const check = await looks(null, 5);
  expect((await alerts()).map((one) => [one.dedupKey, one.count, one.status])).toEqual([
    ["system.error:scheduler", 1, "firing"],
  ]);
  setSingleton("scheduler.lastTickAt", Date.now());
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
