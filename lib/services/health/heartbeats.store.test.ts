import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { databaseHandle } from "@/db/client";
import { claimHeartbeat } from "@/db/stores/heartbeat";
import { holdLease } from "@/db/stores/leases";
import { systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { startPipeline } from "@/lib/dispatch/pipeline-fixture";
import { setSecretKey } from "@/lib/secrets/key";
import { channelsCreate } from "@/lib/services/channels/create";
import { channelsDelete } from "@/lib/services/channels/delete";
import { channelsUpdate } from "@/lib/services/channels/update";
import { settingsHeartbeatGet } from "@/lib/services/settings/heartbeat-get";
import { settingsHeartbeatTest } from "@/lib/services/settings/heartbeat-test";
import { settingsHeartbeatUpdate } from "@/lib/services/settings/heartbeat-update";
import { Heartbeats } from "./heartbeats";

/** A monitor that notes its pings, as Healthchecks would. */
let monitor: Server;
let status = 200;
let pings: { path: string; body: string }[] = [];
let pipeline: Awaited<ReturnType<typeof startPipeline>>;

beforeEach(async () => {
  [status, pings] = [200, []];
  monitor = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    pings.push({ path: new URL(request.url ?? "", "http://x").pathname, body });
    response.writeHead(status).end(status === 200 ? "OK" : "no");
  });
  await new Promise<void>((done) => monitor.listen(0, "127.0.0.1", done));
  setSecretKey(randomBytes(32).toString("hex"));
  pipeline = await startPipeline();
  setRuntimeValue("lastTickAt", null);
});
afterEach(async () => {
  setRuntimeValue("lastTickAt", null);
  await pipeline.stop();
  monitor.closeAllConnections();
  await new Promise((done) => monitor.close(done));
});

const UUID = randomUUID();
const pathsOf = () => pings.map(({ path }) => path.replace(`/ping/${UUID}`, "") || "success");

async function addMonitor(): Promise<string> {
  const pingUrl = `http://127.0.0.1:${(monitor.address() as AddressInfo).port}/ping/${UUID}`;
  const config = { pingUrl };
  return (await channelsCreate.call(systemActor, { name: "watcher", provider: "healthchecks", config })).id;
}

/** As the scheduler leaves it when it looked that long ago. */
const tickedAgo = (ms: number) => {
  const now = Date.now();
  return holdLease("scheduler", { owner: "wrk_other:1", ttlMs: 15_000, now, workedAt: now - ms });
};

test("off by default; chosen, one of several processes sends it, once in its interval, and the settings show it", async () => {
  const [one, two] = [new Heartbeats("one"), new Heartbeats("two")];
  await Promise.all([one.look(), two.look()]);
  expect(pings).toEqual([]);
  expect(await settingsHeartbeatGet.call(systemActor, {})).toMatchObject({ channelId: null, everyMinutes: 5 });
  const channelId = await addMonitor();
  await settingsHeartbeatUpdate.call(systemActor, { channelId, everyMinutes: 1 });
  await Promise.all([one.look(), two.look()]);
  await Promise.all([one.look(), two.look()]);
  expect(pathsOf()).toEqual(["success"]);
  expect(pings[0]?.body).toContain("The scheduler, the notifications and the database work.");
  expect(await settingsHeartbeatGet.call(systemActor, {})).toEqual({
    channelId,
    everyMinutes: 1,
    sentAt: expect.any(String),
    isHealthy: true,
    error: null,
    errorAt: null,
  });
});

test("a scheduler that stands still is a failure at once, with the reason, and a success when it goes on", async () => {
  const heartbeats = new Heartbeats("one");
  await settingsHeartbeatUpdate.call(systemActor, { channelId: await addMonitor() });
  await tickedAgo(0);
  await heartbeats.look();
  await tickedAgo(120_000);
  await heartbeats.look();
  await tickedAgo(0);
  await heartbeats.look();
  expect(pathsOf()).toEqual(["success", "/fail", "success"]);
  expect(pings[1]?.body).toContain("The scheduler has not checked for due backups for 2 min");
});

test("while the database fails, the process that sent the last one says so from memory", async () => {
  const [one, two] = [new Heartbeats("one"), new Heartbeats("two")];
  await settingsHeartbeatUpdate.call(systemActor, { channelId: await addMonitor() });
  await one.look();
  await two.look();
  const handle = databaseHandle();
  const change = async (statement: string) =>
    handle.kind === "sqlite" ? handle.raw.exec(statement) : await handle.pool.query(statement);
  await change("alter table settings rename to away");
  try {
    for (const each of [one, two, one]) await each.look();
  } finally {
    await change("alter table away rename to settings");
  }
  expect(pathsOf()).toEqual(["success", "/fail"]);
  expect(pings[1]?.body).toContain("The database does not answer or cannot be written.");
});

test("what the monitor does not take is shown with its reason, also by the Test", async () => {
  const channelId = await addMonitor();
  status = 404;
  await expect(settingsHeartbeatTest.call(systemActor, { channelId })).rejects.toMatchObject({
    code: "delivery_failed",
  });
  await settingsHeartbeatUpdate.call(systemActor, { channelId });
  await new Heartbeats("one").look();
  expect(await settingsHeartbeatGet.call(systemActor, {})).toMatchObject({
    sentAt: null,
    error: expect.stringContaining("404"),
    errorAt: expect.any(String),
  });
  status = 200;
  expect(await settingsHeartbeatTest.call(systemActor, { channelId })).toMatchObject({
    status: "sent",
    isHealthy: true,
  });
  await expect(channelsDelete.call(systemActor, { id: channelId })).rejects.toThrow("gets the heartbeats of Belfry");
  await channelsUpdate.call(systemActor, { id: channelId, enabled: false });
  await expect(settingsHeartbeatTest.call(systemActor, { channelId })).rejects.toThrow("The channel is disabled.");
});

test("only a monitor can be chosen", async () => {
  const config = { url: "http://127.0.0.1:9/" };
  const { id } = await channelsCreate.call(systemActor, { name: "ops", provider: "webhook", config });
  for (const channelId of [id, "chn_nowhere"])
    await expect(settingsHeartbeatUpdate.call(systemActor, { channelId })).rejects.toMatchObject({
      details: { fields: { channelId: expect.stringMatching(/Choose/) } },
    });
  await expect(settingsHeartbeatUpdate.call(systemActor, { everyMinutes: 0 })).rejects.toMatchObject({
    code: "invalid",
  });
});

test("a process whose clock is a moment behind sends no second one, and a clock that was far ahead keeps nobody silent", async () => {
  const now = Date.now();
  const claim = (owner: string, at: number) =>
    claimHeartbeat({ channelId: "chn_a", owner, everyMs: 300_000, isHealthy: true, now: at });
  expect(await claim("one", now)).toMatchObject({ isClaimed: true });
  expect(await claim("two", now - 20)).toEqual({ isClaimed: false, owner: "one" });
  expect(await claim("two", now - 3_600_000)).toEqual({ isClaimed: true, owner: "two" });
});
