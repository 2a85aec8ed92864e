import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { database } from "@/db/client";
import { stateValue } from "@/db/queries/dispatch";
import { findJob } from "@/db/queries/jobs";
import { listRuns } from "@/db/queries/runs";
import { correctImpossibleTimes } from "@/db/stores/impossible-times";
import type { ManagedJob, StoredJob } from "@/db/stores/jobs";
import { holdLease } from "@/db/stores/leases";
import { newDelivery } from "@/db/stores/new-delivery";
import { UNTIL_ENDED } from "@/lib/core/silence";
import { type JobFixture, openJobFixture, runRow } from "@/lib/jobs/testing/job-fixture";
import { cleanUpLoop } from "./clean-up";
import { Scheduler } from "./scheduler";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A summer morning in Berlin, 08:00 there. */
const START = Date.parse("2026-07-10T06:00:00Z");
const FOUR_YEARS = 1_461 * DAY;

let fixture: JobFixture;
let now: number;
let scheduler: Scheduler;
beforeEach(async () => {
  fixture = await openJobFixture();
  now = START;
  scheduler = new Scheduler({ owner: "worker-1", clock: () => now });
});
afterEach(async () => {
  await scheduler.stop();
  await fixture.close();
});

async function job(cron: string, more: Partial<ManagedJob> = {}): Promise<StoredJob> {
  const sourceId = await fixture.source();
  const destinationId = await fixture.destination(`disk ${Math.random()}`);
  const made = { createdAt: START - 30 * DAY, updatedAt: START - 30 * DAY };
  return await fixture.job({
    sourceId,
    destinationIds: [destinationId],
    cron,
    timezone: "Europe/Berlin",
    ...made,
    ...more,
  });
}
/** Ticks every second, as a running scheduler does; every 30 s over long times. */
async function run(from: number, until: number, stepMs = SECOND): Promise<void> {
  for (let at = from; at <= until; at += stepMs) {
    now = at;
    await scheduler.tick();
  }
}
const nextOf = async (id: string) => (await findJob(id))?.job.nextRunAt;
const slotsOf = async (id: string) => (await listRuns({ limit: 100, jobId: id })).map((one) => one.dueAt).reverse();
const eventsOf = async (type: string) => (await fixture.events()).filter((event) => event.type === type);
const setNext = async (id: string, nextRunAt: number) => {
  const { orm, t } = database();
  await orm.update(t.jobs).set({ nextRunAt }).where(eq(t.jobs.id, id));
};
/** The runner is not there: what was queued is done at once. */
const finishRuns = async () => {
  const { orm, t } = database();
  await orm.update(t.runs).set({ status: "success", startedAt: now, finishedAt: now, eventId: "evt_0" });
};

describe("fault A18: a clock that was wrong", () => {
  test("fault A18: four years ahead for 15 seconds, and everything goes on as if nothing had been", async () => {
    const [daily, often] = [await job("0 9 * * *"), await job("*/5 * * * *")];
    await run(START - 5 * SECOND, START + 5 * SECOND);
    await finishRuns();
    await run(START + 5 * SECOND + FOUR_YEARS, START + 20 * SECOND + FOUR_YEARS);
    await run(START + 20 * SECOND, START + 70 * SECOND);
    expect([await nextOf(daily.id), await nextOf(often.id)]).toEqual([START + HOUR, START + 5 * MINUTE]);
    expect(await eventsOf("backup.missed")).toEqual([]);
    await run(START + 5 * MINUTE, START + 5 * MINUTE);
    expect(await slotsOf(often.id)).toEqual([START, START + 5 * MINUTE]);
  });

  test("fault A18: four years ahead for an hour: back on time, said once, nothing twice, and no missed slots of 2030", async () => {
    const [daily, often] = [await job("0 9 * * *"), await job("*/15 * * * *")];
    await run(START - 2 * SECOND, START + 2 * SECOND);
    await finishRuns();
    await run(START + MINUTE + FOUR_YEARS, START + 50 * MINUTE + FOUR_YEARS, 30 * SECOND);
    await finishRuns();
    // Reported, because by then it looks as if the machine had slept for so long.
    expect((await eventsOf("backup.missed")).length).toBeGreaterThan(0);
    expect(await nextOf(daily.id)).toBeGreaterThan(START + FOUR_YEARS);
    await run(START + 50 * MINUTE, START + 52 * MINUTE, 10 * SECOND);
    expect([await nextOf(daily.id), await nextOf(often.id)]).toEqual([START + HOUR, START + HOUR]);
    const said = await eventsOf("system.error");
    expect(said).toHaveLength(1);
    expect(said[0]?.data.error).toContain("the next run of 2 jobs");
    expect(said[0]?.data.error).toContain("2030-07-");
    expect(said[0]?.data.error).toContain("2 reports of missed backups were taken back");
    // Slots of the wrong time went unrun: each job that had some reports those, and no others.
    const { orm, t } = database();
    const open = (await orm.select().from(t.alerts)).filter((alert) => alert.status !== "resolved");
    expect(open.map((alert) => [alert.type, alert.subjectId]).sort()).toEqual([
      ["backup.missed", often.id],
      ["system.error", "clock"],
    ]);
    expect((await eventsOf("backup.missed")).at(-1)?.data.missed).toMatchObject({
      count: 3,
      firstDueAt: START + 15 * MINUTE,
      lastDueAt: START + 45 * MINUTE,
      reason: "The clock of the machine was wrong then.",
    });
    await run(START + HOUR, START + HOUR + 2 * SECOND);
    expect(await slotsOf(daily.id)).toEqual([START + HOUR]);
    expect((await slotsOf(often.id)).filter((at) => at === START + HOUR)).toHaveLength(1);
    expect(await eventsOf("system.error")).toHaveLength(1);
  });

  test("fault A18: next runs in 2030 found at the start are worked out anew, and what passed is one report", async () => {
    const [daily, weekly] = [await job("0 9 * * *"), await job("0 9 * * 0")];
    await setNext(daily.id, START + FOUR_YEARS);
    await setNext(weekly.id, START + FOUR_YEARS);
    const { orm, t } = database();
    const lastRun = START - 3 * DAY + HOUR;
    for (const one of [daily, weekly])
      await orm
        .insert(t.runs)
        .values(runRow(one, { status: "success", dueAt: lastRun, finishedAt: lastRun, eventId: "evt_0" }));
    await run(START, START + SECOND);
    expect([await nextOf(daily.id), await nextOf(weekly.id)]).toEqual([START + HOUR, START + 2 * DAY + HOUR]);
    expect((await eventsOf("backup.missed")).map(({ data }) => data.missed)).toMatchObject([
      { count: 2, firstDueAt: START - 2 * DAY + HOUR, lastDueAt: START - DAY + HOUR },
    ]);
    expect((await eventsOf("system.error")).map(({ data }) => data.error)).toEqual([
      expect.stringContaining(`the next run of 2 jobs (${daily.name}, ${weekly.name})`),
    ]);
    await run(START + 2 * MINUTE, START + 2 * MINUTE);
    expect(await eventsOf("system.error")).toHaveLength(1);
  });

  test("fault A18: years back for 15 seconds moves nothing, and reports nothing when the clock is right again", async () => {
    const daily = await job("0 9 * * *");
    await run(START, START + 3 * SECOND);
    await run(START - FOUR_YEARS, START - FOUR_YEARS + 15 * SECOND);
    await run(START + 18 * SECOND, START + 2 * MINUTE, 5 * SECOND);
    expect(await nextOf(daily.id)).toBe(START + HOUR);
    expect(await fixture.events()).toEqual([]);
  });

  test("fault A18: a machine that starts in the past, before its time server answers, keeps its schedules", async () => {
    const daily = await job("0 9 * * *");
    await run(START, START + SECOND);
    // Killed: its lease is still there.
    scheduler = new Scheduler({ owner: "worker-1", clock: () => now });
    await run(START - 3 * DAY, START - 3 * DAY + 20 * SECOND);
    expect(await nextOf(daily.id)).toBe(START + HOUR);
    await run(START + MINUTE, START + 3 * MINUTE, 10 * SECOND);
    expect(await nextOf(daily.id)).toBe(START + HOUR);
    expect(await fixture.events()).toEqual([]);
  });

  test("a clock that is set back a little runs no slot again, over several of them", async () => {
    const often = await job("*/5 * * * *");
    await run(START - SECOND, START + SECOND);
    await finishRuns();
    await run(START + 5 * MINUTE, START + 5 * MINUTE);
    await finishRuns();
    await run(START - MINUTE, START + 6 * MINUTE, 10 * SECOND);
    expect(await slotsOf(often.id)).toEqual([START, START + 5 * MINUTE]);
    expect(await fixture.events()).toEqual([]);
    await run(START + 10 * MINUTE, START + 10 * MINUTE);
    expect(await slotsOf(often.id)).toEqual([START, START + 5 * MINUTE, START + 10 * MINUTE]);
  });

  test("fault A18: a lease that lasts longer than a lease can is not believed", async () => {
    const { orm, t } = database();
    const value = { owner: "worker-9", until: Date.now() + FOUR_YEARS, seenAt: START, workedAt: null };
    await orm.insert(t.systemState).values({ key: "scheduler-lease", value, updatedAt: START });
    const daily = await job("0 9 * * *");
    await run(START, START + SECOND);
    expect(await nextOf(daily.id)).toBe(START + HOUR);
    const request = { owner: "worker-9", ttlMs: 15_000, now: START + 2 * SECOND, workedAt: null };
    expect(await holdLease("scheduler", request)).toBe(false);
  });

  test("fault A18: the configuration backup of 2030 is made now, and then by its schedule", async () => {
    const destinationId = await fixture.destination("configurations");
    const config = { enabled: true, cron: "0 4 * * *", timezone: "Europe/Berlin", destinationId };
    const { orm, t } = database();
    await orm.insert(t.settings).values({ key: "config-backup", value: { config }, updatedAt: START });
    const value = { cron: config.cron, timezone: config.timezone, nextRunAt: START + FOUR_YEARS };
    await orm.insert(t.systemState).values({ key: "config-backup-state", value, updatedAt: START });
    await run(START, START + 2 * SECOND);
    expect(await listRuns({ limit: 10, kind: "config_backup" })).toHaveLength(1);
    expect(await stateValue("config-backup-state")).toMatchObject({ nextRunAt: START + 20 * HOUR });
    expect((await eventsOf("system.error")).map(({ data }) => data.error)).toEqual([
      expect.stringContaining("1 configuration backup"),
    ]);
  });
});

describe("fault A18: every stored time that lies ahead has a maximum", () => {
  const ahead = START + FOUR_YEARS;

  test("runs: a retry may begin, and the heartbeat of a worker that is gone counts from now", async () => {
    const one = await job("0 9 * * *");
    const { orm, t } = database();
    const queued = runRow(one, { status: "queued", notBefore: ahead });
    const running = runRow(one, { status: "running", startedAt: START, workerId: "gone", heartbeatAt: ahead });
    const usual = runRow(one, { status: "queued", notBefore: START + 5 * MINUTE });
    await orm.insert(t.runs).values([queued, running, usual]);
    expect(await correctImpossibleTimes(START)).toEqual([{ what: ["retry of a run", "retries of runs"], count: 1 }]);
    const found = new Map((await listRuns({ limit: 10 })).map((row) => [row.id, row]));
    expect(found.get(queued.id)?.notBefore).toBe(START);
    // Heartbeats go by the database's clock.
    expect(found.get(running.id)?.heartbeatAt).toBeLessThan(ahead - HOUR);
    expect(found.get(usual.id)?.notBefore).toBe(START + 5 * MINUTE);
    expect(await correctImpossibleTimes(START)).toEqual([]);
  });

  test("deliveries: retries, reminders, ends, holds and leases; what a person chose stays", async () => {
    const { orm, t } = database();
    const start = {
      eventId: "evt_1",
      channelId: "chn_1",
      route: "global" as const,
      channelName: "x",
      provider: "webhook",
      title: "x",
      tone: "failure" as const,
      severity: "critical" as const,
      createdAt: START,
    };
    const quiet = { kind: "initial", status: "held", heldBy: "quiet_hours" } as const;
    const silenced = { ...quiet, heldBy: "silence" } as const;
    const rows = [
      newDelivery({ ...start, recipient: "retry", kind: "initial", status: "pending", dueAt: ahead }),
      newDelivery({ ...start, recipient: "usual", kind: "initial", status: "pending", dueAt: START + MINUTE }),
      newDelivery({
        ...start,
        recipient: "soon",
        kind: "reminder",
        status: "pending",
        remindHours: 24,
        dueAt: START + DAY,
      }),
      newDelivery({ ...start, recipient: "late", kind: "reminder", status: "pending", remindHours: 24, dueAt: ahead }),
      newDelivery({ ...start, ...quiet, recipient: "quiet", dueAt: ahead }),
      newDelivery({ ...start, ...quiet, recipient: "until morning", dueAt: START + DAY }),
      newDelivery({ ...start, ...silenced, recipient: "silenced", dueAt: ahead }),
      newDelivery({ ...start, ...silenced, recipient: "until ended", dueAt: UNTIL_ENDED }),
      newDelivery({ ...start, recipient: "muted", kind: "initial", status: "held", heldBy: "mute", dueAt: ahead }),
    ];
    await orm.insert(t.deliveries).values(rows);
    expect(await correctImpossibleTimes(START)).toEqual([
      { what: ["notification to be sent", "notifications to be sent"], count: 2 },
      { what: ["hold of a notification", "holds of notifications"], count: 2 },
    ]);
    const found = Object.fromEntries((await orm.select().from(t.deliveries)).map((row) => [row.recipient, row]));
    expect(Object.fromEntries(Object.entries(found).map(([name, row]) => [name, row.dueAt]))).toEqual({
      retry: START,
      usual: START + MINUTE,
      soon: START + DAY,
      late: START + DAY,
      muted: ahead,
      quiet: START,
      "until morning": START + DAY,
      silenced: START,
      "until ended": UNTIL_ENDED,
    });
    expect(found.retry?.giveUpAt).toBe(START + DAY);
    expect(found.late?.giveUpAt).toBe(START + 2 * DAY);
    expect(found.muted?.giveUpAt).toBe(ahead + DAY);
  });

  test("channels, sign-in locks, invitations and open alerts", async () => {
    const { orm, t } = database();
    const states = { health: "paused" as const, failures: 3 };
    await orm.insert(t.channelStates).values([
      { ...states, channelId: "paused", pausedUntil: ahead, pausedSince: ahead },
      { ...states, channelId: "probed", nextProbeAt: ahead, retryingSince: ahead, lastSuccessAt: ahead },
      { ...states, channelId: "usual", pausedUntil: START + 20 * HOUR, nextProbeAt: START + 5 * MINUTE },
    ]);
    await orm.insert(t.loginGuards).values([
      { key: "locked", failures: 5, lastFailureAt: ahead, lockedUntil: ahead },
      { key: "usual", failures: 5, lastFailureAt: START, lockedUntil: START + HOUR },
    ]);
    await orm
      .insert(t.invitations)
      .values({ id: "inv_1", userId: "usr_1", tokenHash: "x", createdAt: ahead, expiresAt: ahead + 7 * DAY });
    expect(await correctImpossibleTimes(START)).toEqual([
      { what: ["pause or probe of a channel", "pauses and probes of channels"], count: 2 },
      { what: ["sign-in lock", "sign-in locks"], count: 1 },
      { what: ["invitation", "invitations"], count: 1 },
    ]);
    const channels = Object.fromEntries((await orm.select().from(t.channelStates)).map((row) => [row.channelId, row]));
    expect(channels.paused).toMatchObject({ pausedUntil: START, pausedSince: START });
    expect(channels.probed).toMatchObject({ nextProbeAt: START, retryingSince: START, lastSuccessAt: START });
    expect(channels.usual).toMatchObject({ pausedUntil: START + 20 * HOUR, nextProbeAt: START + 5 * MINUTE });
    const guards = Object.fromEntries((await orm.select().from(t.loginGuards)).map((row) => [row.key, row]));
    expect(guards.locked).toMatchObject({ lockedUntil: START, lastFailureAt: START });
    expect(guards.usual).toMatchObject({ lockedUntil: START + HOUR });
    expect((await orm.select().from(t.invitations)).map((row) => row.expiresAt)).toEqual([START + 7 * DAY]);
    expect(await correctImpossibleTimes(START)).toEqual([]);
  });
});

test("fault A18: a clock that is ahead for a moment does not make everything old enough to be removed", async () => {
  const { orm, t } = database();
  const at = Date.now();
  await orm.insert(t.auditLog).values({ id: "aud_1", at, actorKind: "system", actorName: "Belfry", verb: "jobs.run" });
  let [wall, passed] = [at, 0];
  const cleaning = cleanUpLoop({ wall: () => wall, passed: () => passed });
  [wall, passed] = [at + FOUR_YEARS, 60_000];
  await cleaning.run();
  [wall, passed] = [at + HOUR, HOUR];
  await cleaning.run();
  const kept = await orm.select().from(t.auditLog);
  expect(kept.map((row) => row.id)).toContain("aud_1");
  [wall, passed] = [at + 31 * DAY, 31 * DAY];
  await orm.update(t.auditLog).set({ at: at - 31 * DAY });
  await cleaning.run();
  expect(await orm.select().from(t.auditLog)).toEqual([]);
  await cleaning.stop();
});
