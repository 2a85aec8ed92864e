import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { channelById } from "@/db/queries/channels";
import { applyChannelChanges, type ChannelChanges, readChannel } from "@/db/stores/channels";
import { transact } from "@/db/transact";
import { startDiscordServer } from "@/e2e/support/discord-server";
import { eachPipeline, eachReceiver } from "./each-pipeline";
import { emit } from "./emit";
import {
  addChannel,
  addRule,
  addWebhook,
  customEvent,
  deliveriesOf,
  openAlerts,
  rest,
  runEvent,
  setNotifications,
  until,
} from "./pipeline-fixture";
import { previewJobRouting } from "./preview/routing-preview";
import { testChannel } from "./send/send-test";

const receiver = eachReceiver();
const pipeline = eachPipeline();

const titles = () => receiver.received.map((one) => one.title);
const change = (id: string, changes: ChannelChanges) =>
  transact([], function* (tx) {
    const audit = {
      id: `aud_${Math.random()}`,
      at: Date.now(),
      actorKind: "system",
      actorId: null,
      actorName: "test",
      address: null,
      verb: "channels.update",
      entity: "channel",
      entityId: id,
      entityName: "one",
      detail: {},
    } as const;
    return yield* applyChannelChanges(tx, yield* readChannel(tx, id), changes, audit);
  });

describe("a muted channel", () => {
  it("holds what it would say, over a restart too, and says it when the mute ends", async () => {
    const channel = await addWebhook("one", receiver.url(), { mutedUntil: Date.now() + 2_500 });
    await addRule("job_a", channel, "failure");
    await emit(runEvent("backup.failed"));
    await pipeline.restartWorker();
    await rest(200);
    expect(await deliveriesOf(channel)).toMatchObject([{ status: "held" }]);
    expect(titles()).toEqual([]);
    await until(() => titles().length === 1);
    await until(async () => (await deliveriesOf(channel))[0]?.status === "sent");
  });

  it("reports a problem that was resolved before the mute ended in one message", async () => {
    const channel = await addWebhook("one", receiver.url(), { mutedUntil: Date.now() + 60_000 });
    await addRule("job_a", channel, "failure");
    await emit(runEvent("backup.failed"));
    await emit(runEvent("backup.failed"));
    await emit(runEvent("backup.completed"));
    expect((await deliveriesOf(channel)).map((one) => one.status)).toEqual(["folded", "folded", "held"]);
    await change(channel, { mutedUntil: null });
    await until(() => titles().length === 1);
    await rest(100);
    expect(titles()).toEqual(["Recovered: job a"]);
    expect(receiver.received[0]?.message).toContain("No notification could be sent while it lasted");
  });

  it("holds what waits already, gives it its whole time again, and still lets a Test through", async () => {
    receiver.answerWith((_, response) => {
      response.writeHead(503).end("down");
      return false;
    });
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure");
    await emit(runEvent("backup.failed"));
    await until(async () => (await deliveriesOf(channel))[0]?.attemptCount === 1);
    await until(async () => (await deliveriesOf(channel))[0]?.status === "pending");
    const mutedUntil = Date.now() + 3_600_000;
    await change(channel, { mutedUntil });
    receiver.answerWith(() => true);
    const [held] = await deliveriesOf(channel);
    expect(held).toMatchObject({ status: "held", dueAt: mutedUntil });
    expect(held?.giveUpAt).toBe(mutedUntil + 86_400_000);
    expect(await testChannel(channel)).toMatchObject({ ok: true });
    expect(titles()).toEqual(["Test: one"]);
    await change(channel, { mutedUntil: null });
    await until(() => titles().length === 2);
  });
});

describe("a channel's minimum severity", () => {
  it("suppresses what is less severe, and falls back to the global channels where no rule is left for a missed schedule", async () => {
    const floor = await addWebhook("floor", receiver.url("/floor"), { minSeverity: "critical" });
    const global = await addWebhook("global", receiver.url("/global"));
    await setNotifications({ globalChannels: [global, floor] });
    await addRule("job_a", floor, "always");
    await emit(runEvent("backup.completed"));
    await emit(runEvent("backup.missed"));
    await emit(runEvent("backup.failed"));
    await until(() => receiver.at("/floor").length === 1 && receiver.at("/global").length === 1);
    await rest(100);
    expect(receiver.at("/floor").map((one) => one.type)).toEqual(["backup.failed"]);
    expect(receiver.at("/global").map((one) => one.type)).toEqual(["backup.missed"]);
    const preview = await previewJobRouting(
      { id: "job_a", name: "job a", slug: "a" },
      [
        {
          id: "rule_x",
          channelId: floor,
          condition: "always",
          states: null,
          repeat: "every",
          remindHours: null,
          notifyOnRecovery: true,
          text: {},
        },
      ],
      "success",
    );
    expect(preview.entries).toMatchObject([
      { channelName: "floor", outcome: "suppressed", reasonCode: "below_min_severity" },
    ]);
  });

  it("does not suppress the recovery of what was sent", async () => {
    const floor = await addWebhook("floor", receiver.url(), { minSeverity: "critical" });
    await addRule("job_a", floor, "failure");
    await emit(runEvent("backup.failed"));
    await until(() => titles().length === 1);
    await emit(runEvent("backup.completed"));
    await until(() => titles().length === 2);
    expect(titles()[1]).toBe("Recovered: job a");
  });
});

it("pain 07: a channel's own rate is kept, and everything arrives", async () => {
  const channel = await addWebhook("one", receiver.url(), { rateLimit: { requests: 2, perSeconds: 1 } });
  await setNotifications({ globalChannels: [channel] });
  const began = Date.now();
  for (let i = 0; i < 5; i++) await emit(customEvent(`n${i}`));
  await until(() => titles().length === 5);
  // Those that one second allows go out together; which of the two connections is quicker is chance.
  expect([titles().slice(0, 2).sort(), titles().slice(2, 4).sort(), titles().slice(4)]).toEqual([
    ["n0", "n1"],
    ["n2", "n3"],
    ["n4"],
  ]);
  expect(Date.now() - began).toBeGreaterThanOrEqual(1_300);
});

it("a problem that ends while its notification is under way, and is refused, is reported as over, and not as going on", async () => {
  const channel = await addWebhook("one", receiver.url());
  await addRule("job_a", channel, "failure");
  const waiting: ServerResponse[] = [];
  receiver.answerWith((_, response) => {
    waiting.push(response);
    return false;
  });
  await emit(runEvent("backup.failed"));
  await until(() => waiting.length === 1);
  await emit(runEvent("backup.completed"));
  receiver.answerWith(() => true);
  waiting[0]?.writeHead(503).end();
  await until(async () =>
    (await deliveriesOf(channel)).every(({ status }) => status === "sent" || status === "folded"),
  );
  expect(titles()).toEqual(["Recovered: job a"]);
  const [problem, end] = await deliveriesOf(channel);
  expect(problem).toMatchObject({ reasonCode: "recovered_before_sent", foldedInto: end?.id });
});

describe("a target that does not exist any more", () => {
  it("disables the channel at once, cancels what waits, notifies the others once, and is resolved when it works again", async () => {
    const gone = await addWebhook("gone", receiver.url("/gone"));
    const other = await addWebhook("other", receiver.url("/other"));
    await setNotifications({ globalChannels: [gone, other] });
    receiver.answerWith((path, response) => {
      if (path !== "/gone") return true;
      response.writeHead(410).end("no more");
      return false;
    });
    await emit(customEvent("first"));
    await until(() => receiver.at("/other").some((one) => one.type === "channel.failing"));
    expect(await channelById(gone)).toMatchObject({ enabled: false });
    await emit(customEvent("second"));
    await until(() => receiver.at("/other").length === 3);
    await rest(200);
    expect(receiver.requests.filter((one) => one.path === "/gone")).toHaveLength(1);
    const reports = receiver.at("/other").filter((one) => one.type === "channel.failing");
    expect(reports).toHaveLength(1);
    expect(reports[0]?.message).toContain("no more");
    expect(JSON.stringify(reports[0])).toContain("Belfry disabled the channel");
    expect(await openAlerts()).toMatchObject([{ type: "channel.failing", subjectName: "gone" }]);

    receiver.answerWith(() => true);
    await change(gone, { enabled: true });
    await emit(customEvent("third"));
    await until(async () => (await openAlerts()).length === 0);
  });
});

it("fault B7: a relay's HTML 404 is no end: the message arrives when the relay lets it through, and the channel stays on", async () => {
  const channel = await addWebhook("one", receiver.url("/one"));
  const other = await addWebhook("other", receiver.url("/other"));
  await setNotifications({ globalChannels: [channel, other] });
  let isAway = true;
  receiver.answerWith((path, response) => {
    if (path !== "/one" || !isAway) return true;
    isAway = false;
    response.writeHead(404, { "content-type": "text/html" }).end("<html><title>404 Not Found</title></html>");
    return false;
  });
  await emit(customEvent("first"));
  await until(() => receiver.at("/one").length === 1);
  await until(async () => (await deliveriesOf(channel))[0]?.status === "sent");
  expect(await channelById(channel)).toMatchObject({ enabled: true });
  expect(receiver.at("/other").map((one) => one.type)).not.toContain("channel.failing");
});

it("a Test that the service asks to pause pauses the channel for all senders", async () => {
  const channel = await addWebhook("one", receiver.url());
  await setNotifications({ globalChannels: [channel] });
  await emit(customEvent("warm"));
  await until(() => titles().length === 1);
  receiver.answerWith((_, response) => {
    response.writeHead(429, { "retry-after": "2" }).end("slow down");
    return false;
  });
  expect(await testChannel(channel)).toMatchObject({ ok: false, retryAfterSeconds: 2 });
  const paused = receiver.requests.length;
  receiver.answerWith(() => true);
  await rest(100);
  await emit(customEvent("later"));
  await rest(700);
  expect(receiver.requests).toHaveLength(paused);
  await until(() => titles().length === 2);
});

describe("own texts", () => {
  it("of the rule precedes the channel's, one outcome precedes all, and a recovery has the standard text", async () => {
    const channel = await addWebhook("one", receiver.url(), {
      texts: { title: "channel {{job.name}}", outcomes: { failure: { message: "channel failure: {{error}}" } } },
    });
    await addRule("job_a", channel, "always", { outcomes: { failure: { title: "rule {{job.name}} broke" } } });
    await emit(runEvent("backup.failed", "job_a", "disk {{error}} & <full>"));
    await until(() => titles().length === 1);
    expect(receiver.received[0]).toMatchObject({
      title: "rule job a broke",
      message: "channel failure: disk {{error}} & <full>",
    });
    await emit(runEvent("backup.completed"));
    await until(() => titles().length === 2);
    expect(titles()[1]).toBe("Recovered: job a");
    await emit(runEvent("backup.completed"));
    await until(() => titles().length === 3);
    expect(titles()[2]).toBe("channel job a");
  });
});

describe("pain 24: one message per problem", () => {
  it("on Discord the recovery takes the place of the last message of the problem", async () => {
    const discord = await startDiscordServer();
    discord.limitRate(false);
    try {
      const channel = await addChannel("ops", "discord", { webhookUrl: discord.webhookUrl() });
      await addRule("job_a", channel, "failure");
      await emit(runEvent("backup.failed"));
      await until(() => discord.messages.length === 1);
      await emit(runEvent("backup.failed"));
      await until(async () => (await deliveriesOf(channel)).filter((one) => one.status === "sent").length === 2);
      await emit(runEvent("backup.completed"));
      await until(async () => (await deliveriesOf(channel)).filter((one) => one.status === "sent").length === 3);
      expect(discord.messages.map((one) => one.embeds[0]?.title)).toEqual(["Backup Failed: job a", "Recovered: job a"]);
    } finally {
      await discord.close();
    }
  });
});

it("a channel that is enabled again is notified of the problems that are still open, each once, and what is resolved is summed up", async () => {
  const channel = await addWebhook("one", receiver.url(), { mutedUntil: Date.now() + 60_000 });
  for (const job of ["job_a", "job_b"]) await addRule(job, channel, "failure", { repeat: "first" });
  await emit(runEvent("backup.failed", "job_a"));
  await emit(runEvent("backup.failed", "job_b"));
  await change(channel, { enabled: false });
  await emit(runEvent("backup.failed", "job_a"));
  await emit(runEvent("backup.completed", "job_b"));
  await change(channel, { enabled: true, mutedUntil: null });
  await until(() => titles().length === 2);
  await rest(200);
  expect(titles().sort()).toEqual(["1 notification not sent while the channel was disabled", "Backup Failed: job a"]);
  await until(async () => (await deliveriesOf(channel)).every(({ status }) => status !== "sending"));
  expect((await deliveriesOf(channel)).map((one) => one.status)).toEqual(["sent", "folded", "sent"]);
});
