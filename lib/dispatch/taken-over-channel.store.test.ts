import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, it } from "vitest";
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
import { testChannel } from "./send/send-test";
import { Worker } from "./send/worker";

let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeEach(async () => {
  pipeline = await startPipeline({ withWorker: false });
  receiver = await startReceiver();
});
afterEach(async () => {
  await receiver.stop();
  await pipeline.stop();
});

it("a Test that is under way stays what it is when a worker takes the channel", async () => {
  const channel = await addWebhook("shared", receiver.url());
  await setNotifications({ globalChannels: [channel] });
  let held: ServerResponse | null = null;
  receiver.answerWith((_, response) => {
    if (held) return true;
    held = response;
    return false;
  });
  const tested = testChannel(channel);
  await until(() => held !== null);
  const worker = new Worker({ owner: "wrk_other", isAlone: false });
  await worker.start();
  try {
    await emit(customEvent("hello"));
    await until(() => receiver.received.length === 1);
    (held as ServerResponse | null)?.writeHead(200).end("ok");
    expect(await tested).toMatchObject({ ok: true });
    const statuses = async () => (await deliveriesOf(channel)).map(({ kind, status }) => `${kind} ${status}`).sort();
    await until(async () => (await statuses()).join() === "initial sent,test sent");
  } finally {
    await worker.stop();
  }
});
