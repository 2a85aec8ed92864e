import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { database } from "@/db/client";
import type { ClaimedDelivery } from "@/db/stores/outbox";
import { setHandoff } from "@/lib/core/handoff";
import { emit, emitAll } from "./emit";
import {
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

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;

beforeEach(async () => {
  receiver = await startReceiver();
  pipeline = await startPipeline();
});
afterEach(async () => {
  await receiver.stop();
  await pipeline.stop();
});

const titles = (path = "/hook") => receiver.at(path).map((one) => one.title);

describe("conditions of a job's rules", () => {
  it("On Failure over success, failure, cannot start, success gets: failure, failure, recovered", async () => {
    const always = await addWebhook("always", receiver.url("/always"));
    const success = await addWebhook("success", receiver.url("/success"));
    const failure = await addWebhook("failure", receiver.url("/failure"));
    await addRule("job_a", always, "always");
    await addRule("job_a", success, "success");
    await addRule("job_a", failure, "failure");
    let notified = 0;
    let failures = 0;
    for (const type of ["backup.completed", "backup.failed", "backup.failed", "backup.completed"] as const) {
      await emit(runEvent(type, "job_a", type === "backup.failed" ? "no such folder" : undefined));
      notified++;
      if (notified > 1) failures++;
      // Each by itself: what still waits when the next one comes would be one message with it.
      await until(() => receiver.at("/always").length === notified && receiver.at("/failure").length === failures);
      await rest(40);
    }
    expect(receiver.at("/always").map((one) => one.tone)).toEqual(["success", "failure", "failure", "success"]);
    expect(titles("/success")).toEqual(["Backup Completed: job a", "Backup Completed: job a"]);
    expect(titles("/failure")).toEqual(["Backup Failed: job a", "Backup Failed: job a", "Recovered: job a"]);
    expect(titles("/always").at(-1)).toBe("Recovered: job a");
    expect(await openAlerts()).toEqual([]);
  });

  it("with notify on recovery off the rule gets: failure", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { notifyOnRecovery: false });
    await emit(runEvent("backup.failed"));
    await until(() => titles().length === 1);
    await emit(runEvent("backup.completed"));
    await rest(100);
    expect(titles()).toEqual(["Backup Failed: job a"]);
  });

  it("pain 22 rule 6: a warning on every run notifies on every run when the rule says every time", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure");
    for (let run = 1; run <= 3; run++) {
      await emit(runEvent("backup.warning"));
      await until(() => titles().length === run);
    }
    expect((await openAlerts()).map((alert) => alert.count)).toEqual([3]);
  });

  it("first time only: one message until it recovers, then again", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { repeat: "first" });
    await emit(runEvent("backup.failed"));
    await until(() => titles().length === 1);
    await emit(runEvent("backup.failed"));
    await emit(runEvent("backup.completed"));
    await until(() => titles().length === 2);
    await emit(runEvent("backup.failed"));
    await until(() => titles().length === 3);
    expect(titles()).toEqual(["Backup Failed: job a", "Recovered: job a", "Backup Failed: job a"]);
  });

  it("pain 31: a reminder is scheduled when the first notification is sent, here through a webhook, and a recovery cancels it", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { repeat: "remind", remindHours: 6 });
    await emit(runEvent("backup.failed"));
    await until(async () => (await deliveriesOf(channel)).some((one) => one.kind === "reminder"));
    const reminder = (await deliveriesOf(channel)).find((one) => one.kind === "reminder");
    expect(reminder?.status).toBe("pending");
    expect((reminder?.dueAt ?? 0) - Date.now()).toBeGreaterThan(5.9 * 3_600_000);
    await emit(runEvent("backup.completed"));
    await until(() => titles().length === 2);
    expect(titles()).toEqual(["Backup Failed: job a", "Recovered: job a"]);
    expect((await deliveriesOf(channel)).find((one) => one.kind === "reminder")?.status).toBe("canceled");
  });

  it("a missed schedule that no rule takes goes to the global channels", async () => {
    const global = await addWebhook("global", receiver.url("/global"));
    const rule = await addWebhook("rule", receiver.url("/rule"));
    await setNotifications({ globalChannels: [global] });
    await addRule("job_a", rule, "success");
    await emit(runEvent("backup.missed"));
    await until(() => receiver.at("/global").length === 1);
    await addRule("job_a", global, "failure");
    expect(receiver.at("/rule")).toEqual([]);
  });
});

describe("alerts", () => {
  it("pain 16 rule 1: fail, ok, fail notifies twice", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    const restore = (type: "restore.failed" | "restore.completed") =>
      emit({ type, subject: { kind: "restore", id: "/srv/x", name: "/srv/x" }, data: { target: "/srv/x" } });
    for (const type of ["restore.failed", "restore.completed", "restore.failed"] as const) {
      const before = titles().length;
      await restore(type);
      await until(() => titles().length === before + 1);
    }
    expect(titles()).toEqual(["Restore Failed: /srv/x", "Recovered: /srv/x", "Restore Failed: /srv/x"]);
  });

  it("rule 5: success three times is three deliveries", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "success");
    for (let run = 0; run < 3; run++) await emit(runEvent("backup.completed"));
    await until(() => titles().length === 3);
  });

  it("rule 4: two writers at once make one alert", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { repeat: "first" });
    await Promise.all(Array.from({ length: 20 }, () => emit(runEvent("backup.failed"))));
    const open = await openAlerts();
    expect(open.map((alert) => alert.count)).toEqual([20]);
    await until(() => titles().length >= 1);
    await rest(100);
    expect(titles()).toHaveLength(1);
  });

  it("a run with warnings ends backup.failed without a recovered message; its text says that backups work again", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure");
    await emit(runEvent("backup.failed"));
    await until(() => titles().length === 1);
    await emit(runEvent("backup.warning"));
    await until(() => titles().length === 2);
    expect(titles()[1]).toBe("Backup Completed with Warnings: job a");
    expect(receiver.received[1]?.message).toContain("Backups work again");
    expect((await openAlerts()).map((alert) => alert.type)).toEqual(["backup.warning"]);
    await emit(runEvent("backup.failed"));
    expect((await openAlerts()).map((alert) => alert.type).sort()).toEqual(["backup.failed", "backup.warning"]);
  });

  it("pain 24, 25: a recovery goes to those who were notified, with the downtime from the outage on", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure");
    const hourAgo = Date.now() - 7_200_000;
    await emit({ ...runEvent("backup.failed"), at: hourAgo });
    await emit({ ...runEvent("backup.failed"), at: hourAgo + 3_600_000 });
    await until(() => titles().length >= 1);
    await rest(100);
    await emit(runEvent("backup.completed"));
    await until(() => titles().includes("Recovered: job a"));
    expect(receiver.received.at(-1)?.message).toContain("Recovered after 2 h");
  });

  it("the caller's own: firing opens, another tone ends, ending nothing notifies nobody", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    await emit(customEvent("nothing open", { tone: "success", dedupKey: "disk" }, "resolved"));
    await emit(customEvent("disk broke", { tone: "failure", severity: "critical", dedupKey: "disk" }, "firing"));
    await until(() => titles().length === 1);
    await emit(customEvent("disk is back", { tone: "success", dedupKey: "disk" }, "resolved"));
    await until(() => titles().length === 2);
    expect(titles()).toEqual(["disk broke", "Recovered: disk broke"]);
  });
});

/** What the receiver asks for, milliseconds. */
const PAUSE_MS = 2_000;
/** An answer is read and the pause begins within this time. */
const SAME_MOMENT_MS = 50;

describe("delivery", () => {
  it("pain 08: a short outage loses nothing, and the channel is probed, not stormed", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    let isDown = true;
    receiver.answerWith((_path, response) => {
      if (isDown) response.writeHead(503).end("down");
      return !isDown;
    });
    await emitAll(Array.from({ length: 200 }, (_, index) => ({ draft: customEvent(`event ${index}`) })));
    await rest(1_500);
    expect(receiver.requests.length).toBeLessThan(100);
    isDown = false;
    await until(() => titles().length === 200);
    expect(new Set(titles()).size).toBe(200);
    expect(receiver.requests.length).toBeLessThan(400);
  });

  it("pain 07: a 429 with Retry-After pauses the whole channel and loses nothing", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    let pausedUntil = 0;
    let taken = 0;
    receiver.answerWith((_path, response) => {
      const mustPause = Date.now() < pausedUntil || ++taken % 20 === 0;
      if (!mustPause) return true;
      pausedUntil = Math.max(pausedUntil, Date.now() + PAUSE_MS);
      response.writeHead(429, { "retry-after": String(PAUSE_MS / 1_000) }).end();
      return false;
    });
    await emitAll(Array.from({ length: 60 }, (_, index) => ({ draft: customEvent(`event ${index}`) })));
    await until(() => titles().length === 60);
    // By the clock of the sender: what was sent before the answer arrived may still reach the receiver.
    const { orm, t } = database();
    const attempts = await orm.select().from(t.attempts);
    const pauses = attempts.filter((one) => one.status === 429).map((one) => one.at + one.latencyMs);
    expect(pauses.length).toBeGreaterThan(0);
    const inside = attempts.filter(({ at }) =>
      pauses.some((begin) => at > begin + SAME_MOMENT_MS && at < begin + PAUSE_MS - SAME_MOMENT_MS),
    );
    expect(inside).toEqual([]);
  });

  it("pain 11: a channel that hangs delays no other", async () => {
    const hanging = await addWebhook("hanging", receiver.url("/hang"));
    const well = await addWebhook("well", receiver.url("/well"));
    await setNotifications({ globalChannels: [hanging, well] });
    receiver.answerWith((path) => path !== "/hang");
    // Nothing answers on /hang: a caller or a channel that waited for it would wait until its time limit.
    await emitAll(Array.from({ length: 50 }, (_, index) => ({ draft: customEvent(`event ${index}`) })));
    await until(() => receiver.at("/well").length === 50);
    expect((await deliveriesOf(hanging)).filter((one) => one.settledAt !== null || one.attemptCount > 0)).toEqual([]);
  });

  it("rule 18: a problem that opens and resolves while its channel is down arrives as one message that says both", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure");
    let isDown = true;
    receiver.answerWith((_path, response) => {
      if (isDown) response.writeHead(503).end("down");
      return !isDown;
    });
    await emit(runEvent("backup.failed", "job_a", "disk on fire"));
    await until(async () =>
      (await deliveriesOf(channel)).some((one) => one.status === "pending" && one.attemptCount > 0),
    );
    await emit(runEvent("backup.completed"));
    isDown = false;
    await until(() => titles().length === 1);
    await rest(300);
    expect(titles()).toEqual(["Recovered: job a"]);
    expect(receiver.received[0]?.message).toContain("disk on fire");
    expect((await deliveriesOf(channel)).map((one) => one.status)).toEqual(["folded", "sent"]);
  });

  it("a later firing behind an unsent head replaces its text and counts up", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure");
    let isDown = true;
    receiver.answerWith((_path, response) => {
      if (isDown) response.writeHead(503).end("down");
      return !isDown;
    });
    await emit(runEvent("backup.failed", "job_a", "first"));
    await until(async () =>
      (await deliveriesOf(channel)).some((one) => one.status === "pending" && one.attemptCount > 0),
    );
    await emit(runEvent("backup.failed", "job_a", "second"));
    await emit(runEvent("backup.failed", "job_a", "third"));
    isDown = false;
    await until(() => titles().length === 1);
    await rest(300);
    expect(titles()).toHaveLength(1);
    expect(receiver.received[0]?.message).toContain("third");
    expect(receiver.received[0]?.message).toContain("3rd time");
  });

  it("pain 15: notified means delivered: a dead initial notification does not silence the next", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { repeat: "first" });
    let refuses = true;
    receiver.answerWith((_path, response) => {
      if (refuses) response.writeHead(400).end("no");
      return !refuses;
    });
    await emit(runEvent("backup.failed"));
    await until(async () => (await deliveriesOf(channel))[0]?.status === "dead");
    refuses = false;
    await emit(runEvent("backup.failed"));
    await until(() => titles().length === 1);
  });

  it("a permanent error stops at once, keeps the service's own words, and is reported to the other channels once", async () => {
    const bad = await addWebhook("bad", receiver.url("/bad"));
    const other = await addWebhook("other", receiver.url("/other"));
    await setNotifications({ globalChannels: [bad, other] });
    receiver.answerWith((path, response) => {
      if (path !== "/bad") return true;
      response.writeHead(404).end("Unknown Webhook");
      return false;
    });
    await emit(customEvent("one"));
    await until(() => receiver.at("/other").some((one) => one.type === "channel.failing"));
    await emit(customEvent("two"));
    await until(() => receiver.at("/other").length === 3);
    await rest(150);
    expect(receiver.at("/other").filter((one) => one.type === "channel.failing")).toHaveLength(1);
    const deadOnes = async () => (await deliveriesOf(bad)).filter((one) => one.status === "dead");
    await until(async () => (await deadOnes()).length === 2);
    const dead = await deadOnes();
    expect(dead[0]?.reason).toContain("Unknown Webhook");
    expect(receiver.requests.filter((one) => one.path === "/bad")).toHaveLength(2);
    receiver.answerWith(() => true);
    await emit(customEvent("three"));
    await until(() => receiver.at("/other").some((one) => one.title === "Recovered: bad"));
    expect(await openAlerts()).toEqual([]);
  });

  it("an idempotency key that is used again answers the first event and notifies nobody twice", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    const first = await emit(customEvent("one", { idempotencyKey: "k" }));
    const again = await emit(customEvent("one", { idempotencyKey: "k" }));
    expect(again).toMatchObject({ id: first?.id, isDuplicate: true, deliveries: 1 });
    await until(() => titles().length === 1);
    await rest(100);
    expect(titles()).toHaveLength(1);
  });

  it("of an event that was emitted before nothing is handed to a queue, and its slot is free again", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    await pipeline.stopWorker();
    const handed: string[] = [];
    let slots = 0;
    setHandoff<ClaimedDelivery>({
      reserve: () => {
        slots++;
        return {
          token: 1,
          push: ({ eventId }) => slots-- > 0 && handed.push(eventId),
          release: () => {
            slots--;
          },
        };
      },
    });
    const repeated = { draft: customEvent("one", { idempotencyKey: "k" }) };
    const [first, again, other] = await emitAll([repeated, repeated, { draft: customEvent("two") }]);
    setHandoff(null);
    expect(again).toMatchObject({ id: first?.id, isDuplicate: true });
    expect({ handed, slots }).toEqual({ handed: [first?.id, other?.id], slots: 0 });
  });

  it("pain 33: a title with NUL, CR, LF, emoji, HTML and 100 kB is kept and arrives", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    const hostile = `\0備份 <b>失敗</b> 💥 @everyone\r\nBcc: x@example.org ${"x".repeat(100_000)}`;
    await emit({ ...customEvent(hostile, { message: hostile }), data: { error: hostile } });
    await until(() => titles().length === 1);
    expect(titles()[0]).toContain("備份");
  });

  it("rule 7: an event whose routing fails is stored, and system.error reports it", async () => {
    const channel = await addWebhook("one", receiver.url());
    await setNotifications({ globalChannels: [channel] });
    const broken = customEvent("broken");
    Object.defineProperty(broken.custom, "channelIds", {
      get: () => Object.defineProperty([], "flatMap", { value: 3 }),
    });
    const kept = await emit(broken);
    expect(kept?.deliveries).toBe(0);
    await until(() => receiver.received.some((one) => one.type === "system.error"));
  });
});
