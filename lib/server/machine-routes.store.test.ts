import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { listenForNotices } from "@/db/listen";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { peekSession } from "@/lib/auth/access/session";
import { sealedCookie, storeSession } from "@/lib/auth/access/testing";
import { publish } from "@/lib/core/bus";
import { setProcessState } from "@/lib/core/process-state";
import type { Role } from "@/lib/core/role";
import { setSecretKey } from "@/lib/secrets/key";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { apiKeysRevoke } from "@/lib/services/api-keys/revoke";
import { allowedMethods } from "@/lib/services/openapi/allowed-methods";
import { profilePassword } from "@/lib/services/profile/password";
import { profileEndSession } from "@/lib/services/profile/sessions";
import { sessionSignOut } from "@/lib/services/session/sign-out";
import { setupCreate } from "@/lib/services/setup/create";
import { usersCreate } from "@/lib/services/users/create";
import { usersDelete } from "@/lib/services/users/delete";
import { usersDisable, usersEnable } from "@/lib/services/users/enable";
import { usersSignOut } from "@/lib/services/users/sign-out";
import { usersUpdate } from "@/lib/services/users/update";
import { admitToPages } from "./admission";
import { createHttpServer } from "./http-server";
import { machineRoutes } from "./machine-routes";

let server: Server;
let base = "";
let endListening: () => Promise<void>;
let removeDatabase: () => Promise<void>;

beforeEach(async () => {
  removeDatabase = await freshDatabase();
  endListening = listenForNotices();
  setSecretKey("a key for the tests of machine routes, long enough");
  setProcessState("ready");
  server = createHttpServer({
    isDevelopment: false,
    trustedProxies: 0,
    routes: machineRoutes(),
    allowedMethods: allowedMethods(),
    admit: admitToPages(),
    pages: Promise.resolve(null),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await endListening();
  await removeDatabase();
});

async function keyOf(role: Role): Promise<{ id: string; header: Record<string, string> }> {
  const { id, key } = await apiKeysCreate.call(systemActor, { name: `a ${role}`, role });
  return { id, header: { authorization: `Bearer ${key}`, "content-type": "application/json" } };
}

const notify = (headers: Record<string, string>, body: unknown) =>
  fetch(`${base}/api/v1/notify`, { method: "POST", headers, body: JSON.stringify(body) });

test("health: ready, then not", async () => {
  const ready = await fetch(`${base}/api/health`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ status: "ok", backlog: { pending: 0, oldestSeconds: 0 } });
  const status = async (path: string) => {
    const answer = await fetch(`${base}${path}`);
    return [answer.status, await answer.text()];
  };
  // As Healthchecks answers it.
  for (const path of ["/api/v1/status", "/api/v3/status/"]) expect(await status(path)).toEqual([200, "OK"]);
  setProcessState("stopping");
  expect(await status("/api/v3/status/")).toEqual([503, "stopping"]);
  const leaving = await fetch(`${base}/api/health`);
  expect(leaving.status).toBe(503);
  expect(await leaving.json()).toMatchObject({ status: "stopping" });
});

test("notify: accepted with 202; no key 401, a viewer 403, a wrong type 400, broken JSON 400, a large body 413", async () => {
  const operator = await keyOf("operator");
  const accepted = await notify(operator.header, { title: "Night backup", message: "done" });
  expect(accepted.status).toBe(202);
  expect(await accepted.json()).toMatchObject({ events: [{ duplicate: false, deliveries: 0 }] });

  expect((await notify({}, { title: "a", message: "b" })).status).toBe(401);
  expect((await notify({ authorization: "Bearer bfy_wrong" }, { title: "a", message: "b" })).status).toBe(401);
  expect((await notify((await keyOf("viewer")).header, { title: "a", message: "b" })).status).toBe(403);

  const wrong = await notify(operator.header, [
    { title: "a", message: "b" },
    { title: 7, message: "b" },
  ]);
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({ error: { code: "invalid", fields: { "[1].title": expect.any(String) } } });
  const broken = await fetch(`${base}/api/v1/notify`, { method: "POST", headers: operator.header, body: "{" });
  expect(broken.status).toBe(400);
  const form = { ...operator.header, "content-type": "text/plain" };
  expect((await notify(form, { title: "a", message: "b" })).status).toBe(400);
  expect((await notify(operator.header, { title: "a", message: "x".repeat(1024 * 1024) })).status).toBe(413);
});

test("fault B23: a name that notify does not know is refused and named, and nothing is recorded", async () => {
  const { header } = await keyOf("operator");
  const failure = { title: "Import", message: "failed" };
  const refused = await notify(header, { ...failure, toen: "failure" });
  expect([refused.status, await refused.json()]).toEqual([
    400,
    {
      error: {
        code: "invalid",
        message: expect.any(String),
        fields: { toen: "“toen” is not known here. Did you mean “tone”?" },
      },
    },
  ]);
  const list = await notify(header, [failure, { ...failure, fields: [{ label: "Rows", valeu: "3" }] }]);
  expect([list.status, await list.json()]).toMatchObject([
    400,
    { error: { fields: { "[1].fields[0].valeu": expect.stringContaining("Did you mean “value”?") } } },
  ]);
  const query = await fetch(`${base}/api/v1/notify?tone=failure`, {
    method: "POST",
    headers: header,
    body: JSON.stringify(failure),
  });
  expect([query.status, await query.json()]).toMatchObject([400, { error: { fields: { tone: expect.any(String) } } }]);
  const { orm, t } = database();
  expect(await orm.select().from(t.events)).toEqual([]);
});

test("fault B23: a query parameter that a route does not know is refused and named", async () => {
  const { header } = await keyOf("viewer");
  for (const path of ["/api/health?verbose=1", "/metrics?format=json"]) {
    const refused = await fetch(base + path, { headers: header });
    expect([path, refused.status, await refused.json()]).toMatchObject([path, 400, { error: { code: "invalid" } }]);
  }
});

test("a revoked key is refused within a second", async () => {
  const { id, header } = await keyOf("admin");
  expect((await notify(header, { title: "a", message: "b" })).status).toBe(202);
  await apiKeysRevoke.call(systemActor, { id });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await notify(header, { title: "a", message: "b" })).status).toBe(401);
});

test("metrics require the key of a viewer at least", async () => {
  expect((await fetch(`${base}/metrics`)).status).toBe(401);
  const answer = await fetch(`${base}/metrics`, { headers: (await keyOf("viewer")).header });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toContain("text/plain");
  expect(await answer.text()).toMatch(/^belfry_deliveries_waiting 0$/m);
});

const password = "correct horse battery";
const anna = () => setupCreate.call(systemActor, { name: "Anna", email: "anna@example.com", password });

/** Opens the stream as a browser would, in a session of its own. */
async function openTab(userId?: string) {
  const id = userId ?? (await anna()).id;
  const session = await storeSession(id);
  const answer = await fetch(`${base}/api/v1/stream`, { headers: { cookie: session.cookie } });
  let text = "";
  let hasEnded = false;
  void (async () => {
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString();
    hasEnded = true;
  })().catch(() => undefined);
  const actor = {
    kind: "user" as const,
    id,
    name: "Anna",
    email: "anna@example.com",
    role: "admin" as const,
    timezone: null,
    address: null,
    sessionId: session.id,
  };
  return { session, actor, answer, text: () => text, hasEnded: () => hasEnded };
}

test("the stream sends topics and ids to sessions, and to nobody else", async () => {
  expect((await fetch(`${base}/api/v1/stream`)).status).toBe(401);
  expect((await fetch(`${base}/api/v1/stream`, { headers: (await keyOf("admin")).header })).status).toBe(401);
  const tab = await openTab();
  expect(tab.answer.headers.get("content-type")).toBe("text/event-stream");
  for (const id of ["run_1", "run_2", "run_1"]) publish({ topic: "runs", ids: [id] });
  publish({ topic: "settings" });
  await expect.poll(tab.text).toContain('data: {"topic":"runs","ids":["run_1","run_2"]}');
  await expect.poll(tab.text).toContain('data: {"topic":"settings"}');
  expect(tab.hasEnded()).toBe(false);
});

test("a new password ends the streams of every session, and this one goes on with a new cookie alone", async () => {
  const here = await openTab();
  const elsewhere = await openTab(here.actor.id);
  await expect.poll(here.text).toContain("event: hello");
  await expect.poll(elsewhere.text).toContain("event: hello");
  const { sessionToken } = await profilePassword.call(here.actor, {
    current: password,
    password: "another correct horse",
  });
  await expect.poll(elsewhere.hasEnded, { timeout: 5_000 }).toBe(true);
  await expect.poll(here.hasEnded, { timeout: 5_000 }).toBe(true);
  expect(here.text()).toContain("event: bye");
  expect(await peekSession(here.session.cookie)).toBeNull();
  expect(await peekSession(await sealedCookie({ sid: sessionToken }))).toMatchObject({ userId: here.actor.id });
});

test("fault E10: ending a session closes its stream at once and refuses its cookie; the others go on", async () => {
  const here = await openTab();
  const [ended, other] = [await openTab(here.actor.id), await openTab(here.actor.id)];
  for (const tab of [here, ended, other]) await expect.poll(tab.text).toContain("event: hello");
  const began = performance.now();
  await profileEndSession.call(here.actor, { id: ended.session.id });
  await expect.poll(ended.hasEnded, { interval: 20, timeout: 5_000 }).toBe(true);
  // By its notice, long before the next heartbeat looks.
  expect(performance.now() - began).toBeLessThan(5_000);
  const again = (cookie: string) => fetch(`${base}/api/v1/stream`, { headers: { cookie } });
  expect((await again(ended.session.cookie)).status).toBe(401);

  await sessionSignOut.call(other.actor, {});
  await expect.poll(other.hasEnded, { timeout: 5_000 }).toBe(true);
  expect((await again(other.session.cookie)).status).toBe(401);
  expect(here.hasEnded()).toBe(false);
});

test("fault E10: a session that ends while its stream opens closes it", async () => {
  const { id } = await anna();
  for (let at = 0; at < 10; at++) {
    const session = await storeSession(id);
    const opening = fetch(`${base}/api/v1/stream`, { headers: { cookie: session.cookie } });
    await usersSignOut.call(systemActor, { id });
    const answer = await opening;
    // It was refused, or it ends: reading it to its end does not wait.
    expect(await answer.text()).toMatch(answer.status === 200 ? /event: bye/ : /unauthenticated/);
  }
});

test("fault E10: what takes access away ends the streams of the account and leaves those of others", async () => {
  const admin = await openTab();
  const created = await usersCreate.call(systemActor, {
    name: "Ben",
    email: "ben@example.com",
    role: "viewer",
    password,
  });
  const { id } = created;
  const ways: [string, () => Promise<unknown>][] = [
    ["signed out by an administrator", () => usersSignOut.call(admin.actor, { id })],
    ["another password", () => usersUpdate.call(admin.actor, { id, password: "another correct horse" })],
    ["another role", () => usersUpdate.call(admin.actor, { id, role: "operator" })],
    ["disabled", () => usersDisable.call(admin.actor, { id })],
    ["deleted", () => usersDelete.call(admin.actor, { id })],
  ];
  for (const [way, takeAway] of ways) {
    const tab = await openTab(id);
    await expect.poll(tab.text, { message: way }).toContain("event: hello");
    await takeAway();
    await expect.poll(tab.hasEnded, { message: way, timeout: 5_000 }).toBe(true);
    const { orm, t } = database();
    expect(await orm.select().from(t.sessions).where(eq(t.sessions.userId, id))).toEqual([]);
    if (way === "disabled") await usersEnable.call(admin.actor, { id });
  }
  expect(admin.hasEnded()).toBe(false);
});
