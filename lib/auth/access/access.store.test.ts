import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { touchApiKey } from "@/db/stores/api-keys";
import { cleanUp } from "@/db/stores/clean-up";
import { endSession, touchSession } from "@/db/stores/sessions";
import { freshDatabase } from "@/db/testing";
import { startCpuTime } from "@/e2e/support/cpu-time";
import { publish } from "@/lib/core/bus";
import { newId } from "@/lib/core/id";
import { setRuntimeValue } from "@/lib/core/runtime";
import { SESSIONS_PER_USER } from "@/lib/core/session";
import { actorOfBearer } from "./api-key";
import { peekSession, sessionOf } from "./session";
import { sealedCookie, storeSession } from "./testing";

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
  for (const table of [t.users, t.sessions, t.apiKeys, t.auditLog]) await orm.delete(table);
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

const sessionRow = async (id: string) => {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.sessions).where(eq(t.sessions.id, id));
  return row;
};

test("a session cookie identifies its person, with the address of the request", async () => {
  const id = await makeUser();
  const { cookie, id: sessionId } = await storeSession(id);
  expect(await sessionOf(`other=1; ${cookie}; more=2`, "192.0.2.1")).toEqual({
    kind: "user",
    id,
    name: "Ana",
    email: `${id}@example.org`,
    role: "operator",
    timezone: null,
    address: "192.0.2.1",
    sessionId,
  });
  const { expiresAt = 0, userId } = (await peekSession(cookie)) ?? {};
  expect(userId).toBe(id);
  expect(Math.abs(expiresAt - Date.now() - 7 * 86_400_000)).toBeLessThan(5_000);
});

test("forged, expired and foreign sessions identify nobody", async () => {
  const id = await makeUser();
  const { sid, cookie } = await storeSession(id);
  const old = await storeSession(id, { createdAt: Date.now() - 7 * 86_400_000 });
  const cookies = [
    null,
    "",
    "belfry-session=",
    "belfry-session=abc.def",
    cookie.slice(0, -4),
    old.cookie,
    await sealedCookie({ sid }, { secret: "another secret, just as long as it" }),
    await sealedCookie({ sid }, { maxAge: -60 }),
    await sealedCookie({ sid }, { name: "__Host-belfry-session" }),
    (await storeSession("usr_nobody")).cookie,
  ];
  for (const cookie of cookies) expect(await sessionOf(cookie)).toBeNull();
  expect(await sessionOf(cookie)).not.toBeNull();
});

test("fault E4: a cookie that is sealed with the right key, but stands for no stored session, identifies nobody", async () => {
  const id = await makeUser();
  const { id: sessionId, sid } = await storeSession(id);
  const { tokenHash } = (await sessionRow(sessionId)) ?? {};
  const claims = [
    // As the version before sealed it.
    { sub: id, uid: id, v: 3 },
    { uid: id, v: 3, sid: "made up" },
    { sid: `${sid}x` },
    // What somebody with the database as well could read there.
    { sid: sessionId },
    { sid: tokenHash },
    { sid: [sid] },
    {},
  ];
  for (const claim of claims) expect([claim, await sessionOf(await sealedCookie(claim))]).toEqual([claim, null]);
  expect(await sessionOf(await sealedCookie({ sid }))).not.toBeNull();
});

test("fault A18: a session that lasts longer than a session can, made while the clock was ahead, identifies nobody", async () => {
  const id = await makeUser();
  expect(await sessionOf((await storeSession(id, { createdAt: Date.now() + 30_000 })).cookie)).not.toBeNull();
  const ahead = await storeSession(id, { createdAt: Date.now() + 365 * 86_400_000 });
  expect(await sessionOf(ahead.cookie)).toBeNull();
});

test("behind https the cookie has the name that only https can set", async () => {
  const { sid, cookie } = await storeSession(await makeUser());
  setRuntimeValue("baseUrl", "https://belfry.example");
  expect(await sessionOf(cookie)).toBeNull();
  expect(await sessionOf(await sealedCookie({ sid }, { name: "__Host-belfry-session" }))).not.toBeNull();
});

test("fault E10: a session ends at once where it is ended, and within a second in the other processes", async () => {
  const { orm, t } = database();
  const id = await makeUser();
  const [here, elsewhere] = [await storeSession(id), await storeSession(id)];
  for (const { cookie } of [here, elsewhere]) expect(await sessionOf(cookie)).not.toBeNull();
  // As another process would, whose notice is lost.
  await orm.delete(t.sessions).where(eq(t.sessions.id, elsewhere.id));
  await expect.poll(() => sessionOf(elsewhere.cookie), { timeout: 1_500 }).toBeNull();
  expect(await sessionOf(here.cookie)).not.toBeNull();
  const audit = { id: newId("aud"), at: 1, actorKind: "user", actorName: "Ana", verb: "x" } as const;
  await endSession(id, here.id, audit);
  expect(await sessionOf(here.cookie)).toBeNull();
  await expect(endSession(id, here.id, audit)).rejects.toMatchObject({ code: "not_found" });
});

test("fault E10: a session that is being read while it is ended is not kept", async () => {
  const id = await makeUser();
  const { cookie, id: sessionId } = await storeSession(id);
  const reading = sessionOf(cookie);
  await endSession(id, sessionId, { id: newId("aud"), at: 1, actorKind: "user", actorName: "Ana", verb: "x" });
  await reading;
  expect(await sessionOf(cookie)).toBeNull();
});

test("a session ends with a notice about its account", async () => {
  const id = await makeUser();
  const { cookie } = await storeSession(id);
  const { orm, t } = database();
  expect(await sessionOf(cookie)).not.toBeNull();
  await orm.update(t.users).set({ status: "disabled" });
  publish({ topic: "users", ids: [id] });
  expect(await sessionOf(cookie)).toBeNull();
});

test("the use of a session is recorded at most once a minute, with its address, and costs a request nothing", async () => {
  const { cookie, id } = await storeSession(await makeUser(), { lastSeenAt: Date.now() - 61_000 });
  const lastSeen = async () => (await sessionRow(id))?.lastSeenAt ?? 0;
  const before = await lastSeen();
  expect(await peekSession(cookie)).not.toBeNull();
  await sessionOf(cookie, "192.0.2.9");
  await expect.poll(lastSeen, { timeout: 2_000 }).toBeGreaterThan(before);
  const first = await lastSeen();
  expect(await sessionRow(id)).toMatchObject({ address: "192.0.2.9" });
  const cpuTime = startCpuTime();
  for (let i = 0; i < 10_000; i++) await sessionOf(cookie, "192.0.2.10");
  expect((cpuTime() * 1_000) / 10_000).toBeLessThan(200);
  expect(await sessionRow(id)).toMatchObject({ lastSeenAt: first, address: "192.0.2.9" });
  await touchSession(id, { at: first + 30_000, address: null }, 60_000);
  expect(await lastSeen()).toBe(first);
  await touchSession(id, { at: first + 61_000, address: null }, 60_000);
  expect(await sessionRow(id)).toMatchObject({ lastSeenAt: first + 61_000, address: "192.0.2.9" });
  // Written by a clock that was ahead.
  await touchSession(id, { at: first - 3_600_000, address: null }, 60_000);
  expect(await lastSeen()).toBe(first - 3_600_000);
});

test("an account has a limited number of sessions; the oldest end", async () => {
  const id = await makeUser();
  const now = Date.now();
  const made: string[] = [];
  for (let at = 0; at < SESSIONS_PER_USER + 2; at++)
    made.push((await storeSession(id, { createdAt: now - 100_000 + at })).id);
  const other = await storeSession(await makeUser(), { createdAt: now - 200_000 });
  const { orm, t } = database();
  const ids = (await orm.select({ id: t.sessions.id }).from(t.sessions)).map((row) => row.id);
  expect(ids.sort()).toEqual([...made.slice(2), other.id].sort());
});

test("expired sessions are deleted, and those that were dated by a clock that was ahead", async () => {
  const id = await makeUser();
  const now = Date.now();
  const [young] = [await storeSession(id), await storeSession(id, { createdAt: now - 8 * 86_400_000 })];
  await storeSession(id, { createdAt: now + 86_400_000 });
  // As old as the retention of Settings allows for other entries.
  expect(await cleanUp(now - 365 * 86_400_000)).toBe(2);
  const { orm, t } = database();
  expect(await orm.select({ id: t.sessions.id }).from(t.sessions)).toEqual([{ id: young.id }]);
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
  publish({ topic: "api-keys" });
  const id = await makeKey();
  const { orm, t } = database();
  const lastUse = async () => (await orm.select().from(t.apiKeys))[0]?.lastUsedAt ?? null;
  await actorOfBearer(`Bearer ${KEY}`, null);
  await expect.poll(lastUse, { timeout: 2_000 }).not.toBeNull();
  const first = await lastUse();
  const cpuTime = startCpuTime();
  for (let i = 0; i < 10_000; i++) await actorOfBearer(`Bearer ${KEY}`, null);
  const eachUs = (cpuTime() * 1_000) / 10_000;
  expect(eachUs).toBeLessThan(200);
  expect(await lastUse()).toBe(first);
  await touchApiKey(id, (first ?? 0) + 30_000, 60_000);
  expect(await lastUse()).toBe(first);
  await touchApiKey(id, (first ?? 0) + 61_000, 60_000);
  expect(await lastUse()).toBe((first ?? 0) + 61_000);
});
