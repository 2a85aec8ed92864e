import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { databaseNow } from "@/db/database-clock";
import { announceListener, lastListenedAt } from "@/db/stores/listeners";
import { systemActor } from "@/lib/auth/access/actor";
import { deliveriesOf, openAlerts, until } from "@/lib/dispatch/pipeline-fixture";
import { ClientDiskHistory } from "@/lib/jobs/client-disk-history";
import { bufferHeartbeat, flushHeartbeats } from "@/lib/services/agent/heartbeat-buffer";
import { alertsResolve } from "@/lib/services/alerts/resolve";
import { clientsCreate } from "@/lib/services/clients/create";
import { clientsDelete } from "@/lib/services/clients/delete";
import { clientsGet } from "@/lib/services/clients/get";
import { clientsRevoke } from "@/lib/services/clients/revoke";
import { clientsRotate } from "@/lib/services/clients/rotate";
import { clientsStorage } from "@/lib/services/clients/storage";
import { clientsUpdate } from "@/lib/services/clients/update";
import { notificationsList } from "@/lib/services/notifications/list";
import { silencesCreate } from "@/lib/services/silences/create";
import { listenerPart } from "./delivery-parts";
import { clientMonitors, MINUTE, openClientFixture, SECOND } from "./testing/clients-fixture";

const ORIGIN = "http://belfry.test:3000";

let fixture: Awaited<ReturnType<typeof openClientFixture>>;
beforeEach(async () => {
  fixture = await openClientFixture();
});
afterEach(() => fixture.close());

type Created = Awaited<ReturnType<typeof clientsCreate.call>>;

const create = (name: string, more: object = {}): Promise<Created> =>
  clientsCreate.call(systemActor, { name, origin: ORIGIN, ...more });

const REPORT = {
  intervalSeconds: 60,
  hostname: "web-1.lan",
  version: "1",
  uptimeSeconds: 90,
  disks: [{ mount: "/", totalBytes: 100_000, freeBytes: 40_000 }],
};

function post(token: string | null, body: string, headers: Record<string, string> = {}): Promise<Response> {
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${fixture.url}/api/v1/agent/heartbeat`, {
    method: "POST",
    headers: { ...authorization, "content-type": "application/json", ...headers },
    body,
  });
}

async function beat(token: string, more: object = {}): Promise<unknown> {
  const answer = await post(token, JSON.stringify({ ...REPORT, ...more }));
  expect(answer.status).toBe(200);
  const said: unknown = await answer.json();
  await flushHeartbeats();
  return said;
}

const statusOf = async (id: string) => (await clientsGet.call(systemActor, { id })).status;
const titles = () => fixture.receiver.received.map(({ title }) => title);

test("a registered client is new, reports, and is shown as it says it is; its token is stored as a hash alone", async () => {
  const made = await create("web-1", { labels: { env: "prod" } });
  expect(made).toMatchObject({ name: "web-1", status: "new", lastSeenAt: null, offlineDelayMinutes: 5 });
  expect(made.token).toMatch(/^bfc_[\w-]{43}$/);
  expect(made.installCommand).toContain(`curl -fsSLo belfry-agent.sh ${ORIGIN}/belfry-agent.sh && printf`);
  expect(await beat(made.token)).toEqual({ intervalSeconds: 60, work: [] });
  expect(await clientsGet.call(systemActor, { id: made.id })).toMatchObject({
    status: "online",
    labels: { env: "prod" },
    hostname: "web-1.lan",
    version: "1",
    uptimeSeconds: 90,
    acknowledgedIntervalSeconds: 60,
    disks: REPORT.disks,
    lastSeenAt: new Date(fixture.clock.now).toISOString(),
  });
  await beat(made.token, { disks: [{ mount: "/", totalBytes: 100_000, freeBytes: 10 }] });
  expect((await clientsGet.call(systemActor, { id: made.id })).disks).toMatchObject([{ freeBytes: 10 }]);
  const { orm, t } = database();
  const stored = JSON.stringify([await orm.select().from(t.clients), await orm.select().from(t.auditLog)]);
  expect(stored).not.toContain(made.token);
});

test("how full its disks were is remembered four times a day, forecast, and forgotten with the client", async () => {
  const made = await create("web-1");
  const other = await create("web-2");
  const history = new ClientDiskHistory();
  const hour = 3_600_000;
  const start = Math.floor(fixture.clock.now / (6 * hour)) * 6 * hour;
  const used = (days: number) => ({ disks: [{ mount: "/", totalBytes: 100_000, freeBytes: 40_000 - days * 1_000 }] });
  for (let day = 0; day <= 12; day++) {
    fixture.clock.now = start + day * 24 * hour;
    await beat(made.token, used(day));
    await beat(other.token);
    await history.look(fixture.clock.now);
    // Once in six hours, whatever it says meanwhile; and a process that begins anew replaces it.
    await history.look(fixture.clock.now + hour);
    await new ClientDiskHistory().look(fixture.clock.now + 60_000);
  }
  const read = (id: string) => clientsStorage.call({ ...systemActor }, { id });
  const { disks } = await read(made.id);
  expect(disks).toMatchObject([{ mount: "/" }]);
  expect(disks[0]?.samples).toHaveLength(13);
  expect(disks[0]?.samples.at(-1)).toMatchObject({ usedBytes: 72_000, freeBytes: 28_000 });
  expect(disks[0]?.forecast?.bytesPerDay).toBeCloseTo(1_000, 0);
  // One that reports no more is not drawn on as if it stood still.
  await history.look(fixture.clock.now + 6 * hour);
  expect((await read(made.id)).disks[0]?.samples).toHaveLength(13);

  await clientsDelete.call(systemActor, { id: made.id });
  const { orm, t } = database();
  const left = await orm.selectDistinct({ id: t.storageSamples.locationId }).from(t.storageSamples);
  expect(left).toEqual([{ id: `${other.id} /` }]);
  fixture.clock.now += 91 * 24 * hour;
  await beat(other.token);
  await history.look(fixture.clock.now);
  expect((await read(other.id)).disks[0]?.samples).toHaveLength(1);
});

test("pain 37: a wrong, a revoked and a replaced token are refused, and so is rubbish; nothing changes by it", async () => {
  const made = await create("web-1");
  const other = await create("web-2");
  await beat(made.token);
  const before = await clientsGet.call(systemActor, { id: made.id });
  fixture.clock.now += SECOND;
  const whole = JSON.stringify(REPORT);
  const statuses = async (...tries: Promise<Response>[]) => (await Promise.all(tries)).map(({ status }) => status);
  expect(await statuses(post(null, whole), post("bfc_wrong", whole), post("bfy_wrong", whole))).toEqual([
    401, 401, 401,
  ]);
  expect(await statuses(post(`${made.token}x`, whole), post("bfc_".padEnd(4_000, "x"), whole))).toEqual([401, 401]);
  expect(
    await statuses(
      post(made.token, "{"),
      post(made.token, "[]"),
      post(made.token, "{}"),
      post(made.token, JSON.stringify({ ...REPORT, intervalSeconds: 0 })),
      post(made.token, JSON.stringify({ ...REPORT, token: other.token })),
      post(made.token, JSON.stringify({ ...REPORT, disks: [{ mount: "/", totalBytes: -1, freeBytes: 0 }] })),
      post(made.token, JSON.stringify({ ...REPORT, run: "rm -rf /" })),
    ),
  ).toEqual([400, 400, 400, 400, 400, 400, 400]);
  expect(await statuses(post(made.token, `"${"x".repeat(200_000)}"`))).toEqual([413]);
  await flushHeartbeats();
  expect(await clientsGet.call(systemActor, { id: made.id })).toEqual(before);
  const rotated = await clientsRotate.call(systemActor, { id: made.id, origin: ORIGIN });
  expect(await statuses(post(made.token, whole), post(rotated.token, whole))).toEqual([401, 200]);
  await clientsRevoke.call(systemActor, { id: made.id });
  const refused = await post(rotated.token, whole);
  expect([refused.status, await refused.json()]).toMatchObject([403, { error: { code: "forbidden" } }]);
  await clientsDelete.call(systemActor, { id: other.id });
  expect(await statuses(post(other.token, whole))).toEqual([401]);
});

test("pain 28 rules 1, 3 and 10: a blip says nothing, one outage one thing, its end names the downtime, and the next notifies again", async () => {
  const { id, token } = await create("web-1");
  const watching = [clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  await beat(token);
  await fixture.pass(4 * MINUTE, watching);
  expect(await statusOf(id)).toBe("offline");
  await beat(token);
  expect(await statusOf(id)).toBe("online");
  await fixture.pass(4 * MINUTE, watching);
  expect(await openAlerts()).toEqual([]);
  await fixture.pass(6 * MINUTE, watching);
  await until(() => titles().length === 1);
  expect(titles()).toEqual(["Client Offline: web-1"]);
  expect(await openAlerts()).toMatchObject([{ dedupKey: `client.offline:${id}`, count: 1 }]);
  await beat(token);
  await until(() => titles().length === 2);
  expect(fixture.receiver.received[1]).toMatchObject({
    status: "resolved",
    message: expect.stringContaining("10 min"),
  });
  expect(await openAlerts()).toEqual([]);
  expect((await clientsGet.call(systemActor, { id })).outages).toMatchObject([{ resolution: "event" }]);
  await fixture.pass(7 * MINUTE, watching);
  await until(() => titles().length === 3);
  expect(titles()[2]).toBe("Client Offline: web-1");
  const { items } = await notificationsList.call(systemActor, { subject: `client/${id}`, category: "Clients" });
  expect(items[0]).toMatchObject({ client: { id, name: "web-1" }, link: `/notifications/${items[0]?.id}` });
});

test("it is offline after three of its own intervals and its own delay, not before, and at most one look later", async () => {
  const slow = await create("slow", { offlineAfterMinutes: 0, intervalSeconds: 600 });
  const quick = await create("quick", { offlineAfterMinutes: 0, intervalSeconds: 5 });
  const watching = [clientMonitors()];
  await fixture.pass(5 * SECOND, watching);
  await beat(slow.token, { intervalSeconds: 600 });
  await beat(quick.token, { intervalSeconds: 5 });
  await fixture.pass(15 * SECOND, watching);
  expect(await openAlerts()).toEqual([]);
  await fixture.pass(5 * SECOND, watching);
  expect(await openAlerts()).toMatchObject([{ subjectName: "quick" }]);
  await fixture.pass(30 * MINUTE - 20 * SECOND, watching);
  expect(await statusOf(slow.id)).toBe("online");
  await fixture.pass(5 * SECOND, watching);
  expect((await openAlerts()).map(({ subjectName }) => subjectName).sort()).toEqual(["quick", "slow"]);
});

test("pain 29 rule 9: after the server was down, nobody is offline until it has listened for the client's own delay", async () => {
  const { id, token } = await create("web-1");
  const dead = await create("web-2");
  const first = clientMonitors();
  await first.checkAll();
  await beat(token);
  await beat(dead.token);
  fixture.clock.now += 24 * 60 * MINUTE;
  fixture.clock.passed = 5;
  const second = clientMonitors();
  await second.checkAll();
  expect([await statusOf(id), await openAlerts()]).toEqual(["online", []]);
  await fixture.pass(MINUTE, [second]);
  await beat(token);
  await fixture.pass(3 * MINUTE, [second]);
  await beat(token);
  await fixture.pass(MINUTE, [second]);
  expect(await openAlerts()).toEqual([]);
  await fixture.pass(10 * SECOND, [second]);
  expect(await openAlerts()).toMatchObject([{ subjectName: "web-2" }]);
});

test("pain 29 rule 9: while no process takes reports, a worker that watches calls nobody offline, nor right after one does again", async () => {
  const { id, token } = await create("web-1");
  const dead = await create("web-2");
  const worker = clientMonitors("wrk_1");
  const web = { checkAll: () => announceListener("wrk_2:life_1") };
  await fixture.pass(10 * SECOND, [web, worker]);
  await beat(token);
  await beat(dead.token);
  // Killed: its last word stays, and says until when it listened.
  await fixture.pass(60 * MINUTE, [worker]);
  expect([await statusOf(id), await openAlerts()]).toEqual(["online", []]);
  await fixture.pass(MINUTE, [web, worker]);
  await beat(token);
  await fixture.pass(3.5 * MINUTE, [web, worker]);
  await beat(token);
  expect(await openAlerts()).toEqual([]);
  await fixture.pass(MINUTE, [web, worker]);
  expect([await statusOf(id), await openAlerts()]).toMatchObject(["online", [{ subjectName: "web-2" }]]);
});

test("a process that takes reports says so while it runs, and no longer once it was stopped", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-listener-"));
  const part = listenerPart(folder);
  await part.start();
  expect(await lastListenedAt()).toBe(databaseNow());
  await part.stop();
  expect(await lastListenedAt()).toBeNull();
  rmSync(folder, { recursive: true });
});

test("a clock that leaps, either way, makes nobody offline early, and keeps nobody online who is not", async () => {
  const { id, token } = await create("web-1");
  const watching = [clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  await beat(token);
  await fixture.pass(MINUTE, watching);
  fixture.clock.now += 3 * 60 * MINUTE;
  await fixture.pass(30 * SECOND, watching);
  expect([await statusOf(id), await openAlerts()]).toEqual(["online", []]);
  await beat(token);
  fixture.clock.now -= 5 * 60 * MINUTE;
  await fixture.pass(2 * MINUTE, watching);
  expect(await statusOf(id)).toBe("online");
  await fixture.pass(4 * MINUTE, watching);
  expect(await openAlerts()).toMatchObject([{ subjectName: "web-1" }]);
});

test("two schedulers at once raise one alert and send one message", async () => {
  const made = await Promise.all(["a", "b", "c"].map((name) => create(name)));
  const watching = [clientMonitors(), clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  for (const { token } of made) await beat(token);
  await fixture.pass(7 * MINUTE, watching, 10 * SECOND);
  await until(() => titles().length === 3);
  await fixture.pass(MINUTE, watching);
  expect((await openAlerts()).map(({ count }) => count)).toEqual([1, 1, 1]);
  expect((await deliveriesOf(fixture.hook)).length).toBe(3);
});

test("pain 32: an intermittent client has days, a muted one notifies nobody, and mute, revoke and removal end the alert", async () => {
  const laptop = await create("laptop", { intermittent: true });
  const made = await Promise.all(["muted", "later", "revoked", "removed"].map((name) => create(name)));
  const [muted, later, revoked, removed] = made as [Created, Created, Created, Created];
  await clientsUpdate.call(systemActor, { id: muted.id, muted: true });
  const watching = [clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  for (const { token } of [laptop, ...made]) await beat(token);
  await fixture.pass(10 * MINUTE, watching, 10 * SECOND);
  expect((await openAlerts()).map(({ subjectName }) => subjectName).sort()).toEqual(["later", "removed", "revoked"]);
  expect([await statusOf(muted.id), await statusOf(laptop.id)]).toEqual(["offline", "offline"]);
  await clientsUpdate.call(systemActor, { id: later.id, muted: true });
  await clientsRevoke.call(systemActor, { id: revoked.id });
  await clientsDelete.call(systemActor, { id: removed.id });
  await fixture.pass(MINUTE, watching);
  expect(await openAlerts()).toEqual([]);
  await clientsUpdate.call(systemActor, { id: later.id, muted: false });
  await fixture.pass(MINUTE, watching);
  expect(await openAlerts()).toMatchObject([{ subjectName: "later" }]);
  await fixture.pass(71 * 60 * MINUTE, watching, 60 * MINUTE);
  expect((await openAlerts()).map(({ subjectName }) => subjectName)).toEqual(["later"]);
  await fixture.pass(3 * 60 * MINUTE, watching, 60 * MINUTE);
  expect((await openAlerts()).map(({ subjectName }) => subjectName).sort()).toEqual(["laptop", "later"]);
});

test("silences match clients by name and by label, and a recovery is held like its problem", async () => {
  const { token } = await create("web-1", { labels: { site: "berlin" } });
  const other = await create("db-1", { labels: { site: "paris" } });
  const silence = {
    reason: "move",
    conditions: [{ field: "client" as const, op: "matches" as const, value: "web-*" }],
  };
  await silencesCreate.call(systemActor, silence);
  const ofLabel = [{ field: "label" as const, op: "is" as const, value: "site:paris" }];
  await silencesCreate.call(systemActor, { reason: "fibre", conditions: ofLabel });
  const watching = [clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  await beat(token);
  await beat(other.token);
  await fixture.pass(7 * MINUTE, watching, 10 * SECOND);
  expect((await openAlerts()).length).toBe(2);
  await beat(token);
  const sent = (await deliveriesOf(fixture.hook)).map(({ title, status }) => `${title} ${status}`);
  expect(sent.sort()).toEqual(["Client Offline: db-1 held", "Client Offline: web-1 folded", "Recovered: web-1 held"]);
  expect(titles()).toEqual([]);
});

test("with 10,000 clients the heartbeats of all are kept, and nobody is offline", async () => {
  const { orm, t } = database();
  const at = fixture.clock.now;
  const ids = Array.from({ length: 10_000 }, (_, index) => `cli_${index}`);
  const common = { intervalSeconds: 60, createdAt: at, updatedAt: at, intermittent: false, muted: false, hint: "abcd" };
  const said = { intervalSeconds: 60, hostname: "h", version: "1", uptimeSeconds: null, disks: REPORT.disks, jobs: [] };
  for (let from = 0; from < ids.length; from += 1_000) {
    const some = ids.slice(from, from + 1_000);
    await orm.insert(t.clients).values(some.map((id) => ({ ...common, id, name: id, tokenHash: id })));
    const state = { ...said, status: "online" as const, firstSeenAt: at, lastSeenAt: at };
    await orm.insert(t.clientStates).values(some.map((clientId) => ({ ...state, clientId })));
  }
  const watching = [clientMonitors()];
  await fixture.pass(2 * MINUTE, watching, 10 * SECOND);
  for (const clientId of ids) bufferHeartbeat({ ...said, clientId, at: fixture.clock.now });
  await flushHeartbeats();
  await fixture.pass(2 * MINUTE, watching, 10 * SECOND);
  const states = await orm.select({ status: t.clientStates.status }).from(t.clientStates);
  expect(states.filter(({ status }) => status === "online")).toHaveLength(ids.length);
  expect(await openAlerts()).toEqual([]);
});

test("pain 17: each full disk of a client is an alert of its own, which ends when that disk has space, and notifies anew the next time", async () => {
  const { token } = await create("nas");
  const watching = [clientMonitors()];
  const GB = 1e9;
  const report = async (root: number, data: number) => {
    const disks = Object.entries({ "/": root, "/data": data }).map(([mount, percent]) => ({
      mount,
      totalBytes: 100 * GB,
      freeBytes: (100 - percent) * GB,
    }));
    await beat(token, { disks });
    await fixture.pass(MINUTE, watching);
  };
  const open = async () => (await openAlerts()).map(({ dedupKey }) => dedupKey.split("@")[1]).sort();
  await report(50, 89);
  expect(await open()).toEqual([]);
  await report(95, 91);
  await report(95, 92);
  expect(await open()).toEqual(["/", "/data"]);
  await until(() => titles().length === 2);
  // Within two points of the threshold it is the same problem still.
  await report(50, 89);
  expect(await open()).toEqual(["/data"]);
  await until(() => titles().length === 3);
  expect(fixture.receiver.received.at(-1)).toMatchObject({ title: "Recovered: nas" });
  expect(JSON.stringify(fixture.receiver.received.at(-1))).toContain("/ of nas has space again");
  // A client that says nothing, or no more of a disk, has not freed any space.
  await beat(token, { disks: [] });
  await fixture.pass(2 * MINUTE, watching);
  expect(await open()).toEqual(["/data"]);
  await report(50, 87);
  expect(await open()).toEqual([]);
  await report(50, 93);
  expect(await open()).toEqual(["/data"]);
  await until(() => titles().length === 5);
});

test("a disk is as full as df says, and has a threshold of its own where one is set", async () => {
  const { id, token } = await create("nas");
  const watching = [clientMonitors()];
  const open = async () => (await openAlerts()).map(({ dedupKey }) => dedupKey.split("@")[1]).sort();
  // The system keeps a part back: less than a tenth is free of all, and more of what df counts.
  const disk = { mount: "/", totalBytes: 1_000, usedBytes: 600, freeBytes: 95 };
  const report = async () => {
    await beat(token, { disks: [disk, { ...disk, mount: "/data" }] });
    await fixture.pass(MINUTE, watching);
  };
  await report();
  expect(await open()).toEqual([]);
  const own = { mount: "/data", threshold: { percent: 80 } };
  expect(await clientsUpdate.call(systemActor, { id, diskThresholds: [own] })).toMatchObject({ diskThresholds: [own] });
  await report();
  expect(await open()).toEqual(["/data"]);
  await clientsUpdate.call(systemActor, { id, diskThresholds: [{ mount: "/", threshold: { freeBytes: 200 } }] });
  await report();
  expect(await open()).toEqual(["/"]);
  await expect(clientsUpdate.call(systemActor, { id, diskThresholds: [own, own] })).rejects.toMatchObject({
    details: { fields: { diskThresholds: "Each disk once." } },
  });
});

test("a full disk whose alert a person resolved notifies again once it had space, also of a client whose outages are muted", async () => {
  const full = { disks: [{ mount: "/", totalBytes: 1_000, freeBytes: 10 }] };
  const nas = await create("nas", { muted: true });
  const watching = [clientMonitors()];
  await beat(nas.token, full);
  await fixture.pass(MINUTE, watching);
  const [alert] = await openAlerts();
  expect((await openAlerts()).map(({ dedupKey }) => dedupKey.split("@")[1])).toEqual(["/"]);
  await alertsResolve.call(systemActor, { id: alert?.id ?? "" });
  await fixture.pass(MINUTE, watching);
  expect(await openAlerts()).toEqual([]);
  await beat(nas.token);
  await fixture.pass(MINUTE, watching);
  await beat(nas.token, full);
  await fixture.pass(MINUTE, watching);
  expect((await openAlerts()).map(({ dedupKey }) => dedupKey.split("@")[1])).toEqual(["/"]);
});
