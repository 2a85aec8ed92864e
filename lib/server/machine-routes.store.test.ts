import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { encode } from "next-auth/jwt";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { listenForNotices } from "@/db/listen";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { authSecret, sessionCookie } from "@/lib/auth/access/cookie";
import { publish } from "@/lib/core/bus";
import { setProcessState } from "@/lib/core/process-state";
import type { Role } from "@/lib/core/role";
import { setSecretKey } from "@/lib/secrets/key";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { apiKeysRevoke } from "@/lib/services/api-keys/revoke";
import { allowedMethods } from "@/lib/services/openapi/allowed-methods";
import { profilePassword } from "@/lib/services/profile/password";
import { setupCreate } from "@/lib/services/setup/create";
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
  setProcessState("stopping");
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

/** Signs in the one admin and opens the stream as a browser would. */
async function openTab() {
  const password = "correct horse battery";
  const { id } = await setupCreate.call(systemActor, { name: "Anna", email: "anna@example.com", password });
  const { name } = sessionCookie();
  const token = await encode({ token: { sub: id, uid: id, v: 1 }, secret: authSecret(), salt: name, maxAge: 3_600 });
  const answer = await fetch(`${base}/api/v1/stream`, { headers: { cookie: `${name}=${token}` } });
  let text = "";
  let hasEnded = false;
  void (async () => {
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString();
    hasEnded = true;
  })().catch(() => undefined);
  return { id, password, answer, text: () => text, hasEnded: () => hasEnded };
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

test("a new password ends the stream of the old session", async () => {
  const tab = await openTab();
  await expect.poll(tab.text).toContain("event: hello");
  const actor = {
    kind: "user" as const,
    id: tab.id,
    name: "Anna",
    email: "anna@example.com",
    role: "admin" as const,
    timezone: null,
    address: null,
  };
  await profilePassword.call(actor, { current: tab.password, password: "another correct horse" });
  await expect.poll(tab.hasEnded, { timeout: 5_000 }).toBe(true);
  expect(tab.text()).toContain("event: bye");
});
