import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { database } from "@/db/client";
import { closeAlertsOf } from "@/db/stores/alerts";
import { correctImpossibleTimes } from "@/db/stores/impossible-times";
import { step, transact } from "@/db/transact";
import { systemActor } from "@/lib/auth/access/actor";
import { MAX_STEP_MINUTES } from "@/lib/core/escalation";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { alertsAcknowledge } from "@/lib/services/alerts/acknowledge";
import { alertsResolve } from "@/lib/services/alerts/resolve";
import { escalationPoliciesCreate } from "@/lib/services/escalation-policies/create";
import { escalationPoliciesDelete } from "@/lib/services/escalation-policies/delete";
import { escalationPoliciesUpdate } from "@/lib/services/escalation-policies/update";
import { settingsEmailUpdate } from "@/lib/services/settings/email-update";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import { eachPipeline, eachReceiver } from "./each-pipeline";
import { emit } from "./emit";
import { addRule, addWebhook, deliveriesOf, openAlerts, runEvent, until } from "./pipeline-fixture";

const MINUTE = 60_000;
const [first, second] = [eachReceiver(), eachReceiver()];
const pipeline = eachPipeline();
let ops: string;
let boss: string;
let policyId: string;

beforeEach(async () => {
  ops = await addWebhook("Ops", first.url());
  boss = await addWebhook("Boss", second.url());
  const steps = [
    { afterMinutes: 10, channels: [ops] },
    { afterMinutes: 20, channels: [boss] },
  ];
  const made = await escalationPoliciesCreate.call(systemActor, { name: "Night", steps, repeat: 1 });
  policyId = made.id;
  await addRule("job_a", ops, "failure", { escalationPolicyId: policyId, repeat: "first" });
});

/** Minutes pass for what waits: its times move back by so much. */
async function pass(minutes: number): Promise<void> {
  await transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    const ms = minutes * MINUTE;
    yield* step(
      tx.orm
        .update(d)
        .set({ dueAt: sql`${d.dueAt} - ${ms}`, notBefore: sql`${d.notBefore} - ${ms}` })
        .where(eq(d.status, "pending")),
    );
    tx.notices.push({ topic: "deliveries", ids: [ops, boss] });
  });
}

const steps = async () => {
  const all = [...(await deliveriesOf(ops)), ...(await deliveriesOf(boss))];
  return all.filter(({ kind }) => kind === "escalation").sort((a, b) => a.step - b.step);
};
const statuses = async () => (await steps()).map(({ status }) => status);
const reasons = async () => [...new Set((await steps()).map(({ reasonCode }) => reasonCode))];
async function failed(): Promise<string> {
  await emit(runEvent("backup.failed"));
  await until(() => first.received.length === 1);
  return (await openAlerts())[0]?.id ?? "";
}

describe("escalation", () => {
  it("two receivers get their steps in time, again, and after a restart; the recovery goes to both", async () => {
    await failed();
    const [one, two, three, four] = await steps();
    const minutes = (row: typeof one) => Math.round(((row?.dueAt ?? 0) - (row?.createdAt ?? 0)) / MINUTE);
    expect([one, two, three, four].map(minutes)).toEqual([10, 20, 30, 40]);
    await pass(10);
    await until(() => first.received.length === 2);
    expect(first.received[1]?.message).toMatch(/^Nobody has acknowledged this for 10 min/);
    expect(second.received).toEqual([]);
    await pipeline.restartWorker();
    await pass(10);
    await until(() => second.received.length === 1);
    await pass(20);
    await until(() => first.received.length === 3 && second.received.length === 2);
    await until(async () => (await statuses()).every((status) => status === "sent"));
    // The next failure is none of a new problem: nothing is escalated again.
    await emit(runEvent("backup.failed"));
    expect(await steps()).toHaveLength(4);
    await emit(runEvent("backup.completed"));
    await until(() => first.received.at(-1)?.status === "resolved" && second.received.at(-1)?.status === "resolved");
  });

  it("a recovery cancels what waits, and only those who were notified get it", async () => {
    await failed();
    await emit(runEvent("backup.completed"));
    await until(() => first.received.at(-1)?.status === "resolved");
    expect(await statuses()).toEqual(["canceled", "canceled", "canceled", "canceled"]);
    expect(await reasons()).toEqual(["alert_resolved"]);
    expect(second.received).toEqual([]);
  });

  it("two people acknowledge at once, in the middle: the rest is canceled, nothing comes twice", async () => {
    const id = await failed();
    await pass(10);
    await until(() => first.received.length === 2);
    const answers = await Promise.allSettled([
      alertsAcknowledge.call(systemActor, { id }),
      alertsAcknowledge.call(systemActor, { id }),
    ]);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await statuses()).slice(1)).toEqual(["canceled", "canceled", "canceled"]);
    await pass(60);
    await emit(runEvent("backup.failed"));
    expect(await steps()).toHaveLength(4);
    expect(second.received).toEqual([]);
  });

  it.each([
    ["a person resolves it", (id: string) => alertsResolve.call(systemActor, { id }), "alert_resolved"],
    [
      "its job is removed",
      () => transact([], (tx) => closeAlertsOf(tx, "job", "job_a", "subject_removed")),
      "subject_removed",
    ],
  ])("%s: what waits is canceled", async (_, end, reason) => {
    await end(await failed());
    expect(await statuses()).toEqual(["canceled", "canceled", "canceled", "canceled"]);
    expect(await reasons()).toEqual([reason]);
  });

  it("an acknowledgement that comes while a step is claimed stops it", async () => {
    const id = await failed();
    await pipeline.stopWorker();
    await pass(10);
    // As a process left it that claimed the step and was gone before it asked.
    const { orm, t } = database();
    await orm.update(t.alerts).set({ status: "acknowledged", acknowledgedAt: 1 }).where(eq(t.alerts.id, id));
    await pipeline.restartWorker();
    await until(async () => (await statuses())[0] === "canceled");
    expect((await steps())[0]?.reasonCode).toBe("alert_acknowledged");
    expect(first.received).toHaveLength(1);
  });

  it("a step whose channel is unmuted early waits for its own time", async () => {
    await failed();
    const { orm, t } = database();
    const [one] = await steps();
    await orm
      .update(t.deliveries)
      .set({ dueAt: Date.now() })
      .where(eq(t.deliveries.id, one?.id ?? ""));
    await pass(0);
    await until(async () => ((await steps())[0]?.dueAt ?? 0) === one?.notBefore);
    expect((await steps())[0]).toMatchObject({ status: "pending", attemptCount: 0 });
    expect(first.received).toHaveLength(1);
  });

  it("a policy that is changed while steps wait changes the next problem; one in use is not deleted", async () => {
    await failed();
    const next = [{ afterMinutes: 1, channels: [boss] }];
    await escalationPoliciesUpdate.call(systemActor, { id: policyId, steps: next, repeat: 0 });
    expect(await statuses()).toEqual(["pending", "pending", "pending", "pending"]);
    await pass(20);
    await until(() => second.received.length === 1);
    await emit(runEvent("backup.completed"));
    await until(() => second.received.length === 2);
    await emit(runEvent("backup.failed"));
    await until(async () => (await statuses()).filter((status) => status === "pending").length === 1);
    await settingsNotificationsUpdate.call(systemActor, {
      events: { "system.error": { escalationPolicyId: policyId } },
    });
    await expect(escalationPoliciesDelete.call(systemActor, { id: policyId })).rejects.toMatchObject({
      code: "conflict",
      message: "Night is used by event system.error.",
    });
    await settingsNotificationsUpdate.call(systemActor, { events: { "system.error": { escalationPolicyId: null } } });
    await escalationPoliciesDelete.call(systemActor, { id: policyId });
    await pass(1);
    await until(() => second.received.length === 3);
  });

  it("an event's policy escalates it; a deleted channel and a person without mail are left out", async () => {
    const steps = [{ afterMinutes: 0, channels: [boss] }];
    const { id } = await escalationPoliciesCreate.call(systemActor, { name: "Errors", steps });
    await settingsNotificationsUpdate.call(systemActor, { events: { "system.error": { escalationPolicyId: id } } });
    const { orm, t } = database();
    await orm
      .update(t.escalationPolicies)
      .set({ steps: [{ afterMinutes: 0, channels: ["chn_gone", boss], users: ["usr_gone"] }] });
    await settingsNotificationsUpdate.call(systemActor, { globalChannels: [] });
    await emit({
      type: "system.error",
      subject: { kind: "component", id: "disk", name: "Disk" },
      data: { error: "full" },
    });
    await until(() => second.received.length === 1);
  });

  it("a clock that was wrong does not put a step off for years", async () => {
    await failed();
    const { orm, t } = database();
    const years = 3 * 365 * 24 * 60 * MINUTE;
    const { deliveries: d } = t;
    const late = {
      dueAt: sql`${d.dueAt} + ${years}`,
      notBefore: sql`${d.notBefore} + ${years}`,
      createdAt: sql`${d.createdAt} + ${years}`,
    };
    await orm.update(d).set(late).where(eq(d.kind, "escalation"));
    const now = Date.now();
    await correctImpossibleTimes(now);
    expect((await steps()).map(({ dueAt }) => Math.round((dueAt - now) / MINUTE))).toEqual([10, 20, 30, 40]);
    await correctImpossibleTimes(now);
    expect((await steps()).map(({ dueAt }) => Math.round((dueAt - now) / MINUTE))).toEqual([10, 20, 30, 40]);
  });
});

describe("escalation policies", () => {
  const create = (input: object) => escalationPoliciesCreate.call(systemActor, { name: "P", steps: [], ...input });
  it("refuses what cannot work, beside its field", async () => {
    const refused: [object, string][] = [
      [{ steps: [] }, "steps"],
      [{ steps: [{ afterMinutes: 5 }] }, "steps[0].channels"],
      [{ steps: [{ afterMinutes: -1, channels: ["x"] }] }, "steps[0].afterMinutes"],
      [{ steps: [{ afterMinutes: MAX_STEP_MINUTES + 1, channels: ["x"] }] }, "steps[0].afterMinutes"],
      [{ steps: [{ afterMinutes: 1, channels: ["chn_unknown"] }] }, "steps[0].channels[0]"],
      [{ steps: [{ afterMinutes: 1, channels: [SYSTEM_MAIL_ID] }] }, "steps[0].channels[0]"],
      [{ steps: [{ afterMinutes: 1, users: ["usr_unknown"] }] }, "steps[0].users[0]"],
      [{ steps: Array.from({ length: 11 }, (_, at) => ({ afterMinutes: at, channels: ["x"] })) }, "steps"],
      [
        {
          steps: [
            { afterMinutes: 2, channels: ["x"] },
            { afterMinutes: 2, channels: ["x"] },
          ],
        },
        "steps[1].afterMinutes",
      ],
      [{ steps: [{ afterMinutes: 1, channels: ["x"] }], repeat: 11 }, "repeat"],
    ];
    const config = { host: "mail.example.org", from: "belfry@example.org" };
    await settingsEmailUpdate.call(systemActor, { config });
    for (const [input, field] of refused)
      await expect(create(input)).rejects.toMatchObject({
        code: "invalid",
        details: { fields: { [field]: expect.any(String) } },
      });
  });
  it("refuses rounds without a delay, and a second one of the same name", async () => {
    const steps = [{ afterMinutes: 0, channels: [ops] }];
    await expect(create({ steps, repeat: 1 })).rejects.toMatchObject({
      details: { fields: { repeat: expect.any(String) } },
    });
    await create({ steps, name: "Same" });
    await expect(create({ steps, name: "Same" })).rejects.toMatchObject({ code: "conflict" });
  });
});
