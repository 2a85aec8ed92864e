import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closeAlertsOf, resolveAlert } from "@/db/stores/alerts";
import { readRingingLeft } from "@/db/stores/ringing";
import { bumpRouting } from "@/db/stores/settings";
import { step, transact } from "@/db/transact";
import { PUSHOVER_TOKEN, PUSHOVER_USER, type PushoverService, startPushover } from "@/e2e/support/services/pushover";
import { systemActor } from "@/lib/auth/access/actor";
import type { Loop } from "@/lib/core/loop";
import { alertsAcknowledge } from "@/lib/services/alerts/acknowledge";
import { channelsDelete } from "@/lib/services/channels/delete";
import { channelsUpdate } from "@/lib/services/channels/update";
import { deliveriesResend } from "@/lib/services/deliveries/resend";
import { emit } from "./emit";
import {
  addChannel,
  addRule,
  deliveriesOf,
  openAlerts,
  runEvent,
  setNotifications,
  startPipeline,
  until,
} from "./pipeline-fixture";
import { followUpLoop } from "./send/follow-ups";
import { ringingLoop } from "./send/ringing";
import { StorageAlarm } from "./send/storage-alarm";
import { noticeStorageFault } from "./send/storage-watch";

let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let pushover: PushoverService;
let followUps: Loop;
let left: Loop;
beforeEach(async () => {
  pushover = await startPushover();
  pipeline = await startPipeline();
  followUps = followUpLoop();
  left = ringingLoop();
  await followUps.start();
  await left.start();
});
afterEach(async () => {
  await left.stop();
  await followUps.stop();
  await pipeline.stop();
  await pushover.close();
});

const configOf = (priority: string) => ({
  userKey: PUSHOVER_USER,
  appToken: PUSHOVER_TOKEN,
  priority,
  apiBaseUrl: pushover.url,
});
async function addPushover(priority = "emergency", jobId = "job_a", more = {}): Promise<string> {
  const id = await addChannel(`phone ${priority} ${jobId}`, "pushover", configOf(priority));
  await addRule(jobId, id, "failure", more);
  return id;
}
const ringing = () => pushover.messages.filter(({ isRinging }) => isRinging).length;
const cancels = () => pushover.requests.filter(({ path }) => path.includes("cancel_by_tag")).length;
const sent = async (channelId: string) => (await deliveriesOf(channelId)).filter(({ status }) => status === "sent");
async function fail(channelId: string, jobId = "job_a"): Promise<string> {
  const before = (await sent(channelId)).length;
  await emit(runEvent("backup.failed", jobId));
  await until(async () => (await sent(channelId)).length > before);
  return (await openAlerts()).find(({ dedupKey }) => dedupKey.includes(jobId))?.id ?? "";
}
const audit = (id: string) => ({
  id: `aud_${id}`,
  at: Date.now(),
  actorKind: "system" as const,
  actorId: null,
  actorName: "test",
  address: null,
  verb: "alerts.resolve",
  entity: "alert",
  entityId: id,
  entityName: "",
  detail: {},
});

describe("fault B5: an emergency rings no longer than it should", () => {
  it("a person acknowledges: it is canceled once, nothing is shown, and another problem's rings on", async () => {
    const channel = await addPushover();
    await addRule("job_b", channel, "failure");
    const id = await fail(channel);
    await fail(channel, "job_b");
    expect(ringing()).toBe(2);
    await alertsAcknowledge.call(systemActor, { id });
    await until(() => ringing() === 1);
    await resolveAlert(id, "Ana", audit(id));
    await followUps.run();
    await until(async () => (await deliveriesOf(channel)).every(({ settledAt }) => settledAt !== null));
    expect([cancels(), pushover.messages.length]).toEqual([1, 2]);
  });

  it("a person closes it, or its subject is removed", async () => {
    const channel = await addPushover();
    await addRule("job_b", channel, "failure");
    const id = await fail(channel);
    await fail(channel, "job_b");
    await resolveAlert(id, "Ana", audit(id));
    await transact([], (tx) => closeAlertsOf(tx, "job", "job_b", "subject_removed"));
    await followUps.run();
    await until(() => ringing() === 0);
    expect(pushover.messages.length).toBe(2);
  });

  it.each([[true], [false]])("it recovers, and a recovery is wanted: %s", async (notifyOnRecovery) => {
    const channel = await addPushover("emergency", "job_a", { notifyOnRecovery });
    await fail(channel);
    await emit(runEvent("backup.completed"));
    await until(() => ringing() === 0);
    await until(() => pushover.messages.length === (notifyOnRecovery ? 2 : 1));
  });

  it("it recovers while the channel is muted: the recovery waits, the ringing does not", async () => {
    const channel = await addPushover();
    await fail(channel);
    await channelsUpdate.call(systemActor, { id: channel, mutedUntil: new Date(Date.now() + 3_600_000).toISOString() });
    await emit(runEvent("backup.completed"));
    await until(() => ringing() === 0);
    expect((await deliveriesOf(channel)).map(({ kind, status }) => [kind, status])).toContainEqual([
      "recovery",
      "held",
    ]);
  });

  it("a second occurrence that rings after the acknowledgement is stopped as well", async () => {
    const channel = await addPushover();
    const id = await fail(channel);
    await alertsAcknowledge.call(systemActor, { id });
    await until(() => ringing() === 0);
    await fail(channel);
    await followUps.run();
    await until(() => ringing() === 0);
  });

  it("a reminder that was under way at that moment, and one that is sent anew, are stopped as well", async () => {
    const channel = await addPushover();
    const id = await fail(channel);
    await alertsAcknowledge.call(systemActor, { id });
    await until(() => ringing() === 0);
    const again = async () => {
      const [first] = (await deliveriesOf(channel)).filter(({ kind }) => kind === "initial");
      await deliveriesResend.call(systemActor, { id: first?.id ?? "" });
      await until(async () => (await sent(channel)).length === (await deliveriesOf(channel)).length);
    };
    const before = pushover.messages.length;
    await again();
    await until(() => pushover.messages.length === before + 1);
    await followUps.run();
    await until(() => ringing() === 0);
    await followUps.run();
    expect((await deliveriesOf(channel)).filter(({ kind }) => kind === "update")).toHaveLength(2);
  });

  it("a cancellation that fails is repeated", async () => {
    const channel = await addPushover();
    const id = await fail(channel);
    pushover.failWith({ status: 500, body: "", headers: { "retry-after": "1" }, times: 1 });
    await alertsAcknowledge.call(systemActor, { id });
    await until(() => ringing() === 0);
    const update = async () => (await deliveriesOf(channel)).find(({ kind }) => kind === "update");
    await until(async () => (await update())?.status === "sent");
    expect(await update()).toMatchObject({ attemptCount: 2 });
  });

  it("a digest rings until the last of its problems is acknowledged or over", async () => {
    const channel = await addPushover();
    const jobs = Array.from({ length: 25 }, (_, index) => `job_d${index}`);
    for (const job of jobs) await addRule(job, channel, "failure");
    pushover.failWith({ status: 503, body: "" });
    for (const job of jobs) await emit(runEvent("backup.failed", job));
    await until(() => pushover.requests.length > 0);
    pushover.recover();
    const settled = async () => (await deliveriesOf(channel)).every(({ settledAt }) => settledAt !== null);
    await until(settled);
    const digests = (await deliveriesOf(channel)).filter(({ kind, status }) => kind === "digest" && status === "sent");
    expect(digests.length).toBeGreaterThan(0);
    const alerts = await openAlerts();
    expect(alerts).toHaveLength(25);
    for (const { id } of alerts.slice(1)) await alertsAcknowledge.call(systemActor, { id });
    await followUps.run();
    await until(settled);
    expect(ringing()).toBe(1);
    await resolveAlert(alerts[0]?.id ?? "", "Ana", audit("last"));
    await followUps.run();
    await until(() => ringing() === 0);
    await followUps.run();
    await until(settled);
    expect(
      (await deliveriesOf(channel)).filter(({ kind, eventId }) => kind === "update" && eventId === digests[0]?.eventId),
    ).toHaveLength(1);
  });

  it("what was sent from memory while the database could not be written is stopped when it can be", async () => {
    const channel = await addChannel("phone", "pushover", configOf("emergency"));
    await setNotifications({ globalChannels: [channel] });
    const alarm = new StorageAlarm();
    await alarm.start();
    noticeStorageFault(Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" }));
    await until(() => pushover.messages.length === 1);
    expect(ringing()).toBe(1);
    // Once the database can be written the loop gets a notice, and may be done before anybody looks.
    await until(async () => {
      await left.run();
      return ringing() === 0;
    });
    await alarm.stop();
  });

  it("what does not ring is not canceled", async () => {
    const channel = await addPushover("high");
    const id = await fail(channel);
    await alertsAcknowledge.call(systemActor, { id });
    await followUps.run();
    expect((await deliveriesOf(channel)).map(({ kind }) => kind)).toEqual(["initial"]);
  });

  it("the channel is disabled: its emergencies stop, and a stop that fails is repeated", async () => {
    await setNotifications({ globalChannels: [] });
    const channel = await addPushover();
    await fail(channel);
    pushover.failWith({ status: 503, body: "" });
    await channelsUpdate.call(systemActor, { id: channel, enabled: false });
    await until(() => cancels() > 0);
    expect(await transact([], readRingingLeft)).toHaveLength(1);
    expect(ringing()).toBe(1);
    pushover.recover();
    await left.run();
    await until(() => ringing() === 0);
    await until(async () => (await transact([], readRingingLeft)).length === 0);
  });

  it("the channel is removed while Belfry is about to end: the next start stops its emergencies", async () => {
    const channel = await addPushover();
    await fail(channel);
    await left.stop();
    await removeRules();
    await channelsDelete.call(systemActor, { id: channel });
    expect(ringing()).toBe(1);
    left = ringingLoop();
    await left.start();
    expect(ringing()).toBe(0);
    expect(await transact([], readRingingLeft)).toEqual([]);
  });
});

async function removeRules(): Promise<void> {
  await transact([], function* (tx) {
    yield* step(tx.orm.delete(tx.t.jobNotifications));
    yield* bumpRouting(tx);
  });
}
