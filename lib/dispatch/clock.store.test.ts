import { afterEach, beforeEach, it } from "vitest";
import { database } from "@/db/client";
import { correctImpossibleTimes } from "@/db/stores/impossible-times";
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

const AHEAD = Date.now() + 1_461 * 86_400_000;

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;

beforeEach(async () => {
  receiver = await startReceiver();
  pipeline = await startPipeline({ withWorker: false });
});
afterEach(async () => {
  await receiver.stop();
  await pipeline.stop();
});

it("fault A18: a channel whose probe and pause are in 2030, held by a worker that is gone, delivers", async () => {
  const channelId = await addWebhook("one", receiver.url());
  await setNotifications({ globalChannels: [channelId] });
  const { orm, t } = database();
  await orm.insert(t.channelStates).values({
    channelId,
    health: "paused",
    failures: 3,
    retryingSince: AHEAD,
    nextProbeAt: AHEAD,
    pausedUntil: AHEAD,
    pausedSince: AHEAD,
    lastErrorAt: AHEAD,
    queueOwner: "wrk_gone",
    queueUntil: AHEAD,
  });
  await emit(customEvent("one", { tone: "failure", severity: "critical", channelIds: [channelId] }, "firing"));
  await orm.update(t.deliveries).set({ dueAt: AHEAD });
  await correctImpossibleTimes(Date.now());
  await pipeline.restartWorker();
  await until(() => receiver.at("/hook").length === 1);
  await until(async () => (await deliveriesOf(channelId))[0]?.status === "sent");
});

it("fault A18: the queue that runs believes no state of a wrong clock either", async () => {
  const channelId = await addWebhook("one", receiver.url());
  const { orm, t } = database();
  await orm
    .insert(t.channelStates)
    .values({ channelId, health: "retrying", failures: 3, retryingSince: AHEAD, nextProbeAt: AHEAD });
  await pipeline.restartWorker();
  await emit(customEvent("two", { channelIds: [channelId] }));
  await until(() => receiver.at("/hook").length === 1);
});
