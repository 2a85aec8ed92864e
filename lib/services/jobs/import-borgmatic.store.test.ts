import { afterEach, beforeEach, expect, test } from "vitest";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { setSecretKey } from "@/lib/secrets/key";
import { auditList } from "@/lib/services/audit/list";
import { channelsCreate } from "@/lib/services/channels/create";
import { channelsGet } from "@/lib/services/channels/get";
import { channelsList } from "@/lib/services/channels/list";
import { jobsCreate } from "./create";
import { jobsGet } from "./get";
import { jobsImportBorgmatic } from "./import-borgmatic";
import { jobsList } from "./list";

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
  expect(again.channels.map(({ exists }) => exists)).toEqual([true, true]);
  const other = await importing({ name: "db", create: true });
  expect(other.isCreated).toBe(true);
  expect(await channelNames()).toEqual(["Healthchecks of web", "ntfy backups"]);
  expect(await jobNames()).toEqual(["db", "web"]);
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
