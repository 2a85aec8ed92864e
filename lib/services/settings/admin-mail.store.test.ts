import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { database } from "@/db/client";
import { bumpRouting } from "@/db/stores/settings";
import { step, transact } from "@/db/transact";
import { type SmtpServer, startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import type { EventDraft } from "@/lib/core/event";
import type { Role } from "@/lib/core/role";
import { setRuntimeValue } from "@/lib/core/runtime";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { emit } from "@/lib/dispatch/emit";
import {
  addChannel,
  addRule,
  addWebhook,
  deliveriesOf,
  openAlerts,
  runEvent,
  setNotifications,
  startPipeline,
  startReceiver,
  until,
} from "@/lib/dispatch/pipeline-fixture";
import { previewEventRouting, previewJobRouting } from "@/lib/dispatch/preview/routing-preview";
import { testEvent } from "@/lib/dispatch/send/send-test";
import { SUBSCRIBABLE_EVENTS } from "@/lib/events/catalog";
import { setSecretKey } from "@/lib/secrets/key";
import { metricsRead } from "../metrics/read";
import { overviewRead } from "../overview/read";
import { profileUpdate } from "../profile/update";
import { usersDisable } from "../users/enable";
import { usersUpdate } from "../users/update";
import { settingsEmailGet } from "./email-get";
import { settingsEmailUpdate } from "./email-update";
import { settingsGeneralUpdate } from "./general-update";
import { settingsNotificationsUpdate } from "./notifications-update";

const JOB = "job_a";
let smtp: SmtpServer;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;

beforeEach(async () => {
  setSecretKey("k".repeat(32));
  setRuntimeValue("dataDir", "/data");
  setRuntimeValue("baseUrl", "https://backup.example.org");
  smtp = await startSmtpServer({ security: "none" });
  pipeline = await startPipeline();
  await settingsGeneralUpdate.call(systemActor, { name: "Vault", timezone: "Europe/Berlin" });
  await addPerson("ana", { timezone: "America/New_York" });
});
afterEach(async () => {
  await pipeline.stop();
  await smtp.close();
});

interface Person {
  role?: Role;
  status?: "active" | "disabled" | "invited";
  timezone?: string;
  email?: string;
}

async function addPerson(name: string, { role = "admin", status = "active", timezone, email }: Person = {}) {
  const address = email ?? `${name}@example.org`;
  await transact([], function* (tx) {
    yield* step(
      tx.orm.insert(tx.t.users).values({
        id: `usr_${name}`,
        name,
        email: address,
        emailKey: address.toLowerCase(),
        role,
        status,
        timezone: timezone ?? null,
        sessionVersion: 1,
        createdAt: 1,
        updatedAt: 1,
      }),
    );
    yield* bumpRouting(tx);
  });
}

const server = () => ({ host: "127.0.0.1", port: smtp.port, security: "none", from: "Vault <vault@example.org>" });
const setServer = () => settingsEmailUpdate.call(systemActor, { config: server() });
const mailAdmins = (switches: Record<string, boolean>) =>
  settingsEmailUpdate.call(systemActor, { mailAdmins: switches });
const addMail = (name: string, more: Record<string, unknown>) =>
  addChannel(name, "email", {
    host: "127.0.0.1",
    port: smtp.port,
    security: "none",
    from: "belfry@example.org",
    ...more,
  });
const fail = (jobId = JOB) => emit(runEvent("backup.failed", jobId, "no space left"));
const restored: EventDraft = {
  type: "restore.failed",
  subject: { kind: "restore", id: "/srv/out", name: "/srv/out" },
  data: { error: "The file is shorter than it should be." },
};

/** Every mail that was sent, once nothing waits any more: the recipients of each. */
async function mailed(): Promise<string[]> {
  await until(async () => {
    const { orm, t } = database();
    const rows = await orm.select({ status: t.deliveries.status }).from(t.deliveries);
    return rows.every(({ status }) => status !== "pending" && status !== "sending");
  });
  return smtp.mails.flatMap(({ to }) => to).sort();
}

test("a failed backup of a job without rules is mailed to each administrator by themselves", async () => {
  await addPerson("ben");
  await addPerson("gone", { status: "disabled" });
  await addPerson("new", { status: "invited" });
  await addPerson("olga", { role: "operator" });
  await setServer();
  await fail();
  expect(await mailed()).toEqual(["ana@example.org", "ben@example.org"]);
  expect(smtp.mails.every(({ to }) => to.length === 1)).toBe(true);
  expect(await deliveriesOf(SYSTEM_MAIL_ID)).toMatchObject(
    ["usr_ana", "usr_ben"].map((userId) => ({ userId, channelName: "System mail", route: "system_mail" })),
  );
});

test("without a server nothing is planned, and its removal cancels what waits", async () => {
  await fail();
  expect(await deliveriesOf(SYSTEM_MAIL_ID)).toEqual([]);
  await setServer();
  await smtp.close();
  await fail();
  await until(async () => (await deliveriesOf(SYSTEM_MAIL_ID))[0]?.reasonCode === "retrying");
  await settingsEmailUpdate.call(systemActor, { config: null });
  await until(async () => (await deliveriesOf(SYSTEM_MAIL_ID))[0]?.status === "canceled");
  expect((await deliveriesOf(SYSTEM_MAIL_ID))[0]?.reasonCode).toBe("channel_removed");
  await fail();
  expect(await deliveriesOf(SYSTEM_MAIL_ID)).toHaveLength(1);
  smtp = await startSmtpServer({ security: "none" });
});

describe("one mail per address", () => {
  test("over fixed addresses, administrators of a channel and the job's rules, whatever the case", async () => {
    await addPerson("ben", { email: "Ben@Example.ORG" });
    await addPerson("cleo");
    await setServer();
    const fixed = await addMail("fixed", { to: ["ops@example.org", "ANA@example.org"] });
    await addRule(JOB, fixed, "failure");
    const chat = await addMail("subscribed", { to: ["ben@example.org"] });
    await subscribe(chat, "backup.failed");
    await fail();
    expect((await mailed()).map((to) => to.toLowerCase())).toEqual([
      "ana@example.org",
      "ben@example.org",
      "cleo@example.org",
      "ops@example.org",
    ]);
  });

  test("an installation that mails its administrators by a channel notices no difference", async () => {
    await addPerson("ben");
    await setServer();
    const mail = await addMail("admins", { toAdmins: true });
    await setNotifications({ globalChannels: [mail] });
    await emit(restored);
    expect(await mailed()).toEqual(["ana@example.org", "ben@example.org"]);
    expect(await deliveriesOf(SYSTEM_MAIL_ID)).toEqual([]);
    const { entries } = await previewEventRouting("restore.failed", { id: "u", name: "u", email: "u@example.org" });
    expect(entries.map(({ when, channelId }) => `${when} ${channelId}`)).toEqual([
      ...["now", "now"].map((when) => `${when} ${mail}`),
      ...["recovery", "recovery"].map((when) => `${when} ${mail}`),
    ]);
  });

  test("the user's own copy counts, and where only the user is notified, nobody else is", async () => {
    await addPerson("ben");
    await setServer();
    await mailAdmins({ "user.login": true });
    const mail = await addMail("mail", { to: ["ops@example.org"] });
    const ana = { id: "usr_ana", name: "ana", email: "ana@example.org" };
    const login: EventDraft = {
      type: "user.login",
      subject: { kind: "user", id: ana.id, name: ana.name },
      data: { user: ana, address: "192.0.2.1" },
    };
    await setNotifications({ globalChannels: [mail], events: { "user.login": { enabled: true, notifyUser: "also" } } });
    await emit(login);
    expect(await mailed()).toEqual(["ana@example.org", "ben@example.org", "ops@example.org"]);
    await setNotifications({ globalChannels: [mail], events: { "user.login": { enabled: true, notifyUser: "only" } } });
    await emit(login);
    expect(await mailed()).toEqual(["ana@example.org", "ana@example.org", "ben@example.org", "ops@example.org"]);
  });

  test("a recovery comes once, too, when the resolving event reaches the address by a rule", async () => {
    await setServer();
    await addRule(JOB, await addMail("good news", { to: ["ana@example.org"] }), "success");
    await fail();
    expect(await mailed()).toHaveLength(1);
    await emit(runEvent("backup.completed"));
    expect(await mailed()).toHaveLength(2);
  });

  test("a failing Email channel does not keep the mail back", async () => {
    await setServer();
    const other = await startSmtpServer({ security: "none" });
    other.manners.refuseSender = [553, "5.7.1 not allowed"];
    const mail = await addMail("failing", { to: ["ana@example.org"], port: other.port });
    await addRule(JOB, mail, "failure");
    await fail();
    await until(async () => (await openAlerts()).some(({ type }) => type === "channel.failing"));
    expect(smtp.mails).toEqual([]);
    await fail();
    expect(await mailed()).toEqual(["ana@example.org"]);
    await other.close();
  });
});

async function subscribe(channelId: string, type: string): Promise<void> {
  await transact([], function* (tx) {
    const { channels } = tx.t;
    yield* step(
      tx.orm
        .update(channels)
        .set({ subscriptions: [type] })
        .where(eq(channels.id, channelId)),
    );
    yield* bumpRouting(tx);
  });
}

test("pain 27: it has the quiet hours of each administrator, and what is critical passes where they chose so", async () => {
  await addPerson("ben");
  await addPerson("cleo");
  const { orm, t } = database();
  const allDay = { from: "00:00", to: "00:00", timezone: "UTC" };
  const quiet = (id: string, criticalPasses: boolean) =>
    orm
      .update(t.users)
      .set({ quietHours: { ...allDay, criticalPasses } })
      .where(eq(t.users.id, id));
  await quiet("usr_ben", false);
  await quiet("usr_cleo", true);
  await setServer();
  await fail();
  expect(await mailed()).toEqual(["ana@example.org", "cleo@example.org"]);
  const held = (await deliveriesOf(SYSTEM_MAIL_ID)).filter(({ status }) => status === "held");
  expect(held).toMatchObject([{ userId: "usr_ben", heldBy: "quiet_hours", heldById: "usr_ben" }]);
  // Other hours that hold it as well, and then none.
  const who = { id: "usr_ben", name: "ben", email: "ben@example.org", timezone: null };
  const ben: Actor = { kind: "user", ...who, role: "admin", address: null };
  await profileUpdate.call(ben, { quietHours: { from: "01:00", to: "01:00", criticalPasses: false } });
  await profileUpdate.call(ben, { quietHours: null });
  await until(() => smtp.mails.length === 3);
  expect(smtp.mails.at(-1)?.to).toEqual(["ben@example.org"]);
});

test("pain 40: each mail has the times of its reader's zone, named; without one that of the installation", async () => {
  await addPerson("ben", { timezone: "Asia/Tokyo" });
  await addPerson("cleo");
  await setServer();
  await emit({ ...runEvent("backup.failed"), at: Date.UTC(2026, 10, 20, 2, 9) });
  await mailed();
  const textTo = (name: string) => smtp.mails.find(({ to }) => to[0] === `${name}@example.org`)?.parsed.text ?? "";
  expect(textTo("ana")).toContain("19 November 2026, 21:09 EST");
  expect(textTo("ana")).toContain("Times are America/New_York.");
  expect(textTo("ben")).toContain("20 November 2026, 11:09 GMT+9");
  expect(textTo("cleo")).toContain("20 November 2026, 03:09 CET");
  expect(textTo("cleo")).toContain("Times are Europe/Berlin.");
});

describe("the mail", () => {
  test("subject, details and signature", async () => {
    await setServer();
    await fail();
    await mailed();
    const { parsed, from } = smtp.mails[0] as (typeof smtp.mails)[number];
    expect(parsed.subject).toBe("[Vault] Backup Failed: job a");
    expect(from).toBe("vault@example.org");
    expect(parsed.text).toContain("no space left");
    const signature =
      "Sent by Vault (https://backup.example.org) because of your role as an administrator. Times are America/New_York.";
    expect(parsed.text?.split("\n-- \n")[1]?.trim()).toBe(signature);
    expect(parsed.html).toContain(signature);
  });

  test("an installation without a name of its own is called Belfry", async () => {
    await settingsGeneralUpdate.call(systemActor, { name: "" });
    await setServer();
    await emit(restored);
    await mailed();
    expect(smtp.mails[0]?.parsed.subject).toBe("[Belfry] Restore Failed: /srv/out");
  });

  test.each([
    ["a\r\nBcc: evil@example.org\r\n\r\nbody", "a Bcc: evil@example.org body"],
    ['日本 🙂 "quoted" <b>', '日本 🙂 "quoted" <b>'],
    ["a\0b\u202e\tc\u2028d", "ab c d"],
  ])("pain 33: a job called %j is no header", async (name, shown) => {
    await setServer();
    const draft = runEvent("backup.failed");
    await emit({ ...draft, subject: { ...draft.subject, name } });
    expect(await mailed()).toEqual(["ana@example.org"]);
    const { parsed } = smtp.mails[0] as (typeof smtp.mails)[number];
    expect(parsed.subject).toBe(`[Vault] Backup Failed: ${shown}`);
    expect(parsed.bcc).toBeUndefined();
  });

  test("a very long name is cut, with a mark", async () => {
    await setServer();
    const draft = runEvent("backup.failed");
    await emit({ ...draft, subject: { ...draft.subject, name: "x".repeat(5_000) } });
    await mailed();
    expect(smtp.mails[0]?.parsed.subject).toMatch(/^\[Vault\] Backup Failed: x+…$/);
    expect(smtp.mails[0]?.parsed.subject).toHaveLength(150);
  });
});

describe("the switches", () => {
  test("start as the events declare, and an answer is complete", async () => {
    const { mailAdmins: map } = await settingsEmailGet.call(systemActor, {});
    expect(Object.keys(map)).toEqual(SUBSCRIBABLE_EVENTS.map(({ type }) => type));
    const mailed = ["backup.failed", "restore.failed", "client.offline", "storage.low"];
    expect(Object.keys(map).filter((type) => map[type])).toEqual(mailed);
  });

  test("pain 36: a change touches only what it names, in both directions, and two at once lose nothing", async () => {
    await settingsEmailUpdate.call(systemActor, { config: { ...server(), user: "a", password: "example-password" } });
    await Promise.all([
      mailAdmins({ "backup.failed": false }),
      mailAdmins({ "backup.missed": true }),
      settingsEmailUpdate.call(systemActor, { config: { heloName: "vault.example.org" } }),
    ]);
    const { config, mailAdmins: map } = await settingsEmailGet.call(systemActor, {});
    expect(config).toMatchObject({ user: "a", heloName: "vault.example.org", password: { stored: true } });
    expect(map).toMatchObject({ "backup.failed": false, "backup.missed": true, "restore.failed": true });
    const { orm, t } = database();
    const stored = (await orm.select().from(t.settings)).find(({ key }) => key === "admin-mail");
    // Only what was set is stored, so that later defaults apply to the rest.
    expect(stored?.value).toEqual({ "backup.failed": false, "backup.missed": true });
    expect(await settingsEmailUpdate.call(systemActor, { config: null })).toEqual({ config: null, mailAdmins: map });
    expect(await settingsEmailUpdate.call(systemActor, {})).toEqual({ config: null, mailAdmins: map });
  });

  test("an event that does not exist is refused beside its name, and nothing is stored", async () => {
    await expect(
      mailAdmins({ "backup.failed": false, "backup.fialed": true, "report.sent": true }),
    ).rejects.toMatchObject({
      code: "invalid",
      details: {
        fields: {
          "mailAdmins.backup.fialed": "There is no such event.",
          // It is for those who asked for it.
          "mailAdmins.report.sent": "There is no such event.",
        },
      },
    });
    expect((await settingsEmailGet.call(systemActor, {})).mailAdmins["backup.failed"]).toBe(true);
  });

  test("off: no mail; on: mail, whatever the rules of the job and the event's own switch say", async () => {
    await setServer();
    await mailAdmins({ "backup.failed": false });
    await fail();
    expect(await mailed()).toEqual([]);
    await mailAdmins({ "backup.failed": true, "restore.failed": true });
    await setNotifications({ events: { "restore.failed": { enabled: false } } });
    await fail();
    await emit(restored);
    expect(await mailed()).toEqual(["ana@example.org", "ana@example.org"]);
  });

  test("a state is mailed once until it is over; an act each time", async () => {
    await setServer();
    await mailAdmins({ "system.error": true });
    const error: EventDraft = {
      type: "system.error",
      subject: { kind: "component", id: "x", name: "x" },
      data: { error: "x" },
    };
    for (let time = 1; time <= 2; time++) {
      await emit(error);
      await mailed();
      await fail();
      await mailed();
    }
    expect(smtp.mails.map(({ parsed }) => parsed.subject).sort()).toEqual([
      "[Vault] Backup Failed: job a",
      "[Vault] Backup Failed: job a",
      "[Vault] System Error: x",
    ]);
  });

  test("who gets notified, the event's Test, and the channels that cannot be chosen", async () => {
    await setServer();
    const { entries } = await previewJobRouting({ id: JOB, name: "a", slug: "a" }, [], "failure");
    expect(entries).toMatchObject([
      { when: "now", channelId: SYSTEM_MAIL_ID, channelName: "System mail", recipient: "ana@example.org" },
      { when: "recovery", channelId: SYSTEM_MAIL_ID },
    ]);
    const results = await testEvent("restore.failed", null);
    expect(results).toMatchObject([{ channelId: SYSTEM_MAIL_ID, recipient: "ana@example.org", status: "sent" }]);
    expect(smtp.mails[0]?.parsed.subject).toMatch(/^\[Vault\] Test: Restore Failed: /);
    await expect(
      settingsNotificationsUpdate.call(systemActor, { globalChannels: [SYSTEM_MAIL_ID] }),
    ).rejects.toMatchObject({ details: { fields: { "globalChannels[0]": "There is no such channel." } } });
  });
});

describe("recoveries", () => {
  test("follow the problem, also when its switch was turned off since", async () => {
    await addPerson("ben");
    await setServer();
    await fail();
    await mailed();
    await mailAdmins({ "backup.failed": false });
    await addPerson("late");
    await emit(runEvent("backup.completed"));
    expect(await mailed()).toEqual(["ana@example.org", "ana@example.org", "ben@example.org", "ben@example.org"]);
    const [problem, recovery] = smtp.mails.filter(({ to }) => to[0] === "ana@example.org");
    expect(recovery?.parsed.subject).toBe("[Vault] Recovered: job a");
    expect(recovery?.parsed.references).toEqual(problem?.parsed.references);
  });

  test("a person who is no administrator any more gets nothing from then on, not even what waits", async () => {
    await addPerson("ben");
    await addPerson("cleo");
    await setServer();
    await setNotifications({ events: { "restore.failed": { repeat: "remind", remindHours: 1 } } });
    await fail();
    await emit(restored);
    await until(() => smtp.mails.length === 6);
    await until(
      async () => (await deliveriesOf(SYSTEM_MAIL_ID)).filter(({ kind }) => kind === "reminder").length === 3,
    );
    await usersDisable.call(systemActor, { id: "usr_ben" });
    await usersUpdate.call(systemActor, { id: "usr_cleo", role: "viewer" });
    const { orm, t } = database();
    await orm.update(t.deliveries).set({ dueAt: Date.now() });
    const ids = new Set((await deliveriesOf(SYSTEM_MAIL_ID)).map(({ id }) => id));
    const known = async () => (await deliveriesOf(SYSTEM_MAIL_ID)).filter(({ id }) => ids.has(id));
    await until(async () => (await known()).every(({ status }) => status !== "pending" && status !== "sending"));
    const reminders = (await known()).filter(({ kind }) => kind === "reminder");
    expect(reminders.map(({ userId, status, reasonCode }) => `${userId} ${status} ${reasonCode}`).sort()).toEqual([
      "usr_ana sent null",
      "usr_ben canceled recipient_inactive",
      "usr_cleo canceled not_administrator",
    ]);
    smtp.mails.length = 0;
    await emit(runEvent("backup.completed"));
    await fail();
    await emit({ ...restored, type: "restore.completed", data: {} });
    // The reminder of an hour later is canceled by the recovery.
    expect(await mailed()).toEqual(["ana@example.org", "ana@example.org", "ana@example.org"]);
  });
});

describe("a mail server that is down", () => {
  test("the mail is retried, the others learn of it with the right link, and of its end", async () => {
    const receiver = await startReceiver();
    const chat = await addWebhook("chat", receiver.url());
    await setNotifications({ globalChannels: [chat] });
    await setServer();
    const { port } = smtp;
    await smtp.close();
    await fail();
    await until(async () => (await deliveriesOf(SYSTEM_MAIL_ID))[0]?.reasonCode === "retrying");
    await passQuarterOfAnHour();
    await until(() => receiver.received.some(({ type }) => type === "channel.failing"));
    const alarm = receiver.received.find(({ type }) => type === "channel.failing") as unknown as { link: string };
    expect(alarm).toMatchObject({
      title: "[Vault] Channel Failing: System mail",
      link: "https://backup.example.org/settings/email",
    });
    expect((await openAlerts()).filter(({ type }) => type === "channel.failing")).toMatchObject([
      { subjectKind: "channel", subjectId: SYSTEM_MAIL_ID },
    ]);
    const { failingChannels } = await overviewRead.call(systemActor, {});
    expect(failingChannels).toMatchObject([{ id: SYSTEM_MAIL_ID, name: "System mail", health: { state: "retrying" } }]);
    expect((await settingsEmailGet.call(systemActor, {})).health).toMatchObject({ state: "retrying" });
    setRuntimeValue("lastTickAt", null);
    expect(await metricsRead.call(systemActor, {})).toContain(
      'belfry_channel_healthy{channel="System mail",provider="system_mail"} 0',
    );

    smtp = await startSmtpServer({ security: "none", at: { host: "127.0.0.1", port } });
    await until(() => smtp.mails.length === 1);
    await until(async () => (await openAlerts()).every(({ type }) => type !== "channel.failing"));
    await receiver.stop();
  });

  test("that it fails is not mailed through itself", async () => {
    await setServer();
    await mailAdmins({ "channel.failing": true });
    smtp.manners.refuseSender = [553, "5.7.1 not allowed"];
    await fail();
    await until(async () => (await openAlerts()).some(({ type }) => type === "channel.failing"));
    // The alert is raised before the settlement is written.
    const statuses = async () => (await deliveriesOf(SYSTEM_MAIL_ID)).map(({ status }) => status);
    await until(async () => !(await statuses()).includes("sending"));
    expect(await statuses()).toEqual(["dead"]);
  });

  test("one administrator whose address is refused is reported, and the others get theirs", async () => {
    await addPerson("ben");
    await setServer();
    smtp.manners.refuse.set("ben@example.org", [550, "5.1.1 No such user"]);
    await fail();
    expect(await mailed()).toEqual(["ana@example.org"]);
    await until(async () => (await openAlerts()).some(({ type }) => type === "channel.failing"));
    const [alert] = (await openAlerts()).filter(({ type }) => type === "channel.failing");
    expect(alert).toMatchObject({
      title: "Recipient refused: ben@example.org",
      message: expect.stringContaining("Correct the address of the account under Users."),
    });
  });

  test("another server is taken at its word: what waited goes at once", async () => {
    await setServer();
    const { port } = smtp;
    await smtp.close();
    await fail();
    await until(async () => (await deliveriesOf(SYSTEM_MAIL_ID))[0]?.reasonCode === "retrying");
    smtp = await startSmtpServer({ security: "none" });
    expect(smtp.port).not.toBe(port);
    await setServer();
    expect(await mailed()).toEqual(["ana@example.org"]);
  });
});

/** The channel has been retrying for longer than is reported, as its queue reads it. */
async function passQuarterOfAnHour(): Promise<void> {
  await pipeline.stopWorker();
  const { orm, t } = database();
  await orm
    .update(t.channelStates)
    .set({ retryingSince: Date.now() - 16 * 60_000, health: "retrying", nextProbeAt: null })
    .where(eq(t.channelStates.channelId, SYSTEM_MAIL_ID));
  await pipeline.restartWorker();
}
