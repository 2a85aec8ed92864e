import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { setRuntimeValue } from "@/lib/core/runtime";
import { emit, ROUTING } from "@/lib/dispatch/emit";
import { forgetRouting } from "@/lib/dispatch/plan/routing-snapshot";
import { systemError } from "@/lib/events/system-error";
import { CLOCK } from "../impossible-times";
import type { MonitorContext, MonitorFinding } from "./define-monitor";
import { defineMonitor } from "./define-monitor";
import { Monitors } from "./monitors";

let drop: () => Promise<void>;
let dataDir: string;

beforeEach(async () => {
  drop = await freshDatabase();
  forgetRouting();
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

function monitorsOf(more: Partial<MonitorContext> = {}): Monitors {
  const startedAt = Date.now();
  return new Monitors({ dataDir, hasScheduler: true, lastCrash: null, startedAt, processId: null, ...more });
}

async function checkTimes(times: number, monitors = monitorsOf()): Promise<Monitors> {
  for (let n = 0; n < times; n++) await monitors.checkAll();
  return monitors;
}

it("raises nothing while there is no problem", async () => {
  await checkTimes(3);
  expect(await alerts()).toEqual([]);
});

it("rule 3 pain 19: a stalled scheduler is raised once, not with every check, and resolved when it ticks again", async () => {
  setRuntimeValue("lastTickAt", Date.now() - 90_000);
  const monitors = await checkTimes(5);
  expect((await alerts()).map((one) => [one.dedupKey, one.count, one.status])).toEqual([
    ["system.error:scheduler", 1, "firing"],
  ]);
  setRuntimeValue("lastTickAt", Date.now());
  await monitors.checkAll();
  expect((await alerts()).map((one) => one.status)).toEqual(["resolved"]);
});

it("a data folder that cannot be written is raised, and resolved when it can", async () => {
  rmSync(dataDir, { recursive: true });
  const monitors = await checkTimes(1);
  const [raised] = await alerts();
  expect(raised?.dedupKey).toBe("system.error:data-folder");
  expect(raised?.message).toContain("cannot be written");
  mkdirSync(dataDir);
  await monitors.checkAll();
  expect((await alerts())[0]?.status).toBe("resolved");
});

it("a crash of the previous process is raised at the start, once, and resolved when this one has been stable", async () => {
  const lastCrash = { at: "2026-11-20T03:00:00.000Z", message: "out of memory" };
  await checkTimes(3, monitorsOf({ lastCrash }));
  const [raised, ...more] = await alerts();
  expect(raised).toMatchObject({ dedupKey: "system.error:process", count: 1, status: "firing" });
  expect(raised?.message).toContain("out of memory");
  expect(more).toEqual([]);
  await checkTimes(1, monitorsOf({ startedAt: Date.now() - 299_000 }));
  expect(await alerts()).toMatchObject([{ status: "firing" }]);
  await checkTimes(1, monitorsOf({ startedAt: Date.now() - 301_000 }));
  expect(await alerts()).toMatchObject([{ status: "resolved" }]);
});

it("checks at its start, and not after it was stopped", async () => {
  const monitors = monitorsOf({ lastCrash: { at: "2026-11-20T03:00:00.000Z", message: "out of memory" } });
  await monitors.start();
  expect(await alerts()).toHaveLength(1);
  await monitors.stop();
  rmSync(dataDir, { recursive: true });
  await monitors.checkAll();
  expect(await alerts()).toHaveLength(1);
});

it("rule 1: what an earlier process raised is resolved when a later one finds no problem", async () => {
  rmSync(dataDir, { recursive: true });
  await checkTimes(1);
  mkdirSync(dataDir);
  await checkTimes(1);
  expect((await alerts()).map((one) => one.status)).toEqual(["resolved"]);
});

it("a second crash counts up the alert of the first", async () => {
  for (const [hour, message] of ["out of memory", "out of file handles"].entries())
    await checkTimes(2, monitorsOf({ lastCrash: { at: `2026-11-20T0${hour}:00:00.000Z`, message } }));
  expect(await alerts()).toMatchObject([{ count: 2, message: expect.stringContaining("out of file handles") }]);
});

it("two processes with full folders are two alerts, and one that recovers resolves only its own", async () => {
  const gone = path.join(dataDir, "gone");
  const one = { dataDir: gone, hasScheduler: false, processId: "wrk_1" };
  await checkTimes(1, monitorsOf(one));
  await checkTimes(1, monitorsOf({ ...one, processId: "wrk_2" }));
  mkdirSync(gone);
  await checkTimes(1, monitorsOf(one));
  expect((await alerts()).map(({ dedupKey, status }) => [dedupKey, status])).toEqual([
    ["system.error:data-folder@wrk_1", "resolved"],
    ["system.error:data-folder@wrk_2", "firing"],
  ]);
});

it("an alert that a person resolves while its problem lasts is not raised again by the same process", async () => {
  rmSync(dataDir, { recursive: true });
  const monitors = await checkTimes(1);
  const { orm, t } = database();
  await orm.update(t.alerts).set({ status: "resolved", resolution: "person" });
  await checkTimes(2, monitors);
  expect(await alerts()).toHaveLength(1);
  mkdirSync(dataDir);
  await monitors.checkAll();
  rmSync(dataDir, { recursive: true });
  await monitors.checkAll();
  expect((await alerts()).map((one) => one.status)).toEqual(["resolved", "firing"]);
});

it("subjects that a check does not mention stay as they are, and a check that throws changes nothing", async () => {
  const subject = (id: string) => ({ kind: "component" as const, id, name: id });
  let findings: MonitorFinding[] | null = [
    { subject: subject("a"), problem: { error: "broken" } },
    { subject: subject("b"), problem: { error: "broken" } },
  ];
  const monitor = defineMonitor({
    name: "test monitor",
    everyMs: 3_600_000,
    eventType: "system.error",
    async check() {
      if (findings === null) throw new Error("cannot tell");
      return findings;
    },
  });
  const context = { dataDir, hasScheduler: false, lastCrash: null, startedAt: Date.now(), processId: null };
  const monitors = new Monitors(context, [monitor]);
  const states = async () => (await alerts()).map(({ subjectId, status }) => [subjectId, status]);
  await monitors.checkAll();
  findings = null;
  await monitors.checkAll();
  expect(await states()).toEqual([
    ["a", "firing"],
    ["b", "firing"],
  ]);
  findings = [{ subject: subject("b"), problem: null }];
  await monitors.checkAll();
  expect(await states()).toEqual([
    ["a", "firing"],
    ["b", "resolved"],
  ]);
});

it("rule 1: the alert of a routing error is resolved when no further error followed for a while", async () => {
  await emit({ type: "system.error", subject: ROUTING, data: { error: "no way" } });
  await checkTimes(1);
  expect((await alerts()).map((one) => one.status)).toEqual(["firing"]);
  const { orm, t } = database();
  await orm.update(t.alerts).set({ lastAt: Date.now() - 360_000 });
  await checkTimes(1);
  expect((await alerts()).map((one) => one.status)).toEqual(["resolved"]);
});

it("fault A18: the alert about a wrong clock is resolved when nothing had to be corrected for an hour", async () => {
  await emit({ ...systemError.draft({ subject: CLOCK, data: { error: "ahead" } }), status: "firing" });
  await checkTimes(1);
  expect((await alerts()).map((one) => one.status)).toEqual(["firing"]);
  const { orm, t } = database();
  await orm.update(t.alerts).set({ lastAt: Date.now() - 3_660_000 });
  await checkTimes(1);
  expect((await alerts()).map((one) => one.status)).toEqual(["resolved"]);
});
