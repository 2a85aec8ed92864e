import { expect, test } from "vitest";
import type { Actor } from "@/lib/auth/access/actor";
import type { Severity } from "@/lib/core/severity";
import { eachPipeline, eachReceiver } from "@/lib/dispatch/each-pipeline";
import { emit } from "@/lib/dispatch/emit";
import { addWebhook, customEvent, deliveriesOf, until } from "@/lib/dispatch/pipeline-fixture";
import { channelsUpdate } from "@/lib/services/channels/update";

const admin: Actor = { kind: "command", id: null, name: "Ana", role: "admin", address: null };

const receiver = eachReceiver();
eachPipeline();

/** A channel in its quiet hours, which what is critical passes. */
async function quietChannel(): Promise<string> {
  const id = await addWebhook("one", receiver.url());
  await channelsUpdate.call(admin, { id, quietHours: { from: "00:00", to: "00:00", timezone: "UTC" } });
  return id;
}

const disk = (channelId: string, severity: Severity, status?: "resolved") =>
  customEvent("Disk", { tone: "failure", severity, dedupKey: "disk", channelIds: [channelId] }, status);

test("a caller's critical problem that passed is followed by its end, however mild the caller calls that, though it takes two attempts", async () => {
  const channel = await quietChannel();
  await emit(disk(channel, "critical"));
  await until(() => receiver.received.length === 1);
  receiver.answerWith((_, response) => {
    response.writeHead(503).end();
    return false;
  });
  await emit(disk(channel, "info", "resolved"));
  await until(async () => (await deliveriesOf(channel)).some((one) => one.kind === "recovery" && one.attemptCount > 0));
  receiver.answerWith(() => true);
  await until(() => receiver.received.length === 2);
  expect(receiver.received.map(({ title }) => title)).toEqual(["Disk", "Recovered: Disk"]);
});

test("a mild problem is held until it becomes critical: then it is sent, once", async () => {
  const channel = await quietChannel();
  await emit(disk(channel, "warning"));
  await emit(disk(channel, "warning"));
  expect((await deliveriesOf(channel)).map(({ status }) => status)).toEqual(["held", "folded"]);
  await emit(disk(channel, "critical"));
  await until(async () => (await deliveriesOf(channel)).at(-1)?.status === "sent");
  expect(receiver.received).toHaveLength(1);
  expect(receiver.received[0]?.message).toContain("3rd time");
  expect((await deliveriesOf(channel)).map(({ status, reasonCode }) => [status, reasonCode])).toEqual([
    ["folded", "merged"],
    ["folded", "merged"],
    ["sent", null],
  ]);
});
