import { eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { database } from "@/db/client";
import { insertDeliveries } from "@/db/stores/deliveries";
import { newDelivery } from "@/db/stores/new-delivery";
import { transact } from "@/db/transact";
import type { Actor } from "@/lib/auth/access/actor";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import { newId } from "@/lib/core/id";
import { emit, emitAll } from "@/lib/dispatch/emit";
import {
  addChannel,
  addRule,
  addWebhook,
  customEvent,
  deliveriesOf,
  runEvent,
  setNotifications,
  startPipeline,
  startReceiver,
  until,
} from "@/lib/dispatch/pipeline-fixture";
import { channelsLost } from "./lost";
import { channelsRecover } from "./recover";

const operator: Actor = {
  kind: "user",
  id: "usr_1",
  name: "Ada",
  email: "ada@example.org",
  role: "operator",
  timezone: null,
  address: null,
};
const since = new Date(0).toISOString();

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let channelId: string;

beforeEach(async () => {
  receiver = await startReceiver();
  pipeline = await startPipeline();
  channelId = await addWebhook("one", receiver.url());
  await setNotifications({ globalChannels: [channelId], events: { "channel.failing": { enabled: false } } });
});
afterEach(async () => {
  await receiver.stop();
  await pipeline.stop();
});

const titles = () => receiver.received.map((one) => one.title);
const statuses = async () => (await deliveriesOf(channelId)).map(({ status }) => status);
const recover = (as: "each" | "summary" | "open", more: { dryRun?: boolean; includeCanceled?: boolean } = {}) =>
  channelsRecover.call(operator, { id: channelId, since, as, ...more });

/** The service refuses everything for good, or takes it. */
function refuse(refuses: boolean): void {
  receiver.answerWith((_, response) => {
    if (refuses) response.writeHead(400).end("invalid_token");
    return !refuses;
  });
}

/** Notifications that the service refused. */
async function lose(count: number): Promise<void> {
  refuse(true);
  for (let index = 0; index < count; index++) {
    // One by one: a storm would be a digest.
    await emit(customEvent(`note ${index}`));
    await until(async () => (await statuses()).filter((status) => status === "dead").length === index + 1);
  }
  refuse(false);
}

describe("sending again what a channel has lost", () => {
  it("nothing is lost: nothing is sent, in all three ways", async () => {
    for (const as of ["each", "summary", "open"] as const)
      expect(await recover(as)).toMatchObject({ count: 0, messages: 0, left: 0, byReason: [], items: [] });
    expect(titles()).toEqual([]);
  });

  it("one by one: a new attempt on the same row, and a double click finds nothing left", async () => {
    await lose(1);
    const preview = await recover("each", { dryRun: true });
    expect(preview).toMatchObject({ count: 1, messages: 1, dryRun: true, items: [{ title: "note 0" }] });
    expect(preview.byReason).toMatchObject([{ status: "dead", count: 1 }]);
    expect(titles()).toEqual([]);
    const both = await Promise.all([recover("each"), recover("each")]);
    expect(both.map(({ count }) => count).sort()).toEqual([0, 1]);
    await until(async () => (await statuses()).join() === "sent");
    expect(titles()).toEqual(["note 0"]);
  });

  it("thirty go one by one although they are a storm, and as a summary in one message", async () => {
    await lose(30);
    expect(await recover("each")).toMatchObject({ count: 30, messages: 30 });
    await until(() => receiver.received.length === 30);
    expect(titles()).toContain("note 29");
    const { orm, t } = database();
    await until(async () => (await statuses()).every((status) => status === "sent"));
    await orm.update(t.deliveries).set({ status: "dead", reasonCode: "rejected" });
    expect(await recover("summary")).toMatchObject({ count: 30, messages: 1 });
    await until(() => receiver.received.length === 31);
    expect(titles()[30]).toBe("30 notifications not sent before");
    expect(receiver.received[30]?.message).toContain("note 17");
    expect((await statuses()).filter((status) => status === "folded")).toHaveLength(30);
    expect(await recover("summary")).toMatchObject({ count: 0 });
  });

  it("of 6,000 takes 5,000 at a time, and counts the rest", async () => {
    await pipeline.stopWorker();
    const event = await emit(customEvent("many"));
    const { orm, t } = database();
    const [sample] = await orm.select().from(t.deliveries).limit(1);
    if (!sample || !event) throw new Error("There is no delivery.");
    await orm.delete(t.deliveries).where(sql`true`);
    const now = Date.now();
    const rows = Array.from({ length: 6_000 }, (_, index) =>
      newDelivery({
        ...sample,
        id: newId("dlv"),
        step: index,
        status: "dead",
        reasonCode: "retries_exhausted",
        settledAt: now,
        createdAt: now,
        title: `lost ${index}`,
      }),
    );
    await transact([], (tx) => insertDeliveries(tx, rows));
    expect(await recover("summary", { dryRun: true })).toMatchObject({ count: 5_000, left: 1_000 });
    expect(await recover("each")).toMatchObject({ count: 5_000, left: 1_000 });
    expect(await recover("each")).toMatchObject({ count: 1_000, left: 0 });
    expect(await recover("each")).toMatchObject({ count: 0, left: 0 });
    expect((await statuses()).every((status) => status === "pending")).toBe(true);
    await orm.update(t.deliveries).set({ status: "dead", reasonCode: "rejected", settledAt: now });
    const summary = await recover("summary");
    expect(summary).toMatchObject({ count: 5_000, left: 1_000 });
    expect(summary.messages).toBeLessThanOrEqual(5);
    expect((await recover("summary")).count).toBe(1_000);
  });

  it("only what is still open: the newest about each alert, and the summary says which those are", async () => {
    await addRule("job_a", channelId, "failure");
    await addRule("job_b", channelId, "failure");
    refuse(true);
    const dead = (count: number) =>
      until(async () => (await statuses()).filter((status) => status === "dead").length === count);
    await emit(runEvent("backup.failed", "job_a"));
    await dead(1);
    await emit(runEvent("backup.failed", "job_b"));
    await dead(2);
    await emit(runEvent("backup.failed", "job_a"));
    await dead(3);
    await emit(customEvent("no alert"));
    await dead(4);
    await emit(runEvent("backup.completed", "job_b"));
    refuse(false);
    const summary = await recover("summary", { dryRun: true });
    expect(summary).toMatchObject({ count: 4, messages: 1, open: 1 });
    expect(await recover("open")).toMatchObject({ count: 1, open: 1, items: [{ title: "Backup Failed: job a" }] });
    expect(await recover("open")).toMatchObject({ count: 0 });
    await until(() => receiver.received.length === 1);
    expect(titles()).toEqual(["Backup Failed: job a"]);
    expect(await recover("open")).toMatchObject({ count: 0 });
    await recover("summary");
    await until(() => receiver.received.length === 2);
    expect(receiver.received[1]?.title).toBe("3 notifications not sent before, 1 alert still open");
    expect(receiver.received[1]?.message).toContain("Backup Failed: job b (over)");
    expect(receiver.received[1]?.message).toContain("Backup Failed: job a (still open)");
  });

  it("a lost digest is opened: its notifications are named again, and sent when they are still open", async () => {
    const chat = await addChannel("chat", "ntfy", { serverUrl: receiver.url(""), topic: "alerts", priority: 3 });
    await setNotifications({ globalChannels: [chat], events: { "channel.failing": { enabled: false } } });
    receiver.answerWith((_, response) => {
      response.writeHead(403, { "content-type": "application/json" });
      response.end(JSON.stringify({ code: 40301, http: 403, error: "forbidden" }));
      return false;
    });
    const problem = (index: number) =>
      customEvent(`disk ${index}`, { dedupKey: `disk ${index}`, tone: "failure", severity: "warning" }, "firing");
    await pipeline.stopWorker();
    await emitAll(Array.from({ length: 60 }, (_, index) => ({ draft: problem(index) })));
    await pipeline.restartWorker();
    await until(async () => (await deliveriesOf(chat)).every(({ status }) => status === "folded" || status === "dead"));
    await pipeline.stopWorker();
    const all = (as: "open" | "summary", dryRun = false) =>
      channelsRecover.call(operator, { id: chat, since, as, dryRun });
    expect(await all("open", true)).toMatchObject({ count: 60, open: 60, byReason: [{ status: "dead" }] });
    expect(await all("summary")).toMatchObject({ count: 60, open: 60 });
    const digests = (await deliveriesOf(chat)).filter(({ kind }) => kind === "digest");
    expect(digests.filter(({ status }) => status === "folded")).not.toEqual([]);
    const pending = digests.filter(({ status }) => status === "pending");
    expect(pending[0]?.title).toContain("60 notifications not sent before, 60 alerts still open");
    expect(pending.reduce((sum, { foldedCount }) => sum + foldedCount, 0)).toBe(60);
    expect(await all("open")).toMatchObject({ count: 0 });
    expect(await all("summary")).toMatchObject({ count: 0 });
  });

  it("leaves what a person canceled, unless asked, and what is not lost", async () => {
    await lose(3);
    const { orm, t } = database();
    const rows = await deliveriesOf(channelId);
    const codes: ReasonCode[] = ["canceled_by_person", "silence_dropped", "alert_acknowledged"];
    for (const [index, reasonCode] of codes.entries())
      await orm
        .update(t.deliveries)
        .set({ status: "canceled", reasonCode, reason: null })
        .where(eq(t.deliveries.id, rows[index]?.id ?? ""));
    expect(await recover("each", { dryRun: true })).toMatchObject({ count: 0 });
    expect(await recover("each", { includeCanceled: true })).toMatchObject({ count: 1 });
    await until(() => receiver.received.length === 1);
  });

  it("is refused for a viewer, a disabled channel, and a monitor", async () => {
    await lose(1);
    const { orm, t } = database();
    await expect(
      channelsRecover.call({ ...operator, role: "viewer" }, { id: channelId, since, as: "each" }),
    ).rejects.toThrow();
    const monitor = await addWebhook("monitor", receiver.url());
    await orm.update(t.channels).set({ provider: "healthchecks" }).where(eq(t.channels.id, monitor));
    await expect(channelsRecover.call(operator, { id: monitor, since, as: "each" })).rejects.toThrow();
    await orm.update(t.channels).set({ enabled: false }).where(eq(t.channels.id, channelId));
    const other = await addWebhook("other", receiver.url(), { enabled: false });
    await expect(channelsRecover.call(operator, { id: other, since, as: "each" })).rejects.toThrow("Enable it first");
  });

  it("pain 9: is offered when a failing channel works again, until it was done", async () => {
    await lose(2);
    // It is failing, and reported so, right after the first loss.
    await until(async () => (await channelsLost.call(operator, { id: channelId })).count === 2);
    expect((await channelsLost.call(operator, { id: channelId })).isOffered).toBe(false);
    await emit(customEvent("works again"));
    await until(async () => (await channelsLost.call(operator, { id: channelId })).isOffered);
    const { count, since: from } = await channelsLost.call(operator, { id: channelId });
    expect(count).toBe(2);
    const done = await channelsRecover.call(operator, { id: channelId, since: from ?? "", as: "open" });
    expect(done.count).toBe(0);
    expect(await channelsLost.call(operator, { id: channelId })).toMatchObject({ isOffered: false });
  });
});
