import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { newRun } from "@/db/stores/new-run";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { sessionOf } from "@/lib/auth/access/session";
import { storeSession } from "@/lib/auth/access/testing";
import { setRuntimeValue } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import { backupFailed } from "@/lib/events/backup-failed";
import { clientOffline } from "@/lib/events/client-offline";
import { systemError } from "@/lib/events/system-error";
import { setSecretKey } from "@/lib/secrets/key";
import { alertsAcknowledge } from "./alerts/acknowledge";
import { alertsList } from "./alerts/list";
import { alertsReachedNobody } from "./alerts/reached-nobody";
import { artifactsList } from "./artifacts/list";
import { clientsCreate } from "./clients/create";
import { clientsGet } from "./clients/get";
import { clientsList } from "./clients/list";
import { deliveriesList } from "./deliveries/list";
import { jobsCount } from "./jobs/count";
import { jobsCreate } from "./jobs/create";
import { jobsGet } from "./jobs/get";
import { jobsList } from "./jobs/list";
import { jobsOptions } from "./jobs/options";
import { jobsRun } from "./jobs/run";
import { notificationsGet } from "./notifications/get";
import { notificationsList } from "./notifications/list";
import { notificationsSnooze } from "./notifications/snooze";
import { notificationsUnread } from "./notifications/unread";
import { overviewRead } from "./overview/read";
import { profileUpdate } from "./profile/update";
import { runsCancel } from "./runs/cancel";
import { runsGet } from "./runs/get";
import { runsList } from "./runs/list";
import { runsLog } from "./runs/log";
import { usersCreate } from "./users/create";
import { usersList } from "./users/list";
import { usersUpdate } from "./users/update";

const password = "correct horse battery staple";

let close: () => Promise<void>;
beforeEach(async () => {
  close = await freshDatabase();
  setRuntimeValue("baseUrl", "https://belfry.example");
  setSecretKey("a key that is only used in tests, long enough");
});
afterEach(async () => {
  setRuntimeValue("baseUrl", null);
  await close();
});

/** A client with a job, a failed run of it, and an outage. */
async function machine(name: string) {
  const { id: clientId } = await clientsCreate.call(systemActor, { name });
  const { id: jobId } = await jobsCreate.call(systemActor, {
    name: `home of ${name}`,
    clientId,
    clientJob: "home",
    schedule: { cron: "0 3 * * *", timezone: "UTC" },
  });
  const { orm, t } = database();
  const base = newRun({ kind: "backup", jobId, name: `home of ${name}`, trigger: "schedule", queuedAt: Date.now() });
  const run = { ...base, status: "failure" as const, finishedAt: Date.now(), eventId: "evt_1" };
  await orm.insert(t.runs).values(run);
  await emit(
    backupFailed.draft({ subject: { kind: "job", id: jobId, name: `home of ${name}` }, data: { error: name } }),
  );
  await emit(clientOffline.draft({ subject: { kind: "client", id: clientId, name }, data: {} }));
  return { clientId, jobId, runId: run.id };
}

type Machine = Awaited<ReturnType<typeof machine>>;

async function userOf(name: string, clients: Machine[], role: "viewer" | "operator" = "operator"): Promise<Actor> {
  const clientIds = clients.map(({ clientId }) => clientId);
  const email = `${name}@example.org`;
  const { id } = await usersCreate.call(systemActor, { name, email, role, password, clientIds });
  return { kind: "user", id, name, email, role, timezone: null, address: null, clientIds };
}

const idsOf = ({ items }: { items: readonly { id: string }[] }) => items.map(({ id }) => id);

test("users with different clients see those clients, and their jobs, runs, alerts and notifications alone", async () => {
  const [web, mail] = [await machine("web"), await machine("mail")];
  await emit(systemError.draft({ subject: { kind: "component", id: "a", name: "a" }, data: { error: "a" } }));
  const people: [Actor, Machine[]][] = [
    [await userOf("ana", [web]), [web]],
    [await userOf("ben", [mail], "viewer"), [mail]],
    [await userOf("cleo", [web, mail]), [web, mail]],
    [await userOf("dan", []), []],
  ];
  for (const [actor, own] of people) {
    const wanted = (key: keyof Machine) => own.map((one) => one[key]).sort();
    expect(idsOf(await clientsList.call(actor, {})).sort()).toEqual(wanted("clientId"));
    expect(idsOf(await jobsList.call(actor, {})).sort()).toEqual(wanted("jobId"));
    expect(await jobsCount.call(actor, {})).toEqual({ total: own.length, matching: own.length });
    expect((await jobsOptions.call(actor, {})).map(({ id }) => id).sort()).toEqual(wanted("jobId"));
    expect(idsOf(await runsList.call(actor, {})).sort()).toEqual(wanted("runId"));
    const subjects = own.flatMap(({ clientId, jobId }) => [clientId, jobId]).sort();
    const alerts = await alertsList.call(actor, {});
    expect(alerts.items.map(({ subject }) => subject.id).sort()).toEqual(subjects);
    const inbox = await notificationsList.call(actor, {});
    expect(inbox.items.map(({ subject }) => subject.id).sort()).toEqual(subjects);
    expect(inbox.unread).toBe(subjects.length);
    expect((await notificationsUnread.call(actor, {})).unread).toBe(subjects.length);
    const overview = await overviewRead.call(actor, {});
    expect(overview.jobs.total).toBe(own.length);
    expect(overview.last24h.total).toBe(own.length);
    expect(overview.failingChannels).toEqual([]);
    expect(await alertsReachedNobody.call(actor, {})).toMatchObject({ count: 0 });
    expect(idsOf(await artifactsList.call(actor, {}))).toEqual([]);
    expect(idsOf(await deliveriesList.call(actor, {}))).toEqual([]);
  }
  expect(idsOf(await jobsList.call(systemActor, {}))).toHaveLength(2);
});

test("what is of other clients does not exist for them, by its id neither, nor by a search", async () => {
  const [web, mail] = [await machine("web"), await machine("mail")];
  const ana = await userOf("ana", [web]);
  const missing = { code: "not_found" };
  await expect(clientsGet.call(ana, { id: mail.clientId })).rejects.toMatchObject(missing);
  await expect(jobsGet.call(ana, { id: mail.jobId })).rejects.toMatchObject(missing);
  await expect(jobsRun.call(ana, { id: mail.jobId })).rejects.toMatchObject(missing);
  await expect(runsGet.call(ana, { id: mail.runId })).rejects.toMatchObject(missing);
  await expect(runsLog.call(ana, { id: mail.runId })).rejects.toMatchObject(missing);
  await expect(runsCancel.call(ana, { id: mail.runId })).rejects.toMatchObject(missing);
  const all = await alertsList.call(systemActor, {});
  const alertOf = (id: string) => all.items.find(({ subject }) => subject.id === id)?.id ?? "";
  const [own, other] = [alertOf(web.jobId), alertOf(mail.jobId)];
  await expect(alertsAcknowledge.call(ana, { id: other })).rejects.toMatchObject(missing);
  await expect(notificationsGet.call(ana, { id: other })).rejects.toMatchObject(missing);
  await expect(notificationsSnooze.call(ana, { id: other, until: null })).rejects.toMatchObject(missing);
  await expect(usersList.call(ana, {})).rejects.toMatchObject({ code: "forbidden" });
  for (const filter of [{ q: "mail" }, { subject: `job/${mail.jobId}` }, { subject: "mail" }])
    expect(idsOf(await notificationsList.call(ana, filter))).toEqual([]);
  expect(idsOf(await runsList.call(ana, { jobId: mail.jobId }))).toEqual([]);
  expect(idsOf(await jobsList.call(ana, { q: "mail" }))).toEqual([]);

  expect(await clientsGet.call(ana, { id: web.clientId })).toMatchObject({ name: "web" });
  expect(await jobsGet.call(ana, { id: web.jobId })).toMatchObject({ name: "home of web" });
  expect(await runsGet.call(ana, { id: web.runId })).toMatchObject({ status: "failure" });
  await alertsAcknowledge.call(ana, { id: own });
  expect(await notificationsGet.call(ana, { id: own })).toMatchObject({ acknowledgedBy: "ana" });
});

test("a limit takes effect at the next call of a session; administrators and unknown clients are refused; reports are about all jobs", async () => {
  const web = await machine("web");
  const { id } = await usersCreate.call(systemActor, {
    name: "eva",
    email: "eva@example.org",
    role: "viewer",
    password,
  });
  const { cookie } = await storeSession(id);
  expect(idsOf(await jobsList.call(await sessionOf(cookie), {}))).toEqual([web.jobId]);
  expect(await usersUpdate.call(systemActor, { id, clientIds: [] })).toMatchObject({ clientIds: [] });
  const limited = await sessionOf(cookie);
  expect(idsOf(await jobsList.call(limited, {}))).toEqual([]);
  await expect(profileUpdate.call(limited, { reports: { dailyHour: 8 } })).rejects.toMatchObject({ code: "forbidden" });
  const fields = (clientIds: string) => ({ code: "invalid", details: { fields: { clientIds } } });
  await expect(usersUpdate.call(systemActor, { id, role: "admin" })).rejects.toMatchObject(
    fields("An administrator sees everything. Choose another role, or all clients."),
  );
  await expect(usersUpdate.call(systemActor, { id, clientIds: ["cli_no"] })).rejects.toMatchObject(
    fields("There is no client cli_no. It may have been removed: choose again."),
  );
  expect(await usersUpdate.call(systemActor, { id, clientIds: null })).toMatchObject({ clientIds: null });
  expect(idsOf(await jobsList.call(await sessionOf(cookie), {}))).toEqual([web.jobId]);
});
