import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { touchApiKey } from "@/db/stores/api-keys";
import { freshDatabase } from "@/db/testing";
import { setRuntimeValue } from "@/lib/core/runtime";
import { actorOfBearer } from "./api-key";
import { sessionEnd, sessionOf } from "./session";

const secret = "a secret for sessions, long enough";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
});
afterAll(() => close());
beforeEach(async () => {
  setRuntimeValue("authSecret", secret);
  setRuntimeValue("baseUrl", null);
  const { orm, t } = database();
  await orm.delete(t.users);
  await orm.delete(t.apiKeys);
});

let made = 0;
async function makeUser(): Promise<string> {
  const { orm, t } = database();
  const id = `usr_${made++}`;
  await orm.insert(t.users).values({
    id,
    name: "Ana",
    email: `${id}@example.org`,
    emailKey: `${id}@example.org`,
    role: "operator",
    status: "active",
    sessionVersion: 3,
    createdAt: 1,
    updatedAt: 1,
  });
  return id;
}

const cookieOf = async (claim: object, options: { name?: string; secret?: string; maxAge?: number } = {}) => {
  const name = options.name ?? "belfry-session";
  return `${name}=${await encode({ token: { ...claim }, secret: options.secret ?? secret, salt: name, maxAge: options.maxAge ?? 600 })}`;
};

test("a session cookie identifies its person, with the address of the request", async () => {
  const id = await makeUser();
  const cookie = await cookieOf({ uid: id, v: 3 });
  expect(await sessionOf(`other=1; ${cookie}; more=2`, "192.0.2.1")).toEqual({
    kind: "user",
    id,
    name: "Ana",
    email: `${id}@example.org`,
    role: "operator",
    timezone: null,
    address: "192.0.2.1",
  });
  const end = (await sessionEnd(cookie)) ?? 0;
  expect(Math.abs(end - Date.now() - 600_000)).toBeLessThan(5_000);
});

test("forged, expired, foreign and old sessions identify nobody", async () => {
  const id = await makeUser();
  const claim = { uid: id, v: 3 };
  const good = await cookieOf(claim);
  const cookies = [
    null,
    "",
    "belfry-session=",
    "belfry-session=abc.def",
    good.slice(0, -4),
    await cookieOf(claim, { secret: "another secret, just as long as it" }),
    await cookieOf(claim, { maxAge: -10 }),
    await cookieOf(claim, { name: "__Host-belfry-session" }),
    await cookieOf({ uid: id, v: 2 }),
    await cookieOf({ uid: id }),
    await cookieOf({ uid: "usr_nobody", v: 3 }),
    await cookieOf({ sub: id }),
  ];
  for (const cookie of cookies) expect(await sessionOf(cookie)).toBeNull();
});

test("fault A18: a session that lasts longer than a session can, made while the clock was ahead, identifies nobody", async () => {
  const claim = { uid: await makeUser(), v: 3 };
  expect(await sessionOf(await cookieOf(claim, { maxAge: 7 * 86_400 }))).not.toBeNull();
  expect(await sessionOf(await cookieOf(claim, { maxAge: 4 * 365 * 86_400 }))).toBeNull();
});

test("behind https the cookie has the name that only https can set", async () => {
  setRuntimeValue("baseUrl", "https://belfry.example");
  const id = await makeUser();
  expect(await sessionOf(await cookieOf({ uid: id, v: 3 }))).toBeNull();
  expect(await sessionOf(await cookieOf({ uid: id, v: 3 }, { name: "__Host-belfry-session" }))).not.toBeNull();
});

test("a session ends within a second of its account being disabled or its password changed, and at once when a notice arrives", async () => {
  const id = await makeUser();
  const cookie = await cookieOf({ uid: id, v: 3 });
  const { orm, t } = database();
  expect(await sessionOf(cookie)).not.toBeNull();
  await orm.update(t.users).set({ sessionVersion: 4 });
  await new Promise((done) => setTimeout(done, 1_050));
  expect(await sessionOf(cookie)).toBeNull();
  await orm.update(t.users).set({ sessionVersion: 3 });
  await new Promise((done) => setTimeout(done, 1_050));
  expect(await sessionOf(cookie)).not.toBeNull();
  await orm.update(t.users).set({ status: "disabled" });
  const { publish } = await import("@/lib/core/bus");
  publish({ topic: "users", ids: [id] });
  expect(await sessionOf(cookie)).toBeNull();
});

const KEY = `bfy_${"x".repeat(43)}`;

async function makeKey(): Promise<string> {
  const { createHash } = await import("node:crypto");
  const { orm, t } = database();
  const id = `key_${made++}`;
  await orm.insert(t.apiKeys).values({
    id,
    name: "script",
    role: "viewer",
    keyHash: createHash("sha256").update(KEY).digest("hex"),
    hint: "xxxx",
    createdAt: 1,
  });
  return id;
}

test("a key is recognised by its hash, in any case of the scheme; anything else identifies nobody", async () => {
  const id = await makeKey();
  expect(await actorOfBearer(`bearer ${KEY}`, "::1")).toEqual({
    kind: "api_key",
    id,
    name: "script",
    role: "viewer",
    address: "::1",
  });
  for (const header of [
    undefined,
    "",
    KEY,
    `Basic ${KEY}`,
    "Bearer ",
    `Bearer ${KEY}y`,
    `Bearer x${KEY}`,
    `Bearer ${"y".repeat(5_000)}`,
  ]) {
    expect(await actorOfBearer(header, null)).toBeNull();
  }
});

test("a revoked key is refused at once in this process, and within a second in the others", async () => {
  const { publish } = await import("@/lib/core/bus");
  publish({ topic: "api-keys" });
  const id = await makeKey();
  const { orm, t } = database();
  expect(await actorOfBearer(`Bearer ${KEY}`, null)).not.toBeNull();
  await orm.update(t.apiKeys).set({ revokedAt: 5 });
  expect(await actorOfBearer(`Bearer ${KEY}`, null)).not.toBeNull();
  publish({ topic: "api-keys", ids: [id] });
  expect(await actorOfBearer(`Bearer ${KEY}`, null)).toBeNull();
  await orm.update(t.apiKeys).set({ revokedAt: null });
  expect(await actorOfBearer(`Bearer ${KEY}`, null)).not.toBeNull();
  await orm.update(t.apiKeys).set({ revokedAt: 6 });
  await new Promise((done) => setTimeout(done, 1_050));
  expect(await actorOfBearer(`Bearer ${KEY}`, null)).toBeNull();
});

test("the last use is written at most once a minute, and a known key costs almost nothing", async () => {
  const { publish } = await import("@/lib/core/bus");
  publish({ topic: "api-keys" });
  const id = await makeKey();
  const { orm, t } = database();
  const lastUse = async () => (await orm.select().from(t.apiKeys))[0]?.lastUsedAt ?? null;
  await actorOfBearer(`Bearer ${KEY}`, null);
  await expect.poll(lastUse, { timeout: 2_000 }).not.toBeNull();
  const first = await lastUse();
  const start = performance.now();
  for (let i = 0; i < 10_000; i++) await actorOfBearer(`Bearer ${KEY}`, null);
  const eachUs = ((performance.now() - start) * 1_000) / 10_000;
  expect(eachUs).toBeLessThan(200);
  expect(await lastUse()).toBe(first);
  await touchApiKey(id, (first ?? 0) + 30_000, 60_000);
  expect(await lastUse()).toBe(first);
  await touchApiKey(id, (first ?? 0) + 61_000, 60_000);
  expect(await lastUse()).toBe((first ?? 0) + 61_000);
});
