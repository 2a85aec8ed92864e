import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { database } from "@/db/client";
import { waitingChannels } from "@/db/queries/progress";
import { HEALTHY } from "@/db/stores/channel-queue";
import { holdLease, releaseLease } from "@/db/stores/leases";
import { newDelivery } from "@/db/stores/new-delivery";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { setProcessState } from "@/lib/core/process-state";
import { setRuntimeValue } from "@/lib/core/runtime";
import { metricsRead } from "../metrics/read";
import { problemsOf, readProgress } from "./problems";

const MINUTE = 60_000;
let drop: () => Promise<void>;

beforeEach(async () => {
  drop = await freshDatabase();
  setRuntimeValue("lastTickAt", null);
});
afterEach(async () => {
  setRuntimeValue("lastTickAt", null);
  setProcessState("ready");
  await drop();
});

async function problems(): Promise<string[]> {
  return problemsOf(await readProgress(), Date.now());
}

async function channel(id: string, more: { enabled?: boolean; rateLimit?: object } = {}): Promise<void> {
  const row = { id, name: id, provider: "webhook", enabled: true, config: {}, subscriptions: [] };
  const { orm, t } = database();
  await orm.insert(t.channels).values({ ...row, createdAt: 1, updatedAt: 1, ...more } as never);
}

async function delivery(channelId: string, more: Partial<Parameters<typeof newDelivery>[0]>): Promise<void> {
  const start = {
    eventId: `evt_${Math.random()}`,
    channelId,
    recipient: "",
    kind: "initial" as const,
    status: "pending" as const,
    route: "global" as const,
    channelName: channelId,
    provider: "webhook",
    title: "one",
    tone: "failure" as const,
    severity: "critical" as const,
    createdAt: Date.now() - 10 * MINUTE,
  };
  const { orm, t } = database();
  await orm.insert(t.deliveries).values(newDelivery({ ...start, ...more }));
}

describe("fault B18: health and metrics speak of the scheduler that leads", () => {
  const lead = (workedAt: number) =>
    holdLease("scheduler", { owner: "wrk_other:1", ttlMs: 15_000, now: Date.now(), workedAt });

  test("its tick counts, in whichever process it is", async () => {
    expect(await readProgress()).toMatchObject({ lastTickAt: null });
    expect(await problems()).toEqual([]);
    const now = Date.now();
    await lead(now - 10_000);
    expect(await readProgress()).toMatchObject({ lastTickAt: now - 10_000 });
    expect(await problems()).toEqual([]);
    await lead(now - 2 * MINUTE);
    expect(await problems()).toEqual([
      expect.stringMatching(/^The scheduler has not checked for due backups for 2 min/),
    ]);
    // One that ended in order is missed as much.
    await releaseLease("scheduler", "wrk_other:1");
    expect(await problems()).toHaveLength(1);
    const text = await metricsRead.call(systemActor, {});
    expect(text).toContain(`belfry_scheduler_last_tick_timestamp_seconds ${Math.round((now - 2 * MINUTE) / 1000)}\n`);
  });

  test("the age of the oldest slot that is due is shown", async () => {
    const { orm, t } = database();
    const job = { id: "job_1", name: "one", slug: "one", kind: "managed", enabled: true, createdAt: 1, updatedAt: 1 };
    const whole = { sourceId: "src_1", compression: "gzip", keepLast: 3 };
    const at = Date.now() - 3 * MINUTE;
    await orm.insert(t.jobs).values({ ...job, ...whole, graceMinutes: 5, retries: 0, nextRunAt: at } as never);
    expect((await readProgress()).oldestSlotAt).toBe(at);
    expect(await metricsRead.call(systemActor, {})).toMatch(/\nbelfry_oldest_slot_seconds 18[0-9]\n/);
  });
});

describe("fault B21: what waits longer than it may", () => {
  test("turns health red, and is a metric", async () => {
    await channel("chn_1");
    await delivery("chn_1", {});
    expect(await problems()).toEqual([
      expect.stringMatching(/^Notifications of 1 healthy channel are not sent, the oldest for 10 min/),
    ]);
    expect(await metricsRead.call(systemActor, {})).toMatch(/\nbelfry_oldest_sendable_seconds 60[0-9]\n/);
  });

  test("is not what a channel holds back, has under way, or sends at its pace", async () => {
    const { orm, t } = database();
    const state = { ...HEALTHY, queueToken: 1 };
    for (const id of ["retrying", "disabled", "busy", "paced", "ordered"])
      await channel(id, {
        enabled: id !== "disabled",
        ...(id === "paced" && { rateLimit: { requests: 1, perSeconds: 600 } }),
      });
    await orm.insert(t.channelStates).values([
      { ...state, channelId: "retrying", health: "retrying" },
      { ...state, channelId: "paced", lastSuccessAt: Date.now() - 9 * MINUTE },
    ]);
    for (const id of ["retrying", "disabled", "busy", "paced"]) await delivery(id, {});
    await delivery("busy", { status: "sending", leaseUntil: Date.now() + MINUTE });
    // The next of an order waits for one that is tried again later.
    await delivery("ordered", { id: "dlv_1", orderKey: "k", dueAt: Date.now() + 5 * MINUTE });
    await delivery("ordered", { id: "dlv_2", orderKey: "k" });
    expect(await problems()).toEqual([]);
    expect((await waitingChannels(Date.now())).map(({ id }) => id).sort()).toEqual(["busy", "paced"]);
  });
});
