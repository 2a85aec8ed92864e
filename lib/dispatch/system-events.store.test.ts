import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { database } from "@/db/client";
import { applyChannelChanges, readChannel } from "@/db/stores/channels";
import { cancelDelivery, resendDelivery } from "@/db/stores/delivery-control";
import { step, transact } from "@/db/transact";
import { startDiscordServer } from "@/e2e/support/discord-server";
import { startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import type { EventDraft } from "@/lib/core/event";
import { newId } from "@/lib/core/id";
import { loadSecretKey } from "@/lib/secrets/key";
import { emit, emitAll } from "./emit";
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
  startPipeline,
  startReceiver,
  until,
} from "./pipeline-fixture";
import { previewEventRouting, previewJobRouting } from "./preview/routing-preview";
import { testChannel, testDraft, testEvent } from "./send/send-test";
import { StorageAlarm } from "./send/storage-alarm";
import { noticeStorageFault } from "./send/storage-watch";

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;

beforeAll(() => {
  loadSecretKey({ fromEnv: randomBytes(32).toString("hex"), dataDir: "/nowhere", mayCreate: true });
});
beforeEach(async () => {
  receiver = await startReceiver();
  pipeline = await startPipeline();
});
afterEach(async () => {
  await receiver.stop();
  await pipeline.stop();
});

const eve = { id: "usr_eve", name: "Eve", email: "eve@example.org" };
const login: EventDraft = {
  type: "user.login",
  subject: { kind: "user", id: eve.id, name: eve.name },
  data: { user: eve, address: "192.0.2.1" },
};
const titles = (path = "/hook") => receiver.at(path).map((one) => one.title);
const audit = (verb: string) => ({
  id: newId("aud"),
  at: Date.now(),
  actorKind: "command" as const,
  actorName: "test",
  verb,
});

describe("notify user directly", () => {
  it.each([
    ["none", ["ops@example.org"], true],
    ["also", ["eve@example.org", "ops@example.org"], true],
    ["only", ["eve@example.org"], false],
  ] as const)("%s reaches exactly those", async (notifyUser, mailed, chatIsNotified) => {
    const smtp = await startSmtpServer({ security: "none" });
    const mail = await addChannel("mail", "email", {
      host: "127.0.0.1",
      port: smtp.port,
      security: "none",
      from: "belfry@example.org",
      to: ["ops@example.org"],
    });
    const chat = await addWebhook("chat", receiver.url());
    await setNotifications({ globalChannels: [mail, chat], events: { "user.login": { enabled: true, notifyUser } } });
    const { orm, t } = database();
    await orm.insert(t.users).values({
      ...eve,
      emailKey: eve.email,
      role: "viewer",
      status: "active",
      sessionVersion: 1,
      createdAt: 0,
      updatedAt: 0,
    });
    await emit(login);
    await until(() => smtp.mails.length === mailed.length);
    await rest(150);
    expect(smtp.mails.flatMap((one) => one.to).sort()).toEqual(mailed);
    expect(titles()).toEqual(chatIsNotified ? ["User Login: Eve"] : []);
    const own = smtp.mails.find((one) => one.to.includes(eve.email));
    if (own) expect(own.parsed.text).toContain("You signed in from 192.0.2.1");
    await smtp.close();
  });

  it("without an Email channel the admins are notified that the user could not be", async () => {
    const chat = await addWebhook("chat", receiver.url());
    await setNotifications({ globalChannels: [chat], events: { "user.login": { enabled: true, notifyUser: "only" } } });
    await emit(login);
    await until(() => titles().length === 1);
    expect(receiver.received[0]?.message).toContain("could not be notified directly");
  });

  it("a mail to several of which one is refused reaches the others once, and only the refused is tried again", async () => {
    const smtp = await startSmtpServer({ security: "none" });
    smtp.manners.refuse.set("b@example.org", [450, "Mailbox busy"]);
    const mail = await addChannel("mail", "email", {
      host: "127.0.0.1",
      port: smtp.port,
      security: "none",
      from: "belfry@example.org",
      to: ["a@example.org", "b@example.org", "c@example.org"],
    });
    await setNotifications({ globalChannels: [mail] });
    await emit(customEvent("one"));
    await until(async () => (await deliveriesOf(mail))[0]?.remaining?.length === 1);
    expect((await deliveriesOf(mail))[0]).toMatchObject({ status: "pending", remaining: ["b@example.org"] });
    smtp.manners.refuse.clear();
    await until(async () => (await deliveriesOf(mail))[0]?.status === "sent");
    expect(smtp.mails.map((one) => one.to)).toEqual([["a@example.org", "c@example.org"], ["b@example.org"]]);
    await smtp.close();
  });
});

describe("storms", () => {
  it("pain 30 rule 16: a burst into Discord, which answers 429 after 5, arrives whole: each in a message or named in a digest", async () => {
    const discord = await startDiscordServer();
    const channel = await addChannel("discord", "discord", { webhookUrl: discord.webhookUrl() });
    await setNotifications({ globalChannels: [channel] });
    await emit(customEvent("first"));
    await until(() => discord.messages.length === 1);
    await emitAll(
      Array.from({ length: 30 }, (_, index) => ({ draft: customEvent(`event no ${String(index).padStart(2, "0")}.`) })),
    );
    const seen = () => JSON.stringify(discord.messages);
    await until(
      () =>
        Array.from({ length: 30 }, (_, index) => `event no ${String(index).padStart(2, "0")}.`).every((text) =>
          seen().includes(text),
        ),
      15_000,
    );
    expect(discord.messages.length).toBeLessThan(31);
    const rows = await deliveriesOf(channel);
    expect(rows.filter((row) => row.status === "dead")).toEqual([]);
    expect(rows.filter((row) => row.status === "folded").every((row) => row.foldedInto)).toBe(true);
    await discord.close();
  });

  it("pain 30: the end of a storm is as few messages as its beginning", async () => {
    const discord = await startDiscordServer();
    discord.limitRate(false);
    const texts = { mentions: ["<@&123456789012345678>"] };
    const channel = await addChannel("discord", "discord", { webhookUrl: discord.webhookUrl() }, { texts });
    await setNotifications({ globalChannels: [channel] });
    const storm = (status: "firing" | "resolved") =>
      emitAll(
        Array.from({ length: 60 }, (_, index) => ({
          draft: customEvent(
            `problem ${String(index).padStart(2, "0")}.`,
            { dedupKey: `k${index}`, tone: status === "firing" ? "failure" : "success", severity: "critical" },
            status,
          ),
        })),
      );
    const allSettled = async (count: number) => {
      const rows = await deliveriesOf(channel);
      return (
        rows.filter((row) => row.kind !== "digest").length === count && rows.every((row) => row.settledAt !== null)
      );
    };
    await storm("firing");
    await until(() => allSettled(60));
    const notified = discord.messages.length;
    await storm("resolved");
    await until(() => allSettled(120));
    expect(notified).toBeLessThanOrEqual(25);
    expect(discord.messages.length - notified).toBeLessThanOrEqual(25);
    // A digest mentions whom its messages would have; one about recoveries nobody.
    const mentioning = discord.messages.map(({ content }) => content === "<@&123456789012345678>");
    expect(mentioning).toEqual(discord.messages.map((_, index) => index < notified));
    const seen = JSON.stringify(discord.messages);
    for (let index = 0; index < 60; index++)
      expect(seen).toContain(`Recovered: problem ${String(index).padStart(2, "0")}.`);
    await discord.close();
  });
});

describe("Test", () => {
  it("pain 13 rule 19: takes the path of real notifications and answers the service's own words when it fails", async () => {
    const channel = await addWebhook("one", receiver.url());
    expect(await testChannel(channel)).toMatchObject({ ok: true });
    await until(() => titles().length === 1);
    expect(titles()[0]).toContain("Test");
    receiver.answerWith((_path, response) => {
      response.writeHead(404).end("Unknown Webhook");
      return false;
    });
    expect(await testChannel(channel)).toMatchObject({
      ok: false,
      providerStatus: 404,
      message: expect.stringContaining("Unknown Webhook"),
    });
    const rows = await deliveriesOf(channel);
    expect(rows.map((row) => [row.kind, row.status])).toEqual([
      ["test", "sent"],
      ["test", "dead"],
    ]);
    expect(rows[0]?.payload).not.toBeNull();
    expect(await openAlerts()).toEqual([]);
  });

  it("works on a draft that is not saved", async () => {
    expect(
      await testDraft({ name: "draft", provider: "webhook", config: { url: receiver.url("/draft") } }, ""),
    ).toMatchObject({ ok: true });
    expect(receiver.at("/draft")).toHaveLength(1);
    expect(await testDraft({ name: "draft", provider: "webhook", config: { url: "not a url" } }, "")).toMatchObject({
      ok: false,
    });
  });

  it("of an event reaches exactly its channels, while the event is off, and the tester in place of the user", async () => {
    const smtp = await startSmtpServer({ security: "none" });
    const mail = await addChannel("mail", "email", {
      host: "127.0.0.1",
      port: smtp.port,
      security: "none",
      from: "belfry@example.org",
      to: ["ops@example.org"],
    });
    const chat = await addWebhook("chat", receiver.url());
    const unused = await addWebhook("unused", receiver.url("/unused"));
    await setNotifications({
      globalChannels: [unused],
      events: { "user.login": { enabled: false, channels: [mail, chat], notifyUser: "also" } },
    });
    const results = await testEvent("user.login", { id: "usr_ana", name: "Ana", email: "ana@example.org" });
    expect(results.map((one) => [one.channelName, one.recipient ?? "", one.status]).sort()).toEqual([
      ["chat", "", "sent"],
      ["mail", "", "sent"],
      ["mail", "ana@example.org", "sent"],
    ]);
    expect(smtp.mails.flatMap((one) => one.to).sort()).toEqual(["ana@example.org", "ops@example.org"]);
    expect(receiver.at("/unused")).toEqual([]);
    expect(titles()[0]).toContain("Test");
    await smtp.close();
  });

  it("during a pause answers with the time that is left", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    receiver.answerWith((_path, response) => {
      response.writeHead(429, { "retry-after": "60" }).end();
      return false;
    });
    await emit(customEvent("one"));
    await until(async () => (await deliveriesOf(channel))[0]?.attemptCount === 1);
    await rest(100);
    const result = await testChannel(channel);
    expect(result).toMatchObject({ ok: false });
    expect(result.ok ? 0 : result.retryAfterSeconds).toBeGreaterThan(55);
    expect(receiver.requests).toHaveLength(1);
  });
});

describe("the delivery log", () => {
  it("pain 12, 14: keeps what was sent, each attempt, the service's answer and its words", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    let isDown = true;
    receiver.answerWith((_path, response) => {
      if (isDown) response.writeHead(503).end("maintenance until noon");
      return !isDown;
    });
    await emit(customEvent("one"));
    await until(async () => (await deliveriesOf(channel))[0]?.attemptCount === 1);
    isDown = false;
    await until(async () => (await deliveriesOf(channel))[0]?.status === "sent");
    const { orm, t } = database();
    const [delivery] = await deliveriesOf(channel);
    const attempts = await orm
      .select()
      .from(t.attempts)
      .where(eq(t.attempts.deliveryId, delivery?.id ?? ""))
      .orderBy(t.attempts.number);
    expect(attempts.map((one) => [one.outcome, one.status])).toEqual([
      ["retry", 503],
      ["sent", 200],
    ]);
    expect(attempts[0]?.error).toContain("maintenance until noon");
    expect(attempts[1]?.answer).toBe("ok");
    expect(JSON.stringify(delivery?.payload)).toContain("one");
  });

  it("Resend is a new attempt on the same row; Cancel takes an unsent one out", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    await emit(customEvent("one"));
    await until(async () => (await deliveriesOf(channel))[0]?.status === "sent");
    const [sent] = await deliveriesOf(channel);
    expect(await resendDelivery(sent?.id ?? "", audit("deliveries.resend"))).toBe("done");
    await until(() => titles().length === 2);
    await until(async () => (await deliveriesOf(channel))[0]?.attemptCount === 2);
    receiver.answerWith((_path, response) => {
      response.writeHead(429, { "retry-after": "60" }).end();
      return false;
    });
    await emit(customEvent("two"));
    await until(async () => (await deliveriesOf(channel)).at(-1)?.attemptCount === 1);
    const waiting = (await deliveriesOf(channel)).at(-1);
    await until(async () => (await cancelDelivery(waiting?.id ?? "", audit("deliveries.cancel"))) === "done");
    expect(await cancelDelivery(waiting?.id ?? "", audit("deliveries.cancel"))).toBe("wrong_state");
    expect(await cancelDelivery("dlv_none", audit("deliveries.cancel"))).toBe("not_found");
  });

  it("what a process held when it ended is sent by the next, a Test excepted", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    await emit(customEvent("one"));
    await until(() => titles().length === 1);
    await pipeline.stopWorker();
    const { orm, t } = database();
    await orm.update(t.deliveries).set({ status: "sending" }).where(eq(t.deliveries.channelId, channel));
    await pipeline.restartWorker();
    await until(() => titles().length === 2);
  });

  it("a channel that is switched off cancels what is in hand, with the reason", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure");
    let isDown = true;
    receiver.answerWith((_path, response) => {
      if (isDown) response.writeHead(503).end();
      return !isDown;
    });
    await emit(runEvent("backup.failed"));
    await until(async () => (await deliveriesOf(channel))[0]?.attemptCount === 1);
    await transact([], function* (tx) {
      yield* step(tx.orm.update(tx.t.channels).set({ enabled: false }).where(eq(tx.t.channels.id, channel)));
      tx.notices.push({ topic: "channels", ids: [channel] });
    });
    isDown = false;
    await until(async () => (await deliveriesOf(channel))[0]?.status === "canceled");
    expect((await deliveriesOf(channel))[0]?.reasonCode).toBe("channel_disabled");
  });
});

describe("the routing preview", () => {
  it("is answered by the policy, for events and for jobs", async () => {
    const a = await addWebhook("a", receiver.url());
    const off = await addWebhook("off", receiver.url(), { enabled: false });
    await setNotifications({ globalChannels: [a, off] });
    const preview = await previewEventRouting("restore.failed", eve);
    expect(preview.entries.map((one) => [one.when, one.channelName, one.outcome === "suppressed"])).toEqual([
      ["now", "a", false],
      ["recovery", "a", false],
      ["now", "off", true],
    ]);
    const rules = [
      {
        id: "r",
        channelId: a,
        condition: "failure" as const,
        states: null,
        repeat: "remind" as const,
        remindHours: 6,
        notifyOnRecovery: true,
        text: {},
      },
    ];
    const job = await previewJobRouting({ id: "job_a", name: "a", slug: "a" }, rules, "failure");
    expect(job.entries.map((one) => [one.when, one.afterHours])).toEqual([
      ["now", undefined],
      ["reminder", 6],
      ["recovery", undefined],
    ]);
    expect((await previewJobRouting({ id: "job_a", name: "a", slug: "a" }, rules, "success")).notes).toEqual([
      "No notifications.",
    ]);
  });
});

describe("while the database cannot be written", () => {
  it("system.error is sent from memory once, recorded when writing works again, and its end is sent", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    const alarm = new StorageAlarm();
    await alarm.start();
    noticeStorageFault(Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" }));
    noticeStorageFault(Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" }));
    await until(() => titles().length === 1);
    expect(titles()).toEqual(["System Error: Database"]);
    await until(() => titles().length === 2);
    await rest(200);
    alarm.stop();
    expect(titles()).toEqual(["System Error: Database", "Recovered: Database"]);
    expect((await deliveriesOf(channel)).map((row) => [row.kind, row.status])).toEqual([
      ["initial", "sent"],
      ["recovery", "sent"],
    ]);
  });
});

describe("a channel that is changed", () => {
  it("counts as healthy, and its next failure after being disabled is reported again", async () => {
    const bad = await addWebhook("bad", receiver.url("/bad"));
    const other = await addWebhook("other", receiver.url("/other"));
    await setNotifications({ globalChannels: [bad, other] });
    receiver.answerWith((path, response) => {
      if (path === "/bad") response.writeHead(404).end("Unknown Webhook");
      return path !== "/bad";
    });
    const failings = () => receiver.at("/other").filter((one) => one.type === "channel.failing").length;
    await emit(customEvent("one"));
    await until(() => failings() === 1);
    for (const enabled of [false, true]) {
      await transact([], function* (tx) {
        return yield* applyChannelChanges(tx, yield* readChannel(tx, bad), { enabled }, audit("channels.update"));
      });
      await rest(60);
    }
    expect(await openAlerts()).toEqual([]);
    await emit(customEvent("two"));
    await until(() => failings() === 2);
  });
});
