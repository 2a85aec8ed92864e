import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { database } from "@/db/client";
import { resolveAlert } from "@/db/stores/alerts";
import { correctImpossibleTimes } from "@/db/stores/impossible-times";
import { snoozeAlert } from "@/db/stores/snooze";
import { subscribe } from "@/lib/core/bus";
import { eachPipeline, eachReceiver } from "./each-pipeline";
import { emit } from "./emit";
import { addRule, addWebhook, deliveriesOf, openAlerts, runEvent, until } from "./pipeline-fixture";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const receiver = eachReceiver();
const pipeline = eachPipeline();

const titles = () => receiver.received.map((one) => one.title);
const audit = { id: "aud_1", at: 1, actorKind: "system", actorName: "ana", verb: "notifications.snooze" } as const;
let rows = 0;
const snooze = (alertId: string, end: number | null, now = Date.now()) =>
  snoozeAlert({ alertId, until: end, by: "ana", now }, { ...audit, id: `aud_${++rows}`, entity: "alert" });

/** A problem that one channel was notified of, with its reminder in six hours. */
async function problem() {
  const channel = await addWebhook("one", receiver.url());
  await addRule("job_a", channel, "failure", { repeat: "remind", remindHours: 6 });
  await emit(runEvent("backup.failed"));
  const reminders = async () => (await deliveriesOf(channel)).filter(({ kind }) => kind === "reminder");
  await until(async () => (await reminders()).length === 1);
  const [alert] = await openAlerts();
  const [first] = await reminders();
  if (!alert || !first) throw new Error("There is no problem.");
  return { channel, alertId: alert.id, reminders, dueAt: first.dueAt };
}

async function change(id: string, values: Partial<Awaited<ReturnType<typeof deliveriesOf>>[number]>): Promise<void> {
  const { orm, t } = database();
  await orm.update(t.deliveries).set(values).where(eq(t.deliveries.id, id));
}

it("holds the reminder until the end of the snooze, and gives it a day of retries from then", async () => {
  const { alertId, reminders } = await problem();
  const end = Date.now() + 8 * HOUR;
  expect(await snooze(alertId, end)).toBe(true);
  expect(await reminders()).toMatchObject([
    { status: "held", heldBy: "snooze", heldById: alertId, reasonCode: "snoozed", dueAt: end },
  ]);
});

it("leaves alone what is due after its end", async () => {
  const { alertId, reminders, dueAt } = await problem();
  await snooze(alertId, Date.now() + HOUR);
  expect(await reminders()).toMatchObject([{ status: "pending", heldBy: null, dueAt }]);
});

it("ended early lets the reminder go when it would have been due", async () => {
  const { alertId, reminders, dueAt } = await problem();
  await snooze(alertId, Date.now() + 8 * HOUR);
  await snooze(alertId, Date.now() + 9 * HOUR);
  await snooze(alertId, null);
  expect(await reminders()).toMatchObject([{ status: "pending", heldBy: null, reasonCode: null, dueAt }]);
  expect((await openAlerts())[0]).toMatchObject({ snoozedUntil: null, snoozedBy: null });
});

it("made shorter holds only what is due before its new end", async () => {
  const { alertId, reminders, dueAt } = await problem();
  await snooze(alertId, Date.now() + 8 * HOUR);
  await snooze(alertId, Date.now() + HOUR);
  expect(await reminders()).toMatchObject([{ status: "pending", dueAt, giveUpAt: dueAt + DAY }]);
});

it("ends while Belfry is down: the reminder goes once it runs again, and badges count the alert", async () => {
  const { alertId, reminders } = await problem();
  await pipeline.stopWorker();
  const [reminder] = await reminders();
  await change(reminder?.id ?? "", { dueAt: Date.now() - 2 * HOUR });
  await snooze(alertId, Date.now() - HOUR, Date.now() - 3 * HOUR);
  expect(await reminders()).toMatchObject([{ status: "held" }]);
  const noticed: (string[] | undefined)[] = [];
  const end = subscribe(({ topic, ids }) => topic === "alerts" && noticed.push(ids));
  await pipeline.restartWorker();
  await until(() => titles().length === 2);
  end();
  expect(noticed).toContainEqual([alertId]);
  expect((await openAlerts())[0]).toMatchObject({ status: "firing", snoozedUntil: null });
  // The next one follows.
  await until(async () => (await reminders()).length === 2);
});

it("holds from the start what is scheduled meanwhile", async () => {
  const { alertId, reminders } = await problem();
  const [reminder] = await reminders();
  const end = Date.now() + 2 * DAY;
  const { orm, t } = database();
  // The reminder is on its way while the alert is snoozed.
  await orm.update(t.alerts).set({ snoozedUntil: end }).where(eq(t.alerts.id, alertId));
  await orm
    .update(t.deliveries)
    .set({ kind: "initial", dueAt: Date.now() - 1 })
    .where(eq(t.deliveries.id, reminder?.id ?? ""));
  await until(() => titles().length === 2);
  await until(async () => (await reminders()).length === 1);
  expect(await reminders()).toMatchObject([{ status: "held", heldBy: "snooze", heldById: alertId, dueAt: end }]);
});

it("holds a reminder that was claimed already, right before its attempt", async () => {
  const { alertId, reminders } = await problem();
  const end = Date.now() + DAY;
  const { orm, t } = database();
  await orm.update(t.alerts).set({ snoozedUntil: end }).where(eq(t.alerts.id, alertId));
  const [reminder] = await reminders();
  await change(reminder?.id ?? "", { dueAt: Date.now() - 1 });
  await until(async () => (await reminders())[0]?.status === "held");
  expect(await reminders()).toMatchObject([{ heldBy: "snooze", heldById: alertId, dueAt: end, leaseToken: null }]);
  expect(titles()).toHaveLength(1);
  await snooze(alertId, null);
  await until(() => titles().length === 2);
});

it("ends when the alert resolves: nothing held is sent any more, and the recovery goes at once", async () => {
  const { alertId, reminders } = await problem();
  await snooze(alertId, Date.now() + DAY);
  await emit(runEvent("backup.completed"));
  await until(() => titles().at(-1) === "Recovered: job a");
  expect(await reminders()).toMatchObject([{ status: "canceled", reasonCode: "alert_resolved" }]);
  expect(await snooze(alertId, Date.now() + DAY)).toBe(false);
  await emit(runEvent("backup.failed"));
  await until(() => titles().length === 3);
  expect((await openAlerts())[0]).toMatchObject({ snoozedUntil: null });
});

it("ends when a person resolves the alert", async () => {
  const { alertId, reminders } = await problem();
  await snooze(alertId, Date.now() + DAY);
  await resolveAlert(alertId, "bo", { ...audit, id: "aud_resolve", verb: "alerts.resolve" });
  expect(await reminders()).toMatchObject([{ status: "canceled", heldBy: null }]);
});

it("is not believed when a wrong clock dated it", async () => {
  const { alertId } = await problem();
  await snooze(alertId, Date.now() + 3 * 365 * DAY);
  const corrected = await correctImpossibleTimes(Date.now());
  expect(corrected).toContainEqual({ what: ["snooze of an alert", "snoozes of alerts"], count: 1 });
  await until(async () => (await openAlerts())[0]?.snoozedUntil === null);
});
