import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { type SmtpServer, startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import { systemActor } from "@/lib/auth/access/actor";
import type { EventDraft } from "@/lib/core/event";
import type { Role } from "@/lib/core/role";
import { setRuntimeValue } from "@/lib/core/runtime";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { eachPipeline } from "@/lib/dispatch/each-pipeline";
import { emit } from "@/lib/dispatch/emit";
import { addChannel, addRule, runEvent, setNotifications, until } from "@/lib/dispatch/pipeline-fixture";
import { reportSent } from "@/lib/events/report-sent";
import { setSecretKey } from "@/lib/secrets/key";
import { channelsUpdate } from "../channels/update";
import { escalationPoliciesCreate } from "../escalation-policies/create";
import { routesCreate } from "../routes/create";
import { settingsEmailUpdate } from "../settings/email-update";
import { usersDelete } from "./delete";
import { usersDisable } from "./enable";
import { usersUpdate } from "./update";

/*
 * Nothing is sent to a person who may not get it any more, however long it has waited and by whatever way it was planned.
 */

eachPipeline();
let smtp: SmtpServer;
beforeEach(async () => {
  setSecretKey("k".repeat(32));
  setRuntimeValue("dataDir", "/data");
  setRuntimeValue("baseUrl", "https://backup.example.org");
  smtp = await startSmtpServer({ security: "none" });
  for (const name of ["ana", "ben", "cleo", "dan"]) await addPerson(name, "admin");
});
afterEach(() => smtp.close());

async function addPerson(name: string, role: Role): Promise<string> {
  const { orm, t } = database();
  const email = `${name}@example.org`;
  const times = { sessionVersion: 1, createdAt: 1, updatedAt: 1 };
  await orm
    .insert(t.users)
    .values({ id: `usr_${name}`, name, email, emailKey: email, role, status: "active", ...times });
  return `usr_${name}`;
}

const server = () => ({ host: "127.0.0.1", port: smtp.port, security: "none", from: "belfry@example.org" });

/** An Email channel to all administrators that keeps what it is given until it is unmuted. */
const addMail = (name: string) =>
  addChannel(name, "email", { ...server(), toAdmins: true }, { mutedUntil: Date.now() + 3_600_000 });
const unmute = (id: string) => channelsUpdate.call(systemActor, { id, mutedUntil: null });

/** Three of the four administrators are none any more: each another way. */
async function takeAccess(): Promise<void> {
  await usersUpdate.call(systemActor, { id: "usr_ben", role: "operator" });
  await usersDisable.call(systemActor, { id: "usr_cleo" });
  await usersDelete.call(systemActor, { id: "usr_dan" });
}

async function deliveries() {
  const { orm, t } = database();
  return await orm.select().from(t.deliveries).orderBy(t.deliveries.id);
}

/** The recipients of every mail, once nothing waits. */
async function mailed(): Promise<string[]> {
  await until(async () => (await deliveries()).every(({ status }) => !["pending", "sending", "held"].includes(status)));
  return smtp.mails.flatMap(({ to }) => to).sort();
}

/** How what waited for each person ended. */
async function ends(): Promise<string[]> {
  const rows = await deliveries();
  return [...new Set(rows.map(({ userId, status, reasonCode }) => `${userId} ${status} ${reasonCode}`))].sort();
}

const ENDS = [
  "usr_ana sent null",
  "usr_ben canceled not_administrator",
  "usr_cleo canceled recipient_inactive",
  "usr_dan canceled recipient_inactive",
];

const ERROR: EventDraft = {
  type: "system.error",
  subject: { kind: "component", id: "disk", name: "Disk" },
  data: { error: "full" },
};

/** Leads an event to a channel, and raises it. */
const WAYS: [string, (channel: string) => Promise<unknown>][] = [
  [
    "a rule of a job",
    async (channel) => {
      await addRule("job_a", channel, "failure");
      await emit(runEvent("backup.failed"));
    },
  ],
  [
    "a global channel",
    async (channel) => {
      await setNotifications({ globalChannels: [channel] });
      await emit(ERROR);
    },
  ],
  [
    "a channel's own subscription",
    async (channel) => {
      await channelsUpdate.call(systemActor, { id: channel, events: ["system.error"] });
      await emit(ERROR);
    },
  ],
  [
    "a route",
    async (channel) => {
      await routesCreate.call(systemActor, { name: "all", conditions: [], channels: [channel] });
      await emit(runEvent("backup.failed"));
    },
  ],
  [
    "a step of an escalation",
    async (channel) => {
      const steps = [{ afterMinutes: 0, channels: [channel] }];
      const { id } = await escalationPoliciesCreate.call(systemActor, { name: "Night", steps });
      await setNotifications({ events: { "system.error": { escalationPolicyId: id } } });
      await emit(ERROR);
    },
  ],
  [
    "a report of the channel",
    async (channel) => {
      const { data } = reportSent.sample(Date.now());
      const subject = { kind: "channel", id: channel, name: "mail" } as const;
      await emit({ type: reportSent.type, subject, data, to: { channelId: channel } });
    },
  ],
];

test.each(WAYS)("by %s: only who is an administrator when it is sent gets it", async (_, raise) => {
  const channel = await addMail("mail");
  await raise(channel);
  expect((await deliveries()).map(({ status }) => status)).toEqual(["held", "held", "held", "held"]);
  await takeAccess();
  await unmute(channel);
  expect(await mailed()).toEqual(["ana@example.org"]);
  expect(await ends()).toEqual(ENDS);
});

test("reminders and recoveries of what a person got as an administrator go to administrators only", async () => {
  const channel = await addMail("mail");
  await unmute(channel);
  await addRule("job_a", channel, "failure", { repeat: "remind", remindHours: 1 });
  await emit(runEvent("backup.failed"));
  const reminders = async () => (await deliveries()).filter(({ kind }) => kind === "reminder");
  await until(async () => (await reminders()).length === 4);
  await takeAccess();
  smtp.mails.length = 0;
  const { orm, t } = database();
  await orm.update(t.deliveries).set({ dueAt: Date.now() });
  await until(
    async () => (await reminders()).filter(({ status }) => ["sent", "canceled"].includes(status)).length === 4,
  );
  await until(() => smtp.mails.length === 1);
  await emit(runEvent("backup.completed"));
  expect(await mailed()).toEqual(["ana@example.org", "ana@example.org"]);
});

test("who was made an administrator again by then gets it", async () => {
  const channel = await addMail("mail");
  await addRule("job_a", channel, "failure");
  await emit(runEvent("backup.failed"));
  await usersUpdate.call(systemActor, { id: "usr_ben", role: "operator" });
  await usersUpdate.call(systemActor, { id: "usr_ben", role: "admin" });
  await unmute(channel);
  expect(await mailed()).toContain("ben@example.org");
});

test("a step to a person goes to whom the policy names, whatever their role, and to nobody who is gone", async () => {
  const olga = await addPerson("olga", "viewer");
  await settingsEmailUpdate.call(systemActor, { config: server(), mailAdmins: { "system.error": false } });
  const users = [olga, "usr_ben", "usr_cleo", "usr_dan"];
  const steps = [{ afterMinutes: 5, users }];
  const { id } = await escalationPoliciesCreate.call(systemActor, { name: "Night", steps });
  await setNotifications({ events: { "system.error": { escalationPolicyId: id } } });
  await emit(ERROR);
  expect((await deliveries()).map(({ channelId, status }) => [channelId, status])).toEqual(
    users.map(() => [SYSTEM_MAIL_ID, "pending"]),
  );
  await takeAccess();
  const { orm, t } = database();
  await orm.update(t.deliveries).set({ dueAt: Date.now(), notBefore: Date.now() - 1 });
  expect(await mailed()).toEqual(["ben@example.org", "olga@example.org"]);
});

test("a person's own mail and report: not for an account that is gone, nor for a role that would not show it", async () => {
  const channel = await addMail("mail");
  await setNotifications({
    globalChannels: [channel],
    events: { "user.login": { enabled: true, notifyUser: "only" } },
  });
  const report = reportSent.sample(Date.now()).data.report as object;
  for (const name of ["ana", "ben", "cleo"]) {
    const user = { id: `usr_${name}`, name, email: `${name}@example.org` };
    const subject = { kind: "user", id: user.id, name } as const;
    await emit({ type: "user.login", subject, data: { user, address: "192.0.2.1" } });
    for (const role of ["admin", "viewer"] as const)
      await emit({ type: "report.sent", subject, data: { report: { ...report, role } }, to: { user } });
  }
  await takeAccess();
  await unmute(channel);
  // Of Ben: that he signed in, and the report that anybody may read.
  expect(await mailed()).toEqual([...Array(3).fill("ana@example.org"), ...Array(2).fill("ben@example.org")]);
  expect(await ends()).toEqual([
    "usr_ana sent null",
    "usr_ben canceled role_lowered",
    "usr_ben sent null",
    "usr_cleo canceled recipient_inactive",
  ]);
});

test("what is summed up for one person keeps apart why they get it", async () => {
  const channel = await addMail("mail");
  await channelsUpdate.call(systemActor, {
    id: channel,
    mutedUntil: null,
    quietHours: { from: "00:00", to: "00:00", criticalPasses: false },
  });
  for (const job of ["job_a", "job_b"]) await addRule(job, channel, "failure");
  await setNotifications({
    globalChannels: [channel],
    events: { "user.login": { enabled: true, notifyUser: "only" } },
  });
  const user = { id: "usr_ben", name: "ben", email: "ben@example.org" };
  const login = { type: "user.login", subject: { kind: "user", id: user.id, name: "ben" }, data: { user } } as const;
  for (const job of ["job_a", "job_b"]) {
    await emit(login);
    await emit(runEvent("backup.failed", job));
  }
  await takeAccess();
  await channelsUpdate.call(systemActor, { id: channel, quietHours: null });
  expect(await mailed()).toEqual(["ana@example.org", "ben@example.org"]);
  const [mail] = smtp.mails.filter(({ to }) => to[0] === "ben@example.org");
  expect(mail?.parsed.text).not.toContain("Backup Failed");
});
