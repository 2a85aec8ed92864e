import type { ServerResponse } from "node:http";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { database } from "@/db/client";
import { claimQueues } from "@/db/stores/channel-queue";
import { applyChannelChanges, channelLocks, readChannel } from "@/db/stores/channels";
import { claim, type Settlement, settle } from "@/db/stores/outbox";
import { transact } from "@/db/transact";
import type { ReasonCode } from "@/lib/core/delivery-reason";
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

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let channelId: string;

async function begin(withWorker: boolean): Promise<void> {
  pipeline = await startPipeline({ withWorker });
  channelId = await addWebhook("one", receiver.url());
  await setNotifications({ globalChannels: [channelId] });
}
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await receiver.stop();
  await pipeline.stop();
});

async function switchChannel(enabled: boolean): Promise<void> {
  const verb = "channels.update";
  const audit = { id: newId("aud"), at: Date.now(), actorKind: "system" as const, actorName: "Belfry", verb };
  await transact(channelLocks(channelId), function* (tx) {
    yield* applyChannelChanges(tx, yield* readChannel(tx, channelId), { enabled }, audit as never);
  });
}

const problem = (title: string) =>
  customEvent(title, { dedupKey: title, tone: "failure", severity: "critical" }, "firing");
const end = (title: string) => customEvent(title, { dedupKey: title, tone: "success" }, "resolved");

describe("fault B2: canceling is decided by what the database says in the same transaction", () => {
  async function claimedOne() {
    await begin(false);
    await emit(problem("one"));
    const [queue] = await claimQueues([channelId], "wrk_test:1");
    if (!queue) throw new Error("The queue is not free.");
    const now = Date.now();
    const [delivery] = await claim(queue, { limit: 1, now, leaseUntil: now + 60_000, isProbe: false });
    if (!delivery) throw new Error("Nothing was due.");
    return (reasonCode: ReasonCode): Settlement => ({
      delivery,
      status: "canceled",
      dueAt: null,
      reason: null,
      reasonCode,
      receipt: null,
      payload: null,
      remaining: null,
      refused: null,
      attempt: null,
      now: Date.now(),
    });
  }

  test.each<ReasonCode>(["channel_disabled", "channel_removed", "event_missing", "alert_resolved", "subject_removed"])(
    "%s is written only while it is so: otherwise the delivery goes back",
    async (code) => {
      const canceled = await claimedOne();
      await settle([canceled(code)]);
      expect(await deliveriesOf(channelId)).toMatchObject([{ status: "pending", reasonCode: null, leaseToken: null }]);
    },
  );

  test("a channel that is disabled cancels, and what it canceled is sent when it is enabled", async () => {
    const canceled = await claimedOne();
    await switchChannel(false);
    await settle([canceled("channel_disabled")]);
    expect(await deliveriesOf(channelId)).toMatchObject([{ status: "canceled", reasonCode: "channel_disabled" }]);
    await switchChannel(true);
    expect(await deliveriesOf(channelId)).toMatchObject([{ status: "pending", reasonCode: null }]);
  });
});

describe("fault B3: what a switch-off stopped is sent or summed up at switch-on", () => {
  /** Holds the first request until it is answered. */
  function holdFirst(): { answer(status: number): void; isHeld(): boolean } {
    let held: ServerResponse | null = null;
    let isOver = false;
    receiver.answerWith((_, response) => {
      if (held || isOver) return true;
      held = response;
      return false;
    });
    return {
      isHeld: () => held !== null,
      answer(status) {
        isOver = true;
        held?.writeHead(status).end("later");
      },
    };
  }
  const titles = () => receiver.received.map(({ title }) => title);

  test("a first message that is in flight then and fails is sent after switch-on, while its problem is open", async () => {
    await begin(true);
    const first = holdFirst();
    await emit(problem("disk"));
    await until(first.isHeld);
    await switchChannel(false);
    first.answer(503);
    await until(async () => (await deliveriesOf(channelId))[0]?.status === "canceled");
    expect(titles()).toEqual([]);
    await switchChannel(true);
    await until(() => titles().includes("disk"));
  });

  test("one that no problem belongs to is sent, and one whose problem is over is named in a summary", async () => {
    await begin(false);
    await emit(customEvent("a note"));
    await emit(problem("disk"));
    await emit(problem("lasting"));
    await switchChannel(false);
    await emit(end("disk"));
    await emit(customEvent("while it was off"));
    await switchChannel(true);
    await pipeline.restartWorker();
    await until(() => receiver.received.length === 3);
    expect(titles().sort()).toEqual(["1 notification not sent while the channel was disabled", "a note", "lasting"]);
    const summary = receiver.received.find(({ type }) => type === "digest");
    expect(summary?.message).toContain("[critical] disk (over)");
    const { orm, t } = database();
    const [folded] = await orm.select().from(t.deliveries).where(eq(t.deliveries.title, "disk"));
    expect(folded).toMatchObject({ status: "folded", reasonCode: "digest" });
    // Once: the next switch finds nothing more.
    await switchChannel(false);
    await switchChannel(true);
    await emit(customEvent("last"));
    await until(() => titles().includes("last"));
    expect(receiver.received).toHaveLength(4);
  });
});
