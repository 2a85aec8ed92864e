import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { database } from "@/db/client";
import { startDiscordServer } from "@/e2e/support/discord-server";
import type { Actor } from "@/lib/auth/access/actor";
import { newId } from "@/lib/core/id";
import { eachPipeline, eachReceiver } from "@/lib/dispatch/each-pipeline";
import { emit } from "@/lib/dispatch/emit";
import {
  addChannel,
  addRule,
  addWebhook,
  deliveriesOf,
  runEvent,
  setNotifications,
  until,
} from "@/lib/dispatch/pipeline-fixture";
import { channelsUpdate } from "@/lib/services/channels/update";
import { jobsDelete } from "@/lib/services/jobs/delete";
import { routesCreate } from "@/lib/services/routes/create";
import { routesDelete } from "@/lib/services/routes/delete";
import { silencesCreate } from "./create";
import { silencesDelete } from "./delete";
import { silencesGet } from "./get";
import { silencesList } from "./list";
import { silencesUpdate } from "./update";

const admin: Actor = { kind: "command", id: null, name: "Ana", role: "admin", address: null };

const receiver = eachReceiver();
const pipeline = eachPipeline();

const titles = () => receiver.received.map((one) => one.title);
const ofJob = (job: string) => [{ field: "job", op: "is", value: job }];
const silence = (more: object) => silencesCreate.call(admin, { reason: "maintenance", ...more });
const statuses = async (channel: string) => (await deliveriesOf(channel)).map(({ status }) => status);

/** The time that a silence waits for has come: its end is now. */
const end = (id: string) => silencesUpdate.call(admin, { id, endsAt: new Date().toISOString() });

describe("a silence that holds", () => {
  it("holds what it matches and nothing else, over a restart too, and what it held comes at its end", async () => {
    const channel = await addWebhook("one", receiver.url());
    for (const job of ["job_a", "job_b"]) await addRule(job, channel, "failure");
    const { id } = await silence({ conditions: ofJob("job a") });
    await emit(runEvent("backup.failed", "job_a"));
    await emit(runEvent("backup.failed", "job_b"));
    await until(() => titles().length === 1);
    await pipeline.restartWorker();
    expect(titles()).toEqual(["Backup Failed: job b"]);
    expect(await silencesGet.call(admin, { id })).toMatchObject({ state: "on", onUntil: null, held: 1 });
    await silencesDelete.call(admin, { id });
    await until(() => titles().length === 2);
    expect(titles().at(-1)).toBe("Backup Failed: job a");
  });

  it("keeps nothing that was held in the moment when it ended, nor does a mute that was lifted", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "always");
    const { id } = await silence({ conditions: ofJob("job a") });
    await emit(runEvent("backup.failed", "job_a"));
    await emit(runEvent("backup.completed", "job_a"));
    await end(id);
    await until(async () => (await statuses(channel)).every((status) => status === "sent" || status === "folded"));
    const before = titles().length;
    // As it is when the hold is written after the end, by somebody who read the silence before it.
    const { orm, t } = database();
    const [row] = await orm.select().from(t.deliveries).where(eq(t.deliveries.status, "sent"));
    if (!row) throw new Error("Nothing was sent.");
    const never = Date.now() + 10 * 365 * 86_400_000;
    const held = { ...row, status: "held", dueAt: never, giveUpAt: never, attemptCount: 0 } as const;
    await orm.insert(t.deliveries).values([
      { ...held, id: newId("dlv"), step: 1, heldBy: "silence", heldById: id, reasonCode: "silenced" },
      { ...held, id: newId("dlv"), step: 2, heldBy: "mute", heldById: channel, reasonCode: "channel_muted" },
    ]);
    await until(() => titles().length === before + 2);
  });

  it("pain 27: what it held for a chat arrives as one summary that says what is still open", async () => {
    const discord = await startDiscordServer();
    const channel = await addChannel("chat", "discord", { webhookUrl: discord.webhookUrl() });
    for (const job of ["job_a", "job_b", "job_c"]) await addRule(job, channel, "always");
    const { id } = await silence({ reason: "new disks" });
    await emit(runEvent("backup.failed", "job_a"));
    await emit(runEvent("backup.failed", "job_b"));
    await emit(runEvent("backup.completed", "job_b"));
    await emit(runEvent("backup.completed", "job_c"));
    expect(await statuses(channel)).toEqual(["held", "folded", "held", "held"]);
    await end(id);
    await until(() => discord.messages.length === 1);
    const text = JSON.stringify(discord.messages[0]);
    expect(text).toContain("3 notifications held by a silence");
    expect(text).toContain("1 problem still open. The silence: new disks.");
    expect(text).toContain("Backup Failed: job a (still open)");
    expect(text).toContain("Recovered: job b\\n");
    await until(async () => (await statuses(channel)).at(-1) === "sent");
    expect(await statuses(channel)).toEqual(["folded", "folded", "folded", "folded", "sent"]);
    await discord.close();
  });

  it("pain 26: a recovery waits with its problem and says both; of a problem that was sent it waits for the end", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure");
    await emit(runEvent("backup.failed"));
    await until(async () => (await statuses(channel)).at(-1) === "sent");
    const { id } = await silence({ conditions: [{ field: "event", op: "is", value: "backup.failed" }] });
    await emit(runEvent("backup.completed"));
    expect(await statuses(channel)).toEqual(["sent", "held"]);
    await end(id);
    await until(() => titles().length === 2);
    expect(titles()).toEqual(["Backup Failed: job a", "Recovered: job a"]);
  });

  it("that begins while a notification waits for a retry holds that one too", async () => {
    receiver.answerWith((_, response) => {
      response.writeHead(503).end("down");
      return false;
    });
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure");
    await emit(runEvent("backup.failed"));
    await until(async () => (await deliveriesOf(channel))[0]?.attemptCount === 1);
    const { id } = await silence({});
    receiver.answerWith(() => true);
    await until(async () => (await statuses(channel))[0] === "held");
    expect(titles()).toEqual([]);
    await end(id);
    await until(() => titles().length === 1);
  });

  it("by a label of the channel that an event is about holds what waits, as it holds what comes", async () => {
    const failing = await addWebhook("failing", receiver.url("/failing"));
    const other = await addWebhook("other", receiver.url("/other"));
    await channelsUpdate.call(admin, { id: failing, labels: { team: "ops" } });
    await setNotifications({ globalChannels: [other] });
    await addRule("job_a", failing, "failure");
    receiver.answerWith((path, response) => {
      response.writeHead(path === "/failing" ? 400 : 503).end("no");
      return false;
    });
    await emit(runEvent("backup.failed"));
    await until(async () => (await deliveriesOf(other))[0]?.attemptCount === 1);
    const { id } = await silence({ conditions: [{ field: "label", op: "is", value: "team:ops" }] });
    receiver.answerWith(() => true);
    await until(async () => (await statuses(other))[0] !== "pending" && (await statuses(other))[0] !== "sending");
    expect(await deliveriesOf(other)).toMatchObject([{ status: "held", heldBy: "silence", heldById: id }]);
  });

  it("two at once: one that is ended hands over what the other still holds", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure");
    const first = await silence({ conditions: ofJob("job_a") });
    const second = await silence({ reason: "the other", endsAt: new Date(Date.now() + 3_600_000).toISOString() });
    await emit(runEvent("backup.failed"));
    await end(first.id);
    await until(async () => (await deliveriesOf(channel))[0]?.heldById === second.id);
    expect(titles()).toEqual([]);
    await end(second.id);
    await until(() => titles().length === 1);
  });
});

it("a silence whose job was deleted keeps nothing back any more, sends nothing false, and can be ended", async () => {
  const channel = await addWebhook("one", receiver.url());
  const { orm, t } = database();
  const settings = { kind: "managed", sourceId: "src_1", compression: "gzip", keepLast: 3, enabled: true } as const;
  const more = { graceMinutes: 1, retries: 0, createdAt: 1, updatedAt: 1 };
  await orm.insert(t.jobs).values({ id: "job_a", name: "job a", slug: "job-a", ...settings, ...more });
  for (const job of ["job_a", "job_b"]) await addRule(job, channel, "failure");
  const { id } = await silence({ conditions: ofJob("job_a") });
  await emit(runEvent("backup.failed", "job_a"));
  expect(await statuses(channel)).toEqual(["held"]);
  await jobsDelete.call(admin, { id: "job_a" });
  expect(await deliveriesOf(channel)).toMatchObject([{ status: "canceled", reasonCode: "subject_removed" }]);
  expect(await silencesGet.call(admin, { id })).toMatchObject({ state: "on", held: 0, conditions: ofJob("job_a") });
  await emit(runEvent("backup.failed", "job_b"));
  await until(() => titles().length === 1);
  await end(id);
  await emit(runEvent("backup.completed", "job_b"));
  await until(() => titles().length === 2);
  expect(titles()).toEqual(["Backup Failed: job b", "Recovered: job b"]);
});

it("a silence that drops says so in the log, drops no recovery of what was sent, and is over when it is over", async () => {
  const channel = await addWebhook("one", receiver.url());
  await addRule("job_a", channel, "always");
  const { id } = await silence({ effect: "drop", conditions: ofJob("job_a") });
  await emit(runEvent("backup.failed"));
  await emit(runEvent("backup.completed"));
  const rows = await deliveriesOf(channel);
  expect(rows.map(({ status, reasonCode, heldById }) => [status, reasonCode, heldById])).toEqual([
    ["canceled", "silence_dropped", id],
    ["canceled", "silence_dropped", id],
  ]);
  await end(id);
  await emit(runEvent("backup.failed"));
  // Stored as sent, not only received: until then it is still under way.
  await until(async () => (await statuses(channel)).at(-1) === "sent");
  const again = await silence({ effect: "drop" });
  await emit(runEvent("backup.completed"));
  expect(await statuses(channel)).toEqual(["canceled", "canceled", "sent", "held"]);
  await end(again.id);
  await until(() => titles().length === 2);
  expect(titles().at(-1)).toBe("Recovered: job a");
});

it("quiet hours of a channel hold, and what is critical passes where that was chosen", async () => {
  const channel = await addWebhook("one", receiver.url());
  await addRule("job_a", channel, "always");
  const quietHours = { from: "00:00", to: "00:00", criticalPasses: true };
  await channelsUpdate.call(admin, { id: channel, quietHours });
  await emit(runEvent("backup.completed"));
  expect(await statuses(channel)).toEqual(["held"]);
  await emit(runEvent("backup.failed"));
  await until(() => titles().length === 1);
  await channelsUpdate.call(admin, { id: channel, quietHours: null });
  await until(() => titles().length === 2);
});

it("a route sends what it matches to its channels, once, and its channel cannot be removed", async () => {
  const channel = await addWebhook("one", receiver.url());
  await addRule("job_a", channel, "failure");
  const route = await routesCreate.call(admin, {
    name: "everything of job a",
    conditions: [
      { field: "job", op: "matches", value: "job ?" },
      { field: "severity", op: "matches", value: "warning" },
    ],
    channels: [channel],
  });
  await emit(runEvent("backup.failed", "job_a"));
  await emit(runEvent("backup.failed", "job_c"));
  await emit(runEvent("backup.completed", "job_d"));
  await until(() => titles().length === 2);
  expect(titles().sort()).toEqual(["Backup Failed: job a", "Backup Failed: job c"]);
  await routesDelete.call(admin, { id: route.id });
  await emit(runEvent("backup.failed", "job_d"));
  expect(await statuses(channel)).toHaveLength(2);
});

describe("bad input", () => {
  it.each([
    ["no reason", { reason: " " }, "reason"],
    ["an end before its start", { startsAt: "2099-01-01T00:00:00Z" }, "startsAt"],
    ["an end that has passed", { endsAt: "2020-01-01T00:00:00Z" }, "endsAt"],
    ["no severity", { conditions: [{ field: "severity", value: "bad" }] }, "conditions[0].value"],
    ["no time", { conditions: [{ field: "time", value: "often" }] }, "conditions[0].value"],
    ["no schedule", { recurring: { cron: "x", timezone: "UTC", minutes: 5 } }, "recurring.cron"],
  ])("%s is refused beside its field", async (_, input, field) => {
    const error = await silence(input).catch((thrown) => thrown);
    expect(Object.keys(error.details?.fields ?? {})).toContain(field);
    expect((await silencesList.call(admin, { ended: true })).items).toEqual([]);
  });

  it("a route that leads nowhere, or that asks for a channel, is refused", async () => {
    await expect(routesCreate.call(admin, { name: "nowhere" })).rejects.toMatchObject({ code: "invalid" });
    const channels = [await addWebhook("one", receiver.url())];
    const conditions = [{ field: "channel", value: "one" }];
    await expect(routesCreate.call(admin, { name: "odd", channels, conditions })).rejects.toMatchObject({
      details: { fields: { "conditions[0].field": expect.any(String) } },
    });
    await expect(routesCreate.call(admin, { name: "gone", channels: ["chn_gone"] })).rejects.toMatchObject({
      details: { fields: { channels: expect.any(String) } },
    });
  });
});
