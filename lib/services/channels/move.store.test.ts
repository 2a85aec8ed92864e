import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor as admin } from "@/lib/auth/access/actor";
import { setSecretKey } from "@/lib/secrets/key";
import { destinationsCreate } from "@/lib/services/destinations/verbs";
import { escalationPoliciesCreate } from "@/lib/services/escalation-policies/create";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsGet } from "@/lib/services/jobs/get";
import { profilesCreate } from "@/lib/services/profiles/create";
import { profilesGet } from "@/lib/services/profiles/get";
import { routesCreate } from "@/lib/services/routes/create";
import { settingsHeartbeatUpdate } from "@/lib/services/settings/heartbeat-update";
import { settingsNotificationsGet } from "@/lib/services/settings/notifications-get";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import { sourcesCreate } from "@/lib/services/sources/verbs";
import { channelsCreate } from "./create";
import { channelsDelete } from "./delete";
import { channelsGet } from "./get";
import { channelsMove } from "./move";
import { channelsUpdate } from "./update";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterAll(() => close());
beforeEach(() => settingsNotificationsUpdate.call(admin, { globalChannels: [], fallbackChannels: [] }));

let count = 0;
const fresh = (word: string) => `${word}-${++count}`;
const webhook = async (more: object = {}) => {
  const config = { url: "http://127.0.0.1:9/" };
  return (await channelsCreate.call(admin, { name: fresh("hook"), provider: "webhook", config, ...more })).id;
};
const monitor = async () => {
  const config = { pingUrl: "http://127.0.0.1:9/ping/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278" };
  return (await channelsCreate.call(admin, { name: fresh("monitor"), provider: "healthchecks", config })).id;
};
const job = async (notifications: object[]) => {
  const source = await sourcesCreate.call(admin, { name: fresh("s"), kind: "directory", config: { path: "/srv" } });
  const place = await destinationsCreate.call(admin, {
    name: fresh("d"),
    kind: "local",
    createFolder: true,
    config: { path: "/srv/b" },
  });
  const input = { name: fresh("job"), sourceId: source.id, destinationIds: [place.id], notifications };
  return (await jobsCreate.call(admin, input as never)).id;
};
const rulesOf = async (id: string) =>
  (await jobsGet.call(admin, { id })).notifications.map(({ channelId, condition }) => [channelId, condition]);
const move = (id: string, to: string, dryRun = false) => channelsMove.call(admin, { id, to, dryRun });

test("everything that uses a channel goes to the other one, and the channel can be deleted", async () => {
  const [from, to] = [
    await webhook({ events: ["user.login", "user.created"] }),
    await webhook({ events: ["user.login"] }),
  ];
  const alone = await job([{ channelId: from, condition: "success" }]);
  const both = await job([
    { channelId: from, condition: "success" },
    { channelId: to, condition: "failure" },
  ]);
  const profile = await profilesCreate.call(admin, { name: fresh("p"), notifications: [{ channelId: from }] });
  const route = await routesCreate.call(admin, { name: fresh("r"), channels: [from, to] });
  const policy = await escalationPoliciesCreate.call(admin, {
    name: fresh("e"),
    steps: [{ afterMinutes: 5, channels: [from] }],
  });
  await settingsNotificationsUpdate.call(admin, {
    globalChannels: [from],
    fallbackChannels: [from],
    events: { "restore.failed": { channels: [to, from] } },
  });

  const preview = await move(from, to, true);
  expect(await rulesOf(alone)).toEqual([[from, "success"]]);
  const done = await move(from, to);
  expect(done).toEqual({ ...preview, dryRun: false });
  expect(Object.fromEntries(done.uses.map(({ kind, count: many, kept }) => [kind, [many, kept]]))).toEqual({
    job: [2, 1],
    profile: [1, 0],
    route: [1, 0],
    escalation: [1, 0],
    global: [1, 0],
    fallback: [1, 0],
    event: [1, 0],
    subscription: [2, 0],
  });

  expect(await rulesOf(alone)).toEqual([[to, "success"]]);
  expect(await rulesOf(both)).toEqual([[to, "failure"]]);
  const { notifications } = await profilesGet.call(admin, { id: profile.id });
  expect(notifications.map(({ channelId }) => channelId)).toEqual([to]);
  const { orm, t } = database();
  const routes = await orm.select().from(t.routes);
  expect(routes.find(({ id }) => id === route.id)?.channelIds).toEqual([to]);
  const policies = await orm.select().from(t.escalationPolicies);
  expect(policies.find(({ id }) => id === policy.id)?.steps.map(({ channels }) => channels)).toEqual([[to]]);
  const settings = await settingsNotificationsGet.call(admin, {});
  expect(settings).toMatchObject({ globalChannels: [to], fallbackChannels: [to] });
  expect(settings.events["restore.failed"]?.channels).toEqual([to]);
  expect((await channelsGet.call(admin, { id: from })).events).toEqual([]);
  expect((await channelsGet.call(admin, { id: to })).events.toSorted()).toEqual(["user.created", "user.login"]);
  await channelsDelete.call(admin, { id: from });
});

test("a monitor is followed by another one, with its heartbeat", async () => {
  const [from, to] = [await monitor(), await monitor()];
  const watched = await job([{ channelId: from }]);
  await settingsHeartbeatUpdate.call(admin, { channelId: from });
  expect(await move(from, to)).toMatchObject({ count: 2 });
  expect((await rulesOf(watched)).map(([id]) => id)).toEqual([to]);
  await channelsDelete.call(admin, { id: from });
});

test("what cannot take over is refused with the reason, and nothing is changed", async () => {
  const [from, off] = [await webhook(), await webhook()];
  const used = await job([{ channelId: from }]);
  await channelsUpdate.call(admin, { id: off, enabled: false });
  const refused = (to: string, sentence: RegExp) =>
    expect(move(from, to)).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(sentence) });
  await refused(from, /Choose another channel/);
  await refused(off, /is disabled/);
  await refused(await monitor(), /takes no messages/);
  await expect(move(from, "chn_none")).rejects.toMatchObject({ code: "not_found" });
  expect((await rulesOf(used)).map(([id]) => id)).toEqual([from]);
});

test("an event that mails the user keeps an Email channel", async () => {
  const config = { host: "127.0.0.1", port: 9, security: "none", from: "a@example.org", to: ["b@example.org"] };
  const mail = (await channelsCreate.call(admin, { name: fresh("mail"), provider: "email", config })).id;
  await settingsNotificationsUpdate.call(admin, {
    globalChannels: [mail],
    events: { "user.login": { notifyUser: "also" } },
  });
  await expect(move(mail, await webhook())).rejects.toThrow(/User Login mails the user/);
  expect((await settingsNotificationsGet.call(admin, {})).globalChannels).toEqual([mail]);
  await settingsNotificationsUpdate.call(admin, { events: { "user.login": { notifyUser: "none" } } });
  expect(await move(mail, await webhook())).toMatchObject({ count: 1 });
});

test("only administrators move channels", async () => {
  const operator: Actor = { ...admin, kind: "user", role: "operator" } as never;
  await expect(channelsMove.call(operator, { id: await webhook(), to: await webhook() })).rejects.toMatchObject({
    code: "forbidden",
  });
});
