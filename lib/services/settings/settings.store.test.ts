import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { linkBase, readInstallation } from "@/lib/dispatch/send/installation";
import { setSecretKey } from "@/lib/secrets/key";
import { channelsCreate } from "@/lib/services/channels/create";
import { settingsEmailGet } from "./email-get";
import { settingsEmailUpdate } from "./email-update";
import { settingsGeneralGet } from "./general-get";
import { settingsGeneralUpdate } from "./general-update";
import { settingsNotificationsGet } from "./notifications-get";
import { settingsNotificationsRoutingPreview } from "./notifications-routing-preview";
import { settingsNotificationsUpdate } from "./notifications-update";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
  setRuntimeValue("dataDir", "/srv/belfry");
});
afterAll(() => close());
beforeEach(async () => {
  const { orm, t } = database();
  for (const table of [t.channels, t.auditLog, t.settings]) await orm.delete(table);
});

const admin = systemActor;
const operator: Actor = { kind: "api_key", id: "key_1", name: "a key", role: "operator", address: null };
const webhook = async (name: string) =>
  (await channelsCreate.call(admin, { name, provider: "webhook", config: { url: "http://127.0.0.1:9/x" } })).id;
const mail = async (name: string) => {
  const config = { host: "mail.example", from: "belfry@example.org", to: ["ops@example.org"] };
  return (await channelsCreate.call(admin, { name, provider: "email", config })).id;
};
const update = (changes: unknown) => settingsNotificationsUpdate.call(admin, changes);
const fieldsOf = (promise: Promise<unknown>) =>
  promise.then(
    () => ({}),
    (error: { code: string; details: { fields: Record<string, string> } }) => {
      expect(error.code).toBe("invalid");
      return error.details.fields;
    },
  );

test("the settings start as the catalogue says", async () => {
  const { globalChannels, events, catalog } = await settingsNotificationsGet.call(operator, {});
  expect(globalChannels).toEqual([]);
  expect(events["user.login"]).toEqual({
    enabled: false,
    channels: null,
    escalationPolicyId: null,
    notifyUser: "none",
    repeat: "every",
    remindHours: null,
    notifyOnRecovery: false,
  });
  expect(events["system.error"]).toMatchObject({ enabled: true, repeat: "first", notifyOnRecovery: true });
  expect(events).not.toHaveProperty(["backup.failed"]);
  expect(catalog.map(({ type }) => type)).toEqual(Object.keys(events));
});

test("pain 36: a change touches only what it names, and two at once lose nothing", async () => {
  const [one, two] = [await webhook("one"), await webhook("two")];
  await Promise.all([
    update({ globalChannels: [one] }),
    update({ events: { "user.login": { enabled: true } } }),
    update({ events: { "user.login": { channels: [two] } } }),
    update({ events: { "restore.failed": { repeat: "remind", remindHours: 4 } } }),
  ]);
  const { globalChannels, events } = await settingsNotificationsGet.call(admin, {});
  expect(globalChannels).toEqual([one]);
  expect(events["user.login"]).toMatchObject({ enabled: true, channels: [two], repeat: "every" });
  expect(events["restore.failed"]).toMatchObject({ enabled: true, repeat: "remind", remindHours: 4 });
  const { orm, t } = database();
  const stored = (await orm.select().from(t.settings)).find(({ key }) => key === "notifications")?.value;
  expect(stored).toEqual({
    globalChannels: [one],
    events: {
      "user.login": { enabled: true, channels: [two] },
      "restore.failed": { repeat: "remind", remindHours: 4 },
    },
  });
});

test("rule 14: saving one tab changes only that tab's keys", async () => {
  const one = await webhook("one");
  await update({ globalChannels: [one] });
  await settingsEmailUpdate.call(admin, {
    config: { host: "mail.example", from: "a@example.org", password: "pass-word-1" },
  });
  setRuntimeValue("restoreRoots", ["/srv"]);
  await settingsGeneralUpdate.call(admin, { timezone: "Europe/Zurich", restoreFolder: "/srv/restores" });
  setRuntimeValue("restoreRoots", []);
  await settingsGeneralUpdate.call(admin, { retentionDays: 90, repeatsInterruptedRuns: false });
  expect(await settingsGeneralGet.call(operator, {})).toEqual({
    name: "Belfry",
    namesTitles: true,
    address: null,
    environmentAddress: null,
    mailListener: null,
    timezone: "Europe/Zurich",
    restoreFolder: "/srv/restores",
    effectiveRestoreFolder: "/srv/restores",
    restoreRoots: [],
    retentionDays: 90,
    repeatsInterruptedRuns: false,
  });
  expect((await settingsEmailGet.call(admin, {})).config).toMatchObject({
    host: "mail.example",
    password: { stored: true },
  });
  expect((await settingsNotificationsGet.call(admin, {})).globalChannels).toEqual([one]);
  await settingsGeneralUpdate.call(admin, { restoreFolder: null });
  expect(await settingsGeneralGet.call(admin, {})).toMatchObject({
    restoreFolder: null,
    effectiveRestoreFolder: "/srv/belfry/restores",
    retentionDays: 90,
  });
});

test("what was read can be sent back as it is", async () => {
  await update({ globalChannels: [await webhook("one")] });
  const { globalChannels, events } = await settingsNotificationsGet.call(admin, {});
  expect(await update({ globalChannels, events })).toMatchObject({ globalChannels, events });
});

test("what cannot be is refused beside its line, and nothing of it is stored", async () => {
  const one = await webhook("one");
  const fields = await fieldsOf(
    update({
      globalChannels: [one, "chn_none"],
      events: {
        "user.login": { enabled: true, notifyUser: "also" },
        "restore.completed": { notifyUser: "also", notifyOnRecovery: true },
        "restore.failed": { repeat: "remind" },
        "backup.failed": { enabled: false },
      },
    }),
  );
  expect(fields).toEqual({
    "globalChannels[1]": "There is no such channel.",
    "events.user.login.notifyUser": expect.stringContaining("Email channel"),
    "events.restore.completed.notifyUser": expect.stringContaining("not about a user"),
    "events.restore.completed.notifyOnRecovery": expect.stringContaining("not a problem"),
    "events.restore.failed.remindHours": expect.stringContaining("how many hours"),
    "events.backup.failed": expect.stringContaining("job"),
  });
  expect(await settingsNotificationsGet.call(admin, {})).toMatchObject({
    globalChannels: [],
    events: { "user.login": { enabled: false } },
  });
  const { orm, t } = database();
  expect((await orm.select().from(t.auditLog)).map(({ verb }) => verb)).toEqual(["channels.create"]);
});

test("notify-user needs an Email channel among the event's channels, and the routing preview says so", async () => {
  const [hook, post] = [await webhook("hook"), await mail("post")];
  await update({ globalChannels: [hook, post] });
  const saved = await update({ events: { "user.login": { enabled: true, notifyUser: "only" } } });
  expect(saved.events["user.login"]).toMatchObject({ notifyUser: "only" });
  expect(saved.catalog.find(({ type }) => type === "user.login")).toMatchObject({
    canNotifyUser: true,
    canMailUser: true,
  });
  const preview = await settingsNotificationsRoutingPreview.call(admin, { type: "user.login" });
  expect(preview.entries).toMatchObject([
    { channelId: post, recipient: "the user's own address", outcome: "notified" },
    { channelId: hook, outcome: "suppressed", reasonCode: "user_only" },
    { channelId: post, outcome: "suppressed", reasonCode: "user_only" },
  ]);
  const seen = await settingsNotificationsRoutingPreview.call(operator, { type: "user.login" });
  expect(seen.entries[0]).toMatchObject({ channelId: post });
  expect(seen.entries[0]).not.toHaveProperty("recipient");
  expect(
    await fieldsOf(update({ events: { "user.created": { channels: [hook], notifyUser: "also" } } })),
  ).toHaveProperty(["events.user.created.notifyUser"]);
  // Taking the Email channel away later is allowed: the admins are notified instead.
  await update({ globalChannels: [hook] });
  const after = await settingsNotificationsRoutingPreview.call(admin, { type: "user.login" });
  expect(after.entries).toMatchObject([{ channelId: hook }]);
  expect(after.notes.join()).toContain("cannot be notified directly");
});

test("a malformed stored value never takes the page down", async () => {
  const { orm, t } = database();
  for (const [key, value] of [
    ["notifications", { globalChannels: 7, events: { "user.login": { enabled: "yes" }, "system.error": 3 } }],
    ["general", ["nonsense"]],
  ] as const) {
    await orm.insert(t.settings).values({ key, value, updatedAt: 1 });
  }
  expect((await settingsNotificationsGet.call(admin, {})).events["user.login"]).toMatchObject({ enabled: false });
  expect(await settingsGeneralGet.call(admin, {})).toMatchObject({ retentionDays: 30, restoreFolder: null });
  const saved = await update({ events: { "system.error": { repeat: "every" } } });
  expect(saved.events["system.error"]).toMatchObject({ enabled: true, repeat: "every" });
});

test("the system mail server can be taken away again", async () => {
  await settingsEmailUpdate.call(admin, { config: { host: "mail.example", from: "a@example.org" } });
  expect(await settingsEmailUpdate.call(admin, { config: null })).toMatchObject({ config: null });
  expect((await settingsEmailGet.call(admin, {})).config).toBeNull();
});

test("wrong general settings are refused beside their fields", async () => {
  expect(
    await fieldsOf(
      settingsGeneralUpdate.call(admin, { timezone: "Mars/Olympus", restoreFolder: "relative", retentionDays: 0 }),
    ),
  ).toEqual({
    timezone: expect.any(String),
    restoreFolder: expect.any(String),
    retentionDays: "Keep things for at least one day.",
  });
});

test("fault F7: links lead to the address that was set, unless the environment names one; blank takes it away", async () => {
  const address = "https://backup.example";
  expect(await fieldsOf(settingsGeneralUpdate.call(admin, { address: `${address}/console` }))).toEqual({
    address: "Enter an address such as https://backup.example, without a path.",
  });
  await settingsGeneralUpdate.call(admin, { address: `${address}/` });
  expect(await settingsGeneralGet.call(admin, {})).toMatchObject({ address, environmentAddress: null });
  expect((await readInstallation()).url).toBe(address);
  expect(await linkBase("http://10.0.0.5:4000")).toBe(address);
  setRuntimeValue("baseUrl", "https://fixed.example");
  expect(await linkBase(undefined)).toBe("https://fixed.example");
  setRuntimeValue("baseUrl", null);
  await settingsGeneralUpdate.call(admin, { address: "" });
  expect((await readInstallation()).url).toBeNull();
  expect(await linkBase("http://10.0.0.5:4000")).toBe("http://10.0.0.5:4000");
});
