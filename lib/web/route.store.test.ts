import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { storeSession } from "@/lib/auth/access/testing";
import type { Role } from "@/lib/core/role";
import { setSecretKey } from "@/lib/secrets/key";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { apiKeysRevoke } from "@/lib/services/api-keys/revoke";
import { auditList } from "@/lib/services/audit/list";
import { deliveriesList } from "@/lib/services/deliveries/list";
import type { CallOptions } from "@/lib/services/openapi/operation";
import { usersCreate } from "@/lib/services/users/create";
import { usersList } from "@/lib/services/users/list";
import { usersUpdate } from "@/lib/services/users/update";
import { defineVerb } from "@/lib/services/verb";
import { answerCall } from "./route";

const keys = {} as Record<Role, string>;
let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
  for (const role of ["admin", "operator", "viewer"] as const) {
    keys[role] = (await apiKeysCreate.call(systemActor, { name: role, role })).key;
  }
});
afterAll(() => close());

const call = async (
  operation: CallOptions,
  options: {
    method?: string;
    key?: string;
    query?: string;
    body?: unknown;
    raw?: BodyInit;
    type?: string;
    params?: Record<string, string>;
  },
) => {
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const request = new Request(`http://localhost/api/v1/x${options.query ?? ""}`, {
    method: options.method ?? "GET",
    headers: {
      ...(options.key && { authorization: `Bearer ${options.key}` }),
      ...(body !== undefined && { "content-type": options.type ?? "application/json" }),
    },
    ...(body !== undefined && { body }),
  });
  const response = await answerCall(operation, request, options.params ?? {});
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : null };
};

const ben = { name: "Ben", email: "ben@example.org", role: "viewer", password: "correct horse battery" };

test("query, body and path make up the input, and a created entity answers 201", async () => {
  const created = await call({ verb: usersCreate, status: 201 }, { method: "POST", key: keys.admin, body: ben });
  expect(created.status).toBe(201);
  expect(created.headers.get("cache-control")).toBe("no-store");
  const change = (body: object) =>
    call({ verb: usersUpdate }, { method: "PATCH", key: keys.admin, body, params: { id: created.json.id } });
  expect(await change({ id: "usr_other", name: "Benedict" })).toMatchObject({
    status: 400,
    json: { error: { fields: { id: expect.stringContaining("The path says") } } },
  });
  const changed = await change({ id: created.json.id, name: "Benedict" });
  expect(changed.json).toMatchObject({ id: created.json.id, name: "Benedict" });
  const listed = await call({ verb: usersList }, { key: keys.viewer, query: "?limit=1" });
  expect(listed.json).toMatchObject({ items: [{ name: "Benedict", email: null }], nextCursor: null });
});

test("a missing or wrong key is 401, a low role is 403, before the body is read", async () => {
  const create = { verb: usersCreate };
  for (const key of [undefined, "bfy_wrong"]) {
    const refused = await call(create, { method: "POST", key, raw: "{not json" });
    expect(refused).toMatchObject({ status: 401, json: { error: { code: "unauthenticated" } } });
    expect(refused.headers.get("www-authenticate")).toBe("Bearer");
  }
  for (const key of [keys.operator, keys.viewer]) {
    expect((await call(create, { method: "POST", key, raw: "{not json" })).status).toBe(403);
    expect((await call({ verb: auditList }, { key })).status).toBe(403);
  }
});

test("an unreadable or invalid body is 400 with a sentence per field, a large one 413, a taken name 409, a missing entity 404", async () => {
  const create = { verb: usersCreate };
  const post = (options: object) => call(create, { method: "POST", key: keys.admin, ...options });
  expect(await post({ raw: "{not json" })).toMatchObject({ status: 400, json: { error: { code: "invalid" } } });
  expect((await post({ body: ben, type: "text/plain" })).status).toBe(400);
  expect((await post({ body: [ben] })).status).toBe(400);
  expect((await post({ body: { ...ben, role: "king" } })).json.error.fields).toHaveProperty("role");
  expect((await post({})).json.error.fields).toMatchObject({ name: expect.any(String), email: expect.any(String) });
  expect((await post({ body: { name: "x".repeat(1_100_000) } })).status).toBe(413);
  expect(await post({ body: ben })).toMatchObject({
    status: 409,
    json: { error: { fields: { email: expect.any(String) } } },
  });
  const missing = await call(
    { verb: apiKeysRevoke },
    { method: "DELETE", key: keys.admin, params: { id: "key_none" } },
  );
  expect(missing.status).toBe(404);
});

test("fault B23: a query parameter or a field that a call does not know is 400, with what was probably meant", async () => {
  const filtered = await call({ verb: deliveriesList }, { key: keys.viewer, query: "?stat=dead" });
  expect(filtered).toMatchObject({
    status: 400,
    json: { error: { fields: { stat: "“stat” is not known here. Did you mean “status”?" } } },
  });
  const created = await call(
    { verb: usersCreate },
    { method: "POST", key: keys.admin, body: { ...ben, email: "b23@example.org", rol: "admin" } },
  );
  expect(created).toMatchObject({
    status: 400,
    json: { error: { fields: { rol: expect.stringContaining("“role”") } } },
  });
});

test("a defect shows an id and nothing else", async () => {
  const broken = defineVerb({
    name: "test.broken",
    permission: "viewer",
    changes: false,
    input: z.object({}),
    run: () => Promise.reject(new Error("password=hunter2 in /srv/secret")),
  });
  const { status, json } = await call({ verb: broken }, { key: keys.viewer });
  expect(status).toBe(500);
  expect(json.error.code).toBe("internal");
  expect(json.error.message).toMatch(/err_\w+/);
  expect(JSON.stringify(json)).not.toMatch(/hunter2|secret/);
});

test("a session cookie allows reading from this site only, never writing", async () => {
  const user = await usersCreate.call(systemActor, { ...ben, email: "cookie@example.org", role: "admin" });
  const { cookie } = await storeSession(user.id);
  const statusOf = async (method: string, headers: Record<string, string>) => {
    const request = new Request("http://localhost/api/v1/users", { method, headers: { cookie, ...headers } });
    return (await answerCall({ verb: usersList }, request, {})).status;
  };
  expect(await statusOf("GET", { "sec-fetch-site": "same-origin" })).toBe(200);
  expect(await statusOf("GET", {})).toBe(200);
  expect(await statusOf("GET", { "sec-fetch-site": "cross-site" })).toBe(401);
  expect(await statusOf("GET", { authorization: "Bearer bfy_wrong" })).toBe(401);
  expect(await statusOf("POST", { "sec-fetch-site": "same-origin" })).toBe(401);
});

test("a page of the console may call with its session, another site's page may not", async () => {
  const user = await usersCreate.call(systemActor, { ...ben, email: "form@example.org", role: "admin" });
  const { cookie } = await storeSession(user.id);
  const echo = defineVerb({
    name: "test.echo",
    permission: "admin",
    changes: false,
    input: z.object({ word: z.string() }),
    run: async (_, { word }) => ({ word }),
  });
  const send = async (headers: Record<string, string>) => {
    const request = new Request("http://belfry.example/api/v1/x", {
      method: "POST",
      body: JSON.stringify({ word: "hello" }),
      headers: { cookie, host: "belfry.example", "content-type": "application/json", ...headers },
    });
    const answer = await answerCall({ isForPages: true, verb: echo }, request, {});
    return [answer.status, answer.status === 200 ? await answer.json() : null];
  };
  expect(await send({ origin: "http://belfry.example" })).toEqual([200, { word: "hello" }]);
  expect((await send({ origin: "http://evil.example" }))[0]).toBe(401);
  expect((await send({ origin: "null" }))[0]).toBe(401);
  expect((await send({}))[0]).toBe(401);
});
