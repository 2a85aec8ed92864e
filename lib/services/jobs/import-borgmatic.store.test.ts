import { afterEach, beforeEach, expect, test } from "vitest";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { setSecretKey } from "@/lib/secrets/key";
import { auditList } from "@/lib/services/audit/list";
import { channelsCreate } from "@/lib/services/channels/create";
import { channelsGet } from "@/lib/services/channels/get";
import { channelsList } from "@/lib/services/channels/list";
import { destinationsCreate } from "@/lib/services/destinations/verbs";
import { sourcesCreate } from "@/lib/services/sources/verbs";
import { jobsCreate } from "./create";
import { jobsGet } from "./get";
import { jobsImportBorgmatic } from "./import-borgmatic";
import { jobsList } from "./list";
import { jobsUpdate } from "./update";

let close: () => Promise<void>;
beforeEach(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
  setRuntimeValue("baseUrl", null);
});
afterEach(() => close());

const FILE = `
repositories: [{ path: /mnt/backup.borg }]
keep_daily: 7
ntfy:
    topic: backups
    server: https://ntfy.example
    access_token: tk_secret1
    states: [finish, fail]
    fail: { title: Backup failed, priority: max }
healthchecks:
    ping_url: https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278
    send_logs: true
pagerduty: { integration_key: too-short }
`;
const importing = (input: object, actor: Actor = systemActor) =>
  jobsImportBorgmatic.call(actor, { text: FILE, ...input });
const channelNames = async () => (await channelsList.call(systemActor, {})).items.map(({ name }) => name).sort();
const jobNames = async () => (await jobsList.call(systemActor, {})).items.map(({ name }) => name).sort();

test("a look creates nothing, and says what each key would become", async () => {
  const { isCreated, reason, channels, keys, pingUrl } = await importing({ name: "web" });
  expect({ isCreated, reason, pingUrl }).toEqual({ isCreated: false, reason: null, pingUrl: null });
  expect(channels).toMatchObject([
    { key: "ntfy", name: "ntfy backups", exists: false, channelId: null, condition: "always", hasTexts: true },
    { key: "healthchecks", name: "Healthchecks of web", condition: "custom", includeLog: true },
  ]);
  const lines = new Map(keys.map((line) => [line.key, line]));
  expect(lines.get("pagerduty")).toMatchObject({ isTaken: false, text: expect.stringContaining("32 letters") });
  expect(lines.get("pagerduty.integration_key")).toBe(undefined);
  expect(lines.get("ntfy.access_token")).toMatchObject({ isTaken: true });
  expect(JSON.stringify(keys)).not.toContain("tk_secret1");
  expect(await jobNames()).toEqual([]);
  expect(await channelNames()).toEqual([]);
});

test("the job is created with its channels, sealed, and its rules, and one is recorded for each", async () => {
  const { isCreated, jobId, channels, pingUrl } = await importing({ name: "web", create: true });
  expect(isCreated).toBe(true);
  const job = await jobsGet.call(systemActor, { id: jobId });
  expect(job).toMatchObject({ kind: "external", name: "web", slug: "web" });
  expect(job.notifications).toMatchObject([
    {
      channelId: channels[0]?.channelId,
      condition: "always",
      outcomes: { failure: { title: "Backup failed", priority: "urgent" } },
    },
    { channelId: channels[1]?.channelId, condition: "custom", states: ["start", "success", "warning", "failure"] },
  ]);
  expect(job).toMatchObject({ keywords: { warning: ["Treating exit code 1 as a warning", "soft failure exit code"] } });
  expect(pingUrl).toContain(`/ping/${"uuid" in job ? job.uuid : "none"}`);
  const ntfy = await channelsGet.call(systemActor, { id: channels[0]?.channelId });
  expect(ntfy.config).toMatchObject({ serverUrl: "https://ntfy.example", accessToken: { stored: true } });
  const { items } = await auditList.call(systemActor, {});
  const rows = items.filter(({ verb }) => verb === "jobs.importBorgmatic");
  expect(rows.map(({ entityName }) => entityName).sort()).toEqual(["Healthchecks of web", "ntfy backups", "web"]);
  expect(JSON.stringify(rows)).not.toMatch(/tk_secret1|5bf66975/);
});

test("a second import makes nothing twice, and another file's job uses the channels that are there", async () => {
  await importing({ name: "web", create: true });
  const again = await importing({ name: "web", create: true });
  expect(again).toMatchObject({ isCreated: false, jobId: null, reason: expect.stringContaining("already") });
  expect(again.channels).toMatchObject([
    { exists: true, hasRule: true },
    { exists: true, hasRule: true },
  ]);
  const other = await importing({ name: "db", create: true });
  expect(other.isCreated).toBe(true);
  expect(await channelNames()).toEqual(["Healthchecks of web", "ntfy backups"]);
  expect(await jobNames()).toEqual(["db", "web"]);
});

test("into an external job that has the name, what it lacks is added; what it has stays, and each is named", async () => {
  const { jobId } = await importing({ name: "web", create: true, text: FILE.split("healthchecks:")[0] });
  const { notifications } = await jobsGet.call(systemActor, { id: jobId });
  const rule = { channelId: notifications[0]?.channelId, condition: "failure", repeat: "first", title: "my own" };
  await jobsUpdate.call(systemActor, { id: jobId, notifications: [rule] });
  const look = await importing({ name: "web" });
  expect(look).toMatchObject({ isCreated: false, isAddition: true, reason: null, jobId: null });
  expect(await channelNames()).toEqual(["ntfy backups"]);
  const added = await importing({ name: "web", create: true });
  expect(added).toMatchObject({ isCreated: true, isAddition: true, jobId, pingUrl: expect.stringContaining("/ping/") });
  expect(added.channels).toMatchObject([
    { key: "ntfy", exists: true, hasRule: true },
    { key: "healthchecks", exists: false, hasRule: false },
  ]);
  expect(added.keys.find(({ key }) => key === "pagerduty")).toMatchObject({ isTaken: false });
  expect(await jobNames()).toEqual(["web"]);
  expect(await channelNames()).toEqual(["Healthchecks of web", "ntfy backups"]);
  expect((await jobsGet.call(systemActor, { id: jobId })).notifications).toMatchObject([
    { ...rule },
    { channelId: added.channels[1]?.channelId, condition: "custom" },
  ]);
  const { items } = await auditList.call(systemActor, {});
  const rows = items.filter(({ verb }) => verb === "jobs.importBorgmatic").slice(0, 2);
  expect(rows.map(({ entityName }) => entityName).sort()).toEqual(["Healthchecks of web", "web"]);
});

test("two imports into one job at the same time add each rule once", async () => {
  await jobsCreate.call(systemActor, { kind: "external", name: "web", notifications: [] });
  await Promise.allSettled([importing({ name: "web", create: true }), importing({ name: "web", create: true })]);
  await importing({ name: "web", create: true });
  const { items } = await jobsList.call(systemActor, {});
  const channels = items[0]?.notifications.map(({ channelId }) => channelId) ?? [];
  expect(channels.length).toBe(new Set(channels).size);
  expect(channels.length).toBeGreaterThanOrEqual(2);
});

test("a job of another kind with the name gets nothing, and the reason says so", async () => {
  const source = { name: "files", kind: "directory", config: { path: "/srv/files" } };
  const destination = { name: "disk", kind: "local", createFolder: true, config: { path: "/srv/disk" } };
  const { id: sourceId } = await sourcesCreate.call(systemActor, source);
  const destinationIds = [(await destinationsCreate.call(systemActor, destination)).id];
  await jobsCreate.call(systemActor, { name: "web", sourceId, destinationIds });
  const refused = await importing({ name: "web", create: true });
  expect(refused).toMatchObject({ isCreated: false, reason: expect.stringContaining("choose another name") });
  expect(await channelNames()).toEqual([]);
});

test("a channel with the name and other settings stays as it is, and the new one gets a number", async () => {
  await channelsCreate.call(systemActor, { name: "ntfy backups", provider: "ntfy", config: { topic: "other" } });
  await importing({ name: "web", create: true });
  expect(await channelNames()).toEqual(["Healthchecks of web", "ntfy backups", "ntfy backups 2"]);
});

test("hooks that are the same channel make one", async () => {
  const text = `hooks: {cronitor: "https://cronitor.link/d3x0c1", ntfy: {topic: a, server: "https://n.example"}, apprise: {services: [{url: "ntfys://n.example/a", label: again}]}}`;
  const { channels, keys } = await importing({ text, name: "web" });
  expect(channels.map(({ key }) => key)).toEqual(["hooks.cronitor", "hooks.ntfy"]);
  expect(keys.find(({ key }) => key === "hooks.apprise.services[0]")?.text).toContain("same channel as hooks.ntfy");
});

test("a hook that points at Belfry already becomes no channel of its own", async () => {
  setRuntimeValue("baseUrl", "https://belfry.example");
  const ping = "https://belfry.example/ping/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";
  const { channels, keys } = await importing({ text: `healthchecks: { ping_url: ${ping} }`, name: "web" });
  expect(channels).toEqual([]);
  expect(keys).toMatchObject([
    { key: "healthchecks", isTaken: false, text: expect.stringContaining("points at Belfry") },
  ]);
});

test("an operator creates the job alone: channels are made by administrators", async () => {
  const operator: Actor = { kind: "api_key", id: "key_1", name: "key", role: "operator", address: null };
  const { isCreated, channels, keys } = await importing({ name: "web", create: true }, operator);
  expect(isCreated).toBe(true);
  expect(channels).toEqual([]);
  expect(keys.filter(({ text }) => text.includes("administrators")).map(({ key }) => key)).toEqual([
    "ntfy",
    "healthchecks",
    "pagerduty",
  ]);
  expect(await channelNames()).toEqual([]);
});

test("when the job cannot be created, no channel is", async () => {
  const looks = importing({ name: "web", create: true });
  const makes = jobsCreate.call(systemActor, { kind: "external", name: "web" });
  const results = await Promise.allSettled([looks, makes]);
  const isImported = results[0]?.status === "fulfilled" && results[0].value.isCreated;
  expect(await jobNames()).toEqual(["web"]);
  expect((await channelNames()).length).toBe(isImported ? 2 : 0);
});

test("what is no configuration is refused with what is wrong", async () => {
  for (const text of ["", "{", "a: 1", "a:\n\tb: 1", "x".repeat(500_000)])
    await expect(importing({ text })).rejects.toMatchObject({ code: "invalid" });
  expect(await jobNames()).toEqual([]);
});
