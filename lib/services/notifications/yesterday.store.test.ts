import { type SQL, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { database } from "@/db/client";
import type { Actor } from "@/lib/auth/access/actor";
import { eachPipeline, eachReceiver } from "@/lib/dispatch/each-pipeline";
import { emit } from "@/lib/dispatch/emit";
import {
  addRule,
  addWebhook,
  deliveriesOf,
  openAlerts,
  runEvent,
  setNotifications,
  until,
} from "@/lib/dispatch/pipeline-fixture";
import { forgetRouting } from "@/lib/dispatch/plan/routing-snapshot";
import { silencesCreate } from "../silences/create";
import { notificationsSnooze } from "./snooze";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const admin: Actor = { kind: "command", id: null, name: "Ana", role: "admin", address: null };
const receiver = eachReceiver();
const pipeline = eachPipeline();

const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
const titles = () => receiver.received.map(({ title }) => title).sort();

/** Everything is as it was written a day ago, as in a database that is restored from yesterday's copy. */
async function becomeYesterdays(): Promise<void> {
  const { orm, t } = database();
  const back = (column: { getSQL(): SQL }) => sql`${column} - cast(${DAY} as bigint)`;
  const { deliveries: d, alerts: a, silences: s, events: e } = t;
  await orm.update(d).set({
    dueAt: back(d.dueAt),
    giveUpAt: back(d.giveUpAt),
    createdAt: back(d.createdAt),
    settledAt: back(d.settledAt),
  });
  await orm.update(a).set({ openedAt: back(a.openedAt), lastAt: back(a.lastAt), snoozedUntil: back(a.snoozedUntil) });
  await orm.update(s).set({ startsAt: back(s.startsAt), endsAt: back(s.endsAt) });
  await orm.update(e).set({ at: back(e.at) });
  forgetRouting();
}

test("a database restored from yesterday: what was due since goes once, and what is over ends with the next event", async () => {
  const channel = await addWebhook("ops", receiver.url());
  await setNotifications({});
  const jobs = ["job_open", "job_snoozed", "job_silenced"];
  for (const job of jobs) await addRule(job, channel, "failure", { repeat: "remind", remindHours: 3 });
  await silencesCreate.call(admin, {
    reason: "work",
    conditions: [{ field: "job", value: "job_silenced" }],
    endsAt: inHours(6),
  });
  for (const job of jobs) await emit(runEvent("backup.failed", job));
  const reminders = async () => (await deliveriesOf(channel)).filter(({ kind }) => kind === "reminder");
  await until(async () => (await reminders()).length === 2);
  const snoozed = (await openAlerts()).find(({ subjectId }) => subjectId === "job_snoozed");
  await notificationsSnooze.call(admin, { id: snoozed?.id, until: inHours(5) });
  expect(titles()).toEqual(["Backup Failed: job open", "Backup Failed: job snoozed"]);

  await pipeline.stopWorker();
  receiver.received.length = 0;
  await becomeYesterdays();
  await pipeline.restartWorker();
  await until(async () => (await reminders()).filter(({ status }) => status === "pending").length === 3);
  // A reminder of each that was sent, and the problem that was silenced; the next reminders are hours away.
  expect(titles()).toEqual(["Backup Failed: job open", "Backup Failed: job silenced", "Backup Failed: job snoozed"]);
  expect((await openAlerts()).map(({ snoozedUntil }) => snoozedUntil)).toEqual([null, null, null]);

  // Two of the problems were over yesterday evening, of which this database knows nothing: their next runs say it.
  receiver.received.length = 0;
  for (const job of jobs) await emit(runEvent("backup.completed", job));
  await until(() => titles().length === 3);
  expect(titles()).toEqual(["Recovered: job open", "Recovered: job silenced", "Recovered: job snoozed"]);
  expect(await openAlerts()).toEqual([]);
  expect((await deliveriesOf(channel)).filter(({ status }) => ["pending", "held"].includes(status))).toEqual([]);
  await emit(runEvent("backup.failed", "job_open"));
  expect(await openAlerts()).toHaveLength(1);
});
