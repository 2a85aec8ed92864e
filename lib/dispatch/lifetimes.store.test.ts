import type { ServerResponse } from "node:http";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { database } from "@/db/client";
import { closeAlertsOf } from "@/db/stores/alerts";
import { transact } from "@/db/transact";
import { eachPipeline, eachReceiver } from "./each-pipeline";
import { emit } from "./emit";
import {
  addRule,
  addWebhook,
  deliveriesOf,
  openAlerts,
  rest,
  runEvent,
  setNotifications,
  until,
} from "./pipeline-fixture";

const receiver = eachReceiver();
const pipeline = eachPipeline();

const titles = () => receiver.received.map((one) => one.title);

async function remindersOf(channelId: string) {
  return (await deliveriesOf(channelId)).filter((one) => one.kind === "reminder");
}

/** Lets the hours until the next reminder pass. */
async function makeDue(id: string): Promise<void> {
  const { orm, t } = database();
  await orm
    .update(t.deliveries)
    .set({ dueAt: Date.now() - 1 })
    .where(eq(t.deliveries.id, id));
}

describe("a rule with reminders", () => {
  it("does so again and again, over a restart too, until the problem is over", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { repeat: "remind", remindHours: 6 });
    await emit(runEvent("backup.failed"));
    await until(async () => (await remindersOf(channel)).length === 1);
    await emit(runEvent("backup.failed"));
    await pipeline.restartWorker();
    expect(titles()).toEqual(["Backup Failed: job a"]);
    for (const step of [1, 2]) {
      const next = (await remindersOf(channel)).at(-1);
      expect(next).toMatchObject({ status: "pending", step });
      await makeDue(next?.id ?? "");
      await until(() => titles().length === step + 1);
      await until(async () => (await remindersOf(channel)).length === step + 1);
    }
    expect(new Set(titles())).toEqual(new Set(["Backup Failed: job a"]));
    await emit(runEvent("backup.completed"));
    await until(() => titles().at(-1) === "Recovered: job a");
    expect((await remindersOf(channel)).map((one) => one.status)).toEqual(["sent", "sent", "canceled"]);
  });

  it("goes on reminding after a reminder that died", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { repeat: "remind", remindHours: 6 });
    await emit(runEvent("backup.failed"));
    await until(async () => (await remindersOf(channel)).length === 1);
    receiver.answerWith((_, response) => {
      response.writeHead(403).end("no");
      return false;
    });
    await makeDue((await remindersOf(channel))[0]?.id ?? "");
    await until(async () => (await remindersOf(channel)).length === 2);
    expect((await remindersOf(channel)).map(({ status, step }) => [status, step])).toEqual([
      ["dead", 1],
      ["pending", 2],
    ]);
  });
});

describe("rule 12: what is removed or disabled notifies nobody any more", () => {
  it("its alert closes and its unsent deliveries are canceled, the one in flight with its next attempt", async () => {
    const held: ServerResponse[] = [];
    receiver.answerWith((_, response) => {
      held.push(response);
      return false;
    });
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure");
    await addRule("job_b", channel, "failure");
    await emit(runEvent("backup.failed"));
    await until(() => held.length === 1);
    await emit(runEvent("backup.failed", "job_b"));
    await until(() => held.length === 2);
    await transact([], (tx) => closeAlertsOf(tx, "job", "job_a", "subject_removed"));
    receiver.answerWith(() => true);
    for (const response of held) response.writeHead(503).end("down");
    await until(() => titles().length > 0);
    await until(async () => (await deliveriesOf(channel)).every((one) => one.settledAt !== null));
    await rest(200);
    expect(titles()).toEqual(["Backup Failed: job b"]);
    expect((await deliveriesOf(channel)).map(({ status, reasonCode }) => [status, reasonCode])).toEqual([
      ["canceled", "subject_removed"],
      ["sent", null],
    ]);
    expect((await openAlerts()).map((alert) => alert.subjectId)).toEqual(["job_b"]);
  });
});

describe("rule 08: a job whose destination is unreachable", () => {
  it("notifies by its rules although it never began to write, and its failing channel is reported to the others only", async () => {
    const [rule, other] = [
      await addWebhook("rule", receiver.url("/rule")),
      await addWebhook("other", receiver.url("/other")),
    ];
    await setNotifications({ globalChannels: [rule, other] });
    await addRule("job_a", rule, "failure");
    receiver.answerWith((path, response) => {
      if (path === "/other") return true;
      response.writeHead(410).end("gone");
      return false;
    });
    await emit(runEvent("backup.failed", "job_a", "The destination nas cannot be reached."));
    await until(() => receiver.at("/other").length === 1);
    await rest(200);
    expect(receiver.at("/other").map((one) => one.type)).toEqual(["channel.failing"]);
    expect(receiver.requests.filter((one) => one.path === "/rule")).toHaveLength(1);
    expect((await deliveriesOf(rule)).map((one) => one.status)).toEqual(["dead"]);
  });
});

describe("problems that last", () => {
  it("a pause of more than 15 minutes is reported to the other channels, once", async () => {
    const [slow, other] = [
      await addWebhook("slow", receiver.url("/slow")),
      await addWebhook("other", receiver.url("/other")),
    ];
    await setNotifications({ globalChannels: [slow, other] });
    receiver.answerWith((path, response) => {
      if (path === "/other") return true;
      response.writeHead(429, { "retry-after": "1000" }).end("slow down");
      return false;
    });
    await addRule("job_a", slow, "failure");
    await emit(runEvent("backup.failed"));
    await emit(runEvent("backup.failed"));
    await until(() => receiver.at("/other").length === 1);
    await rest(300);
    expect(receiver.at("/other").map(({ type, title }) => [type, title])).toEqual([
      ["channel.failing", "Channel Failing: slow"],
    ]);
    // Nothing of it is lost or dead: it waits for the service.
    expect((await deliveriesOf(slow)).map((one) => one.status)).toEqual(["pending", "folded"]);
  });

  it("pain 08: after 24 h a delivery is given up, with the last answer, and the other channels are notified", async () => {
    const [down, other] = [
      await addWebhook("down", receiver.url("/down")),
      await addWebhook("other", receiver.url("/other")),
    ];
    await setNotifications({ globalChannels: [other] });
    await addRule("job_a", down, "failure");
    receiver.answerWith((path, response) => {
      if (path === "/other") return true;
      response.writeHead(503).end("out of order");
      return false;
    });
    await emit(runEvent("backup.failed"));
    await until(async () => (await deliveriesOf(down))[0]?.attemptCount === 1);
    const { orm, t } = database();
    await orm
      .update(t.deliveries)
      .set({ giveUpAt: Date.now() - 1 })
      .where(eq(t.deliveries.channelId, down));
    await until(async () => (await deliveriesOf(down))[0]?.status === "dead");
    expect((await deliveriesOf(down))[0]).toMatchObject({
      reasonCode: "retries_exhausted",
      reason: expect.stringContaining("503"),
    });
    await until(() => receiver.at("/other").length === 1);
    expect(receiver.at("/other")[0]?.type).toBe("channel.failing");
  });
});
