import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { database } from "@/db/client";
import { acknowledgeAlert } from "@/db/stores/alerts";
import { applyChannelChanges, channelLocks, readChannel } from "@/db/stores/channels";
import { correctImpossibleTimes } from "@/db/stores/impossible-times";
import { snoozeAlert } from "@/db/stores/snooze";
import { transact } from "@/db/transact";
import { newId } from "@/lib/core/id";
import type { RunStatus } from "@/lib/core/run";
import { eachPipeline, eachReceiver } from "./each-pipeline";
import { emit } from "./emit";
import { addRule, addWebhook, deliveriesOf, openAlerts, runEvent, until } from "./pipeline-fixture";

const HOUR = 3_600_000;

const receiver = eachReceiver();
const pipeline = eachPipeline();

const titles = () => receiver.received.map((one) => one.title);
const audit = () => ({ id: newId("aud"), at: 1, actorKind: "system", actorName: "ana", verb: "test" }) as const;
const fail = () => emit(runEvent("backup.failed"));
const succeed = () => emit(runEvent("backup.completed"));

/** Time goes by: everything that was dated lies so much further back. */
async function pass(hours: number): Promise<void> {
  const { orm, t } = database();
  const back = (column: unknown) => sql`${column} - cast(${hours * HOUR} as bigint)`;
  const { dueAt, notBefore, createdAt, giveUpAt } = t.deliveries;
  await orm.update(t.deliveries).set({
    dueAt: back(dueAt),
    notBefore: back(notBefore),
    createdAt: back(createdAt),
    giveUpAt: back(giveUpAt),
  });
  await orm.update(t.alerts).set({ openedAt: back(t.alerts.openedAt) });
  await orm.update(t.runs).set({ finishedAt: back(t.runs.finishedAt) });
}

async function storedRun(status: RunStatus, hoursAgo: number): Promise<void> {
  const { orm, t } = database();
  await orm.insert(t.runs).values({
    id: newId("run"),
    kind: "backup",
    jobId: "job_a",
    name: "job a",
    status,
    trigger: "manual",
    params: {},
    queuedAt: 1,
    finishedAt: Date.now() - hoursAgo * HOUR,
    attempts: 1,
  });
}

async function storedJob(): Promise<void> {
  const { orm, t } = database();
  const times = { createdAt: 1, updatedAt: 1 };
  const settings = { kind: "managed", sourceId: "src_1", compression: "gzip", keepLast: 3, enabled: true } as const;
  await orm
    .insert(t.jobs)
    .values({ id: "job_a", name: "job a", slug: "job-a", graceMinutes: 1, retries: 0, ...settings, ...times });
}

/** The titles that have arrived, once there are so many. */
async function sentAfter(count: number): Promise<string[]> {
  await until(() => titles().length >= count);
  return titles();
}

describe("pain 54: after N in a row", () => {
  it("notifies from the third failure on, also when Belfry restarts in between, and starts anew after a success", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { afterCount: 3 });
    await fail();
    await pipeline.restartWorker();
    await fail();
    expect(await deliveriesOf(channel)).toEqual([]);
    await fail();
    expect(await sentAfter(1)).toEqual(["Backup Failed: job a"]);
    await fail();
    expect(await sentAfter(2)).toEqual(["Backup Failed: job a", "Backup Failed: job a"]);
    await succeed();
    expect((await sentAfter(3)).at(-1)).toBe("Recovered: job a");
    await fail();
    await fail();
    await succeed();
    // Nobody was notified of these two, so nobody is of their end.
    expect(await deliveriesOf(channel)).toHaveLength(3);
    expect(titles()).toHaveLength(3);
  });

  it("once: only the N-th, as the rule's repeat says", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { afterCount: 2, repeat: "first" });
    for (let run = 0; run < 4; run++) await fail();
    expect(await sentAfter(1)).toHaveLength(1);
    expect(await deliveriesOf(channel)).toHaveLength(1);
  });
});

describe("pain 54: after H hours without success", () => {
  it("waits from the last backup on, says so, and is sent when its time comes, also after a restart", async () => {
    const channel = await addWebhook("one", receiver.url());
    await storedJob();
    await storedRun("success", 30);
    await storedRun("warning", 5);
    await storedRun("failure", 1);
    await addRule("job_a", channel, "failure", { afterHours: 24 });
    await fail();
    const [waiting] = await deliveriesOf(channel);
    expect(waiting).toMatchObject({ status: "pending", kind: "initial", reasonCode: "waits_for_hours" });
    const inHours = ((waiting?.dueAt ?? 0) - Date.now()) / HOUR;
    expect(inHours).toBeGreaterThan(18.9);
    expect(inHours).toBeLessThan(19.1);
    await pass(18);
    await fail();
    await pipeline.restartWorker();
    // The second failure is part of the one that waits.
    expect((await deliveriesOf(channel)).map(({ status }) => status)).toEqual(["pending", "folded"]);
    expect(titles()).toEqual([]);
    await pass(2);
    expect(await sentAfter(1)).toHaveLength(1);
    await succeed();
    expect((await sentAfter(2)).at(-1)).toBe("Recovered: job a");
  });

  it("goes at once when the time is over already", async () => {
    const channel = await addWebhook("one", receiver.url());
    await storedJob();
    await storedRun("success", 25);
    await addRule("job_a", channel, "failure", { afterHours: 24 });
    await fail();
    expect(await sentAfter(1)).toHaveLength(1);
    expect((await deliveriesOf(channel))[0]?.notBefore).toBeNull();
  });

  it("over in time: canceled, and only who was notified gets the recovery; then it starts anew", async () => {
    const patient = await addWebhook("patient", receiver.url("/patient"));
    const prompt = await addWebhook("prompt", receiver.url("/prompt"));
    await addRule("job_a", patient, "failure", { afterHours: 24 });
    await addRule("job_a", prompt, "failure");
    await fail();
    await until(() => receiver.at("/prompt").length === 1);
    await succeed();
    await until(() => receiver.at("/prompt").length === 2);
    expect(await deliveriesOf(patient)).toMatchObject([{ status: "canceled", reasonCode: "alert_resolved" }]);
    expect(receiver.at("/patient")).toEqual([]);
    await fail();
    expect((await deliveriesOf(patient))[1]).toMatchObject({ status: "pending", reasonCode: "waits_for_hours" });
  });

  it("acknowledged in time: canceled, and the next failure does not plan it again", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { afterHours: 24 });
    await fail();
    const [alert] = await openAlerts();
    expect(await acknowledgeAlert(alert?.id ?? "", "ana", audit() as never)).toBe(true);
    await fail();
    expect(await deliveriesOf(channel)).toMatchObject([{ status: "canceled", reasonCode: "alert_acknowledged" }]);
  });

  it("snoozed: held until the end of the snooze when that is later, and goes back to its own time", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { afterHours: 2 });
    await fail();
    const [alert] = await openAlerts();
    const [waiting] = await deliveriesOf(channel);
    const now = Date.now();
    const snooze = (end: number | null) =>
      snoozeAlert({ alertId: alert?.id ?? "", until: end, by: "ana", now }, { ...audit(), entity: "alert" } as never);
    await snooze(now + 8 * HOUR);
    expect(await deliveriesOf(channel)).toMatchObject([{ status: "held", heldBy: "snooze", dueAt: now + 8 * HOUR }]);
    await snooze(null);
    expect(await deliveriesOf(channel)).toMatchObject([{ status: "pending", dueAt: waiting?.dueAt }]);
    expect(titles()).toEqual([]);
  });

  it("a mute that ends early, or a channel that was disabled, lets it go at its own time and not before", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { afterHours: 24 });
    await fail();
    const [waiting] = await deliveriesOf(channel);
    const change = (changes: object) =>
      transact(channelLocks(channel), function* (tx) {
        yield* applyChannelChanges(tx, yield* readChannel(tx, channel), changes, audit() as never);
      });
    await change({ mutedUntil: Date.now() + 48 * HOUR });
    expect(await deliveriesOf(channel)).toMatchObject([{ status: "held", reasonCode: "channel_muted" }]);
    await change({ mutedUntil: null });
    expect(await deliveriesOf(channel)).toMatchObject([{ status: "pending", dueAt: waiting?.dueAt }]);
    await change({ enabled: false });
    expect(await deliveriesOf(channel)).toMatchObject([{ status: "canceled" }]);
    await change({ enabled: true });
    expect(await deliveriesOf(channel)).toMatchObject([{ status: "pending", dueAt: waiting?.dueAt }]);
    // Whatever released it: it is not sent before its time.
    const { orm, t } = database();
    await orm.update(t.deliveries).set({ dueAt: 1 }).where(eq(t.deliveries.channelId, channel));
    await pipeline.restartWorker();
    await until(async () => (await deliveriesOf(channel))[0]?.dueAt === waiting?.dueAt);
    expect(await deliveriesOf(channel)).toMatchObject([{ status: "pending", reasonCode: "waits_for_hours" }]);
    expect(titles()).toEqual([]);
  });

  it("fault A18: planned by a clock that was years ahead, it waits for its hours from now on", async () => {
    const channel = await addWebhook("one", receiver.url());
    await addRule("job_a", channel, "failure", { afterHours: 24 });
    await fail();
    const now = Date.now();
    await correctImpossibleTimes(now);
    expect(((await deliveriesOf(channel))[0]?.dueAt ?? 0) - now).toBeGreaterThan(23 * HOUR);
    await pass(-40_000);
    await correctImpossibleTimes(now);
    const [corrected] = await deliveriesOf(channel);
    expect(((corrected?.dueAt ?? 0) - now) / HOUR).toBeCloseTo(24, 1);
    expect(corrected?.notBefore).toBe(corrected?.dueAt);
  });
});
