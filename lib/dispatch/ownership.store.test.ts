import type { ServerResponse } from "node:http";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { database } from "@/db/client";
import {
  claimQueues,
  freeLostQueues,
  HEALTHY,
  lockQueue,
  releaseQueues,
  renewQueues,
  saveChannelState,
} from "@/db/stores/channel-queue";
import { type ClaimedDelivery, claim, extendLeases, handBack, type Settlement, settle } from "@/db/stores/outbox";
import { reclaimExpired } from "@/db/stores/reclaim";
import { announceWorker, ownerName } from "@/db/stores/workers";
import { transact } from "@/db/transact";
import { newId } from "@/lib/core/id";
import { emit } from "./emit";
import {
  addWebhook,
  customEvent,
  deliveriesOf,
  setNotifications,
  startPipeline,
  startReceiver,
  until,
} from "./pipeline-fixture";
import { Worker } from "./send/worker";

const FIRST = ownerName("wrk_first", "a");
const SECOND = ownerName("wrk_second", "b");
const MINUTE = 60_000;

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let channelId: string;

beforeEach(async () => {
  receiver = await startReceiver();
  pipeline = await startPipeline({ withWorker: false });
  channelId = await addWebhook("one", receiver.url());
  await setNotifications({ globalChannels: [channelId] });
});
afterEach(async () => {
  await receiver.stop();
  await pipeline.stop();
});

async function claimQueue(owner: string) {
  const [queue] = await claimQueues([channelId], owner);
  if (!queue) throw new Error(`${owner} did not get the queue.`);
  return queue;
}

/** As if its owner had been stopped for longer than a lease. */
async function endLeases(): Promise<void> {
  await database().orm.update(database().t.channelStates).set({ queueUntil: 1 });
}

const claimOptions = () => ({ limit: 10, now: Date.now(), leaseUntil: Date.now() + MINUTE, isProbe: false });

function sent(delivery: ClaimedDelivery): Settlement {
  const now = Date.now();
  const attempt = {
    at: now,
    latencyMs: 1,
    outcome: "sent" as const,
    status: 200,
    error: null,
    advice: null,
    answer: null,
    retryAfterMs: null,
  };
  const nothing = {
    dueAt: null,
    reason: null,
    reasonCode: null,
    receipt: null,
    payload: null,
    remaining: null,
    refused: null,
  };
  return { ...nothing, delivery, status: "sent", attempt, now };
}

describe("fault B16: an owner that lost its queue without knowing it", () => {
  async function takeOver() {
    await emit(customEvent("one", { dedupKey: "k", tone: "failure", severity: "critical" }, "firing"));
    await database().orm.update(database().t.deliveries).set({ remindHours: 1 });
    const first = await claimQueue(FIRST);
    const [old] = await claim(first, claimOptions());
    if (!old) throw new Error("Nothing was due.");
    await endLeases();
    const second = await claimQueue(SECOND);
    const [fresh] = await claim(second, claimOptions());
    return { first, second, old, fresh };
  }

  test("settles nothing: no status, no attempt, no reminder", async () => {
    const { old, fresh } = await takeOver();
    expect(fresh?.id).toBe(old.id);
    await settle([sent(old)]);
    expect(await deliveriesOf(channelId)).toMatchObject([{ status: "sending", attemptCount: 0 }]);
    expect(await database().orm.select().from(database().t.attempts)).toEqual([]);
    await settle([sent(fresh as ClaimedDelivery)]);
    expect(await deliveriesOf(channelId)).toMatchObject([
      { status: "sent", attemptCount: 1, leaseToken: null },
      { kind: "reminder", status: "pending" },
    ]);
  });

  test("hands back and claims nothing, and lengthens no lease", async () => {
    const { first, old } = await takeOver();
    const { orm, t } = database();
    await handBack([old]);
    await extendLeases([{ ids: [old.id], token: first.token }], Date.now() + 10 * MINUTE);
    const [row] = await deliveriesOf(channelId);
    expect(row?.status).toBe("sending");
    expect(row?.leaseUntil).toBeLessThan(Date.now() + 2 * MINUTE);
    await orm.update(t.deliveries).set({ status: "pending" });
    expect(await claim(first, claimOptions())).toEqual([]);
  });

  test("writes no state of the channel, keeps no queue, and folds no storm", async () => {
    const { first, second } = await takeOver();
    expect(await saveChannelState(first, { ...HEALTHY, health: "retrying", failures: 9 })).toBe(false);
    expect(await saveChannelState(second, { ...HEALTHY, lastError: "its own" })).toBe(true);
    expect(await renewQueues([channelId], FIRST)).toEqual([]);
    await releaseQueues([channelId], FIRST);
    expect(await renewQueues([channelId], SECOND)).toEqual([{ channelId, token: second.token }]);
    expect(await transact([], (tx) => lockQueue(tx, first))).toBe(false);
    expect(await transact([], (tx) => lockQueue(tx, second))).toBe(true);
  });
});

describe("fault B17: a lease goes by the database's clock and lasts a minute at most", () => {
  test("a queue of a living owner is not to be had, one that is held until 2036 is", async () => {
    const { orm, t } = database();
    await claimQueue(FIRST);
    expect(await claimQueues([channelId], SECOND)).toEqual([]);
    await orm.update(t.channelStates).set({ queueUntil: Date.now() + 3_650 * 24 * 60 * MINUTE });
    expect(await claimQueues([channelId], SECOND)).toHaveLength(1);
  });

  test("a delivery whose lease ends in 2036 is taken back", async () => {
    await emit(customEvent("one"));
    await claim(await claimQueue(FIRST), { ...claimOptions(), leaseUntil: Date.now() + 3_650 * 24 * 60 * MINUTE });
    expect(await reclaimExpired()).toBe(1);
    expect(await deliveriesOf(channelId)).toMatchObject([{ status: "pending", leaseUntil: null, leaseToken: null }]);
  });
});

describe("fault B21: what a process that is gone held", () => {
  test("is free at once when its owner does not live, and what was under way is taken back", async () => {
    await emit(customEvent("one"));
    await announceWorker({ owner: FIRST, isClockRight: true });
    const first = await claimQueue(FIRST);
    await claim(first, claimOptions());
    await announceWorker({ owner: SECOND, isClockRight: true });
    expect(await freeLostQueues()).toBe(0);
    // The same worker, started again: its earlier life is over.
    await announceWorker({ owner: ownerName("wrk_first", "later"), isClockRight: true });
    expect(await freeLostQueues()).toBe(1);
    expect(await deliveriesOf(channelId)).toMatchObject([{ status: "pending" }]);
    expect((await claimQueue(SECOND)).token).toBeGreaterThan(first.token);
  });

  test("is sent by a worker that starts alone, although its lease has not ended", async () => {
    await emit(customEvent("one"));
    const gone = await claimQueue("wrk_gone:1");
    await claim(gone, claimOptions());
    const worker = new Worker({ owner: SECOND, isAlone: false });
    await worker.start();
    try {
      await until(() => receiver.received.length === 1);
      await until(async () => (await deliveriesOf(channelId))[0]?.status === "sent");
    } finally {
      await worker.stop();
    }
  });
});

test("fault B16: a queue that is lost while a new delivery is being written ends, and the delivery is sent once", async () => {
  const worker = new Worker({ owner: FIRST, isAlone: false });
  await worker.start();
  try {
    await emit(customEvent("first"));
    await until(() => receiver.received.length === 1);
    let held: ServerResponse | null = null;
    receiver.answerWith((_, response) => {
      if (held) return true;
      held = response;
      return false;
    });
    await emit(customEvent("second"));
    await until(() => held !== null);
    // Somebody else takes the queue while the send is in flight.
    const { orm, t } = database();
    await endLeases();
    const other = await claimQueue(SECOND);
    const mine = async () => (await deliveriesOf(channelId)).find(({ title }) => title === "second");
    await until(async () => (await mine())?.status === "pending");
    const [again] = await claim(other, claimOptions());
    (held as ServerResponse | null)?.writeHead(200).end("ok");
    await settle([sent(again as ClaimedDelivery)]);
    expect(await mine()).toMatchObject({ status: "sent", attemptCount: 1 });
    expect(
      await orm
        .select()
        .from(t.attempts)
        .where(eq(t.attempts.deliveryId, again?.id ?? newId("x"))),
    ).toHaveLength(1);
  } finally {
    await worker.stop();
  }
});
