import { expect, test } from "vitest";
import { systemActor } from "@/lib/auth/access/actor";
import { addWebhook, startPipeline, startReceiver } from "@/lib/dispatch/pipeline-fixture";
import { channelsGet } from "./get";
import { channelsTest } from "./test";

test("fault F8: a channel counts as tested once a Test was taken, and not before", async () => {
  const receiver = await startReceiver();
  const pipeline = await startPipeline();
  try {
    const id = await addWebhook("ops", receiver.url());
    const isTested = async () => (await channelsGet.call(systemActor, { id })).isTested;
    expect(await isTested()).toBe(false);
    let refuses = true;
    receiver.answerWith((_, response) => {
      if (refuses) response.writeHead(400).end("invalid_token");
      return !refuses;
    });
    await expect(channelsTest.call(systemActor, { id })).rejects.toMatchObject({ code: "delivery_failed" });
    expect(await isTested()).toBe(false);
    refuses = false;
    expect(await channelsTest.call(systemActor, { id })).toMatchObject({ status: "sent" });
    expect(await isTested()).toBe(true);
  } finally {
    await receiver.stop();
    await pipeline.stop();
  }
});
