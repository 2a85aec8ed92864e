import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { eq, isNotNull, like } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { database } from "@/db/client";
import { releaseTry, takeTry } from "@/db/stores/login-guards";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { ACCOUNT_RULE, accountKey, lockMs } from "@/lib/auth/access/lock-rule";
import { networkOf } from "@/lib/core/client-address";
import { setSecretKey } from "@/lib/secrets/key";
import { sealJson } from "@/lib/secrets/seal";
import { usersCreate } from "@/lib/services/users/create";
import { usersList } from "@/lib/services/users/list";
import { usersUnlock, usersUnlockAddress } from "@/lib/services/users/unlock";
import { auditWrongPassword } from "./audit-attempts";
import { deleteOldLoginGuards, endExpiredLocks } from "./end-expired-locks";
import { sessionSignIn } from "./sign-in";

const password = "correct horse battery";
const ANA = "ana@example.org";
const MINUTE = 60_000;
const FILTER = "docs/deploy/fail2ban/filter.d/belfry.conf";
const FAIL2BAN_REGEX = "/usr/bin/fail2ban-regex";
const owner = "192.0.2.7";
const stranger = "198.51.100.66";

let close: () => Promise<void>;
/** Another account in every test: nobody waits for the events of locks, so that one may come late. */
let ana = "";
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterAll(() => close());
beforeEach(async () => {
  const { orm, t } = database();
  for (const table of [t.users, t.loginGuards, t.auditLog, t.events, t.alerts]) await orm.delete(table);
  ana = (await usersCreate.call(systemActor, { name: "Ana", email: ANA, role: "admin", password })).id;
  await orm.delete(t.events);
});

const signIn = (from: { address?: string | null; typed?: string; email?: string; device?: string | null } = {}) =>
  sessionSignIn.call(null, {
    email: from.email ?? ANA,
    password: from.typed ?? password,
    address: from.address === undefined ? owner : from.address,
    userAgent: "curl/8.5.0",
    deviceCookie: from.device ?? null,
  });
const guess = (from: Parameters<typeof signIn>[0] = {}) => signIn({ typed: "wrong password!", ...from });
const fail = async (times: number, from: Parameters<typeof signIn>[0] = {}) => {
  for (let i = 0; i < times; i++) await expect(guess(from)).rejects.toMatchObject({ code: "unauthenticated" });
};
const rowsOf = async (table: "events" | "alerts" | "loginGuards" | "auditLog") => {
  const { orm, t } = database();
  return orm.select().from(t[table]) as Promise<Record<string, unknown>[]>;
};
const alerts = async () => (await rowsOf("alerts")).filter(({ subjectId }) => subjectId === ana || subjectId === "any");
const audited = async (verb: string) =>
  (await rowsOf("auditLog")).filter((row) => row.verb === verb && (row.entityId === ana || row.entityId === null));
const guardOf = async (key = accountKey(ANA)) => (await rowsOf("loginGuards")).find((guard) => guard.key === key);
const lockedUntil = async (key?: string) => Number((await guardOf(key))?.lockedUntil ?? 0);
/** Makes every lock one that was over so long ago. */
async function passLocks(ago = 1): Promise<void> {
  const { orm, t } = database();
  await orm
    .update(t.loginGuards)
    .set({ lockedUntil: Date.now() - ago })
    .where(isNotNull(t.loginGuards.lockedUntil));
}
const hasAlerts = (wanted: object[]) => expect.poll(alerts).toMatchObject(wanted);
const codeOf = (result: PromiseSettledResult<unknown>) =>
  result.status === "rejected" ? (result.reason as { code: string }).code : "in";

test("from the fifth wrong password on each further try waits, and the answer says how long; one event", async () => {
  await fail(5);
  await expect(signIn()).rejects.toMatchObject({
    code: "limit",
    message: expect.stringMatching(
      /^Signing in is blocked after repeated wrong passwords\. Try again in (1 min|5\d s)\.$/,
    ),
    details: { retryAfterSeconds: expect.any(Number) },
  });
  await expect(guess()).rejects.toMatchObject({ code: "limit" });
  expect(await guardOf()).toMatchObject({ failures: 5 });
  await hasAlerts([{ type: "user.locked", status: "firing", count: 1 }]);
  expect((await usersList.call(systemActor, {})).items[0]?.isLocked).toBe(true);
});

test("fault E6: strangers cannot lock out a device that has signed in before, nor the other way round", async () => {
  const { deviceCookie: device } = await signIn();
  for (let i = 0; i < 5; i++) await fail(1, { address: `198.51.100.${i}` });
  // From everywhere, the owner's own address included: a proxy may make them all one.
  await expect(signIn()).rejects.toMatchObject({ code: "limit" });
  const known = await signIn({ device });
  // What the owner proves does not give strangers new tries.
  expect(await guardOf()).toMatchObject({ failures: 5 });
  await fail(5, { device: known.deviceCookie });
  await expect(signIn({ device: known.deviceCookie })).rejects.toMatchObject({ code: "limit" });
  // Another device of the same person.
  await passLocks();
  const other = await signIn({ address: "203.0.113.1" });
  await fail(1, { device: known.deviceCookie });
  await expect(signIn({ device: known.deviceCookie })).rejects.toMatchObject({ code: "limit" });
  await signIn({ device: other.deviceCookie });
});

test("fault E6: a device is known for the people who signed in there alone, and nobody makes one up", async () => {
  await usersCreate.call(systemActor, { name: "Ben", email: "ben@example.org", role: "viewer", password });
  const ben = await signIn({ email: "ben@example.org" });
  const forged = [
    ben.deviceCookie,
    "",
    "x".repeat(10_000),
    ben.deviceCookie.slice(0, -2),
    sealJson({ id: "a".repeat(22), users: [ben.id] }, "another purpose"),
    sealJson({ id: "no device", users: [ben.id] }, "device"),
    sealJson(7, "device"),
  ];
  await fail(5);
  for (const device of forged) await expect(signIn({ device })).rejects.toMatchObject({ code: "limit" });
  // One browser of two people.
  await passLocks();
  const both = await signIn({ device: ben.deviceCookie });
  await fail(5, { address: stranger });
  await fail(5, { address: stranger, email: "ben@example.org" });
  await signIn({ device: both.deviceCookie });
  await signIn({ device: both.deviceCookie, email: "ben@example.org" });
  await hasAlerts([{ status: "firing" }]);
  expect(both.deviceCookie.length).toBeLessThan(1_000);
});

test("fault E14: an account slows down however many addresses guess, of either family", async () => {
  for (let i = 0; i < 5; i++) await fail(1, { address: i % 2 ? `198.51.100.${i}` : `2001:db8:${i}::1` });
  await expect(guess({ address: "203.0.113.200" })).rejects.toMatchObject({ code: "limit" });
  const first = (await lockedUntil()) - Date.now();
  await passLocks();
  await fail(1, { address: "203.0.113.201" });
  const second = (await lockedUntil()) - Date.now();
  expect([first > 50_000, first <= MINUTE, second > 110_000, second <= 2 * MINUTE]).toEqual([true, true, true, true]);
});

test("fault E14: guesses from one IPv6 network count as one caller's", async () => {
  const { orm, t } = database();
  await fail(1, { address: "2001:db8:1:2::1" });
  await orm.update(t.loginGuards).set({ failures: 48 }).where(like(t.loginGuards.key, "\n%"));
  await fail(1, { address: "2001:db8:1:2:ffff::7", email: "b@example.org" });
  await fail(1, { address: "2001:db8:1:2:a:b:c:d", email: "c@example.org" });
  await expect(signIn({ address: "2001:db8:1:2::9", email: "d@example.org" })).rejects.toMatchObject({ code: "limit" });
  await signIn({ address: "2001:db8:1:3::9" });
  await hasAlerts([{ type: "user.locked", subjectId: "any" }]);
});

test("an account that does not exist waits just the same, in the same words, and nobody is notified", async () => {
  const words = async (email: string) => {
    const said: string[] = [];
    for (let i = 0; i < 6; i++)
      said.push(
        await guess({ email }).then(
          () => "in",
          (error: Error) => error.message,
        ),
      );
    return said.map((each) => each.replace(/\d+ s|1 min/, "…"));
  };
  expect(await words("nobody@example.org")).toEqual(await words(ANA));
  await hasAlerts([{ type: "user.locked", subjectName: "Ana" }]);
});

test("fault E6: of fifty guesses at once exactly as many get through as in a row, and the right password is none of the others", async () => {
  const results = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => guess({ address: `198.51.100.${i}` })));
  const codes = results.map(codeOf);
  expect([
    codes.filter((code) => code === "unauthenticated").length,
    codes.filter((code) => code === "limit").length,
  ]).toEqual([5, 45]);
  expect(await guardOf()).toMatchObject({ failures: 5 });
  await hasAlerts([{ type: "user.locked", count: 1 }]);
  expect(
    (await audited("session.wrongPassword")).reduce((sum, { detail }) => sum + (detail as { count: number }).count, 0),
  ).toBe(5);
});

test("fault E6: processes that share a database share the counts: none of many tries at once is lost", async () => {
  const now = Date.now();
  const guard = { key: accountKey(ANA), userId: null, forgetBefore: 0, onSuccess: "reset" } as const;
  const unlimited = { ...guard, lockMs: () => null };
  const taken = await Promise.all(Array.from({ length: 50 }, () => takeTry([unlimited], now)));
  expect(taken.map(([count]) => count?.failures).sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
  await releaseTry(taken[0] ?? []);
  expect(await guardOf()).toBeUndefined();
  const limited = { ...guard, lockMs: (failures: number) => lockMs(failures, ACCOUNT_RULE) };
  const wide = { ...limited, key: "\n192.0.2.7", onSuccess: "undo" } as const;
  const tries = await Promise.allSettled(Array.from({ length: 50 }, () => takeTry([limited, wide], now)));
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  // A try that one count refuses is counted in none.
  expect((await rowsOf("loginGuards")).map(({ failures }) => failures)).toEqual([5, 5]);
});

test("the lock ends by itself, its alert resolves when it has been quiet, and the next one is twice as long", async () => {
  await fail(5);
  await hasAlerts([{ status: "firing" }]);
  const first = await lockedUntil();
  expect(await endExpiredLocks(Date.now())).toBe(0);
  expect(await endExpiredLocks(first + 1)).toBe(0);
  expect(await endExpiredLocks(first + 10 * MINUTE + 1)).toBe(1);
  expect(await endExpiredLocks(first + 10 * MINUTE + 1)).toBe(0);
  await hasAlerts([{ status: "resolved" }]);
  await fail(1);
  expect((await lockedUntil()) - Date.now()).toBeGreaterThan(110_000);
  await expect.poll(async () => (await alerts()).map(({ status }) => status).sort()).toEqual(["firing", "resolved"]);
});

test("fault E6: an attack that goes on is one alert, and notifies once", async () => {
  await fail(5);
  for (let i = 0; i < 3; i++) {
    await hasAlerts([{ status: "firing", count: i + 1 }]);
    await passLocks();
    expect(await endExpiredLocks(Date.now())).toBe(0);
    await fail(1, { address: `203.0.113.${i}` });
  }
  await hasAlerts([{ status: "firing", count: 4 }]);
});

test("signing in after a lock resolves its alert, and the count starts over", async () => {
  await fail(5);
  await hasAlerts([{ status: "firing" }]);
  await passLocks();
  await signIn();
  expect(await endExpiredLocks(Date.now())).toBe(1);
  await hasAlerts([{ status: "resolved" }]);
  expect(await guardOf()).toMatchObject({ failures: 0, lockedUntil: null });
  await fail(4);
  // The last try before a lock, which the right password takes back.
  await signIn();
  expect(await guardOf()).toBeUndefined();
  expect(await alerts()).toHaveLength(1);
});

test("a right password takes back its own try for the address, and no more", async () => {
  const { orm, t } = database();
  const wide = `\n${owner}`;
  await fail(2);
  await signIn();
  expect(await guardOf(wide)).toMatchObject({ failures: 2, lockedUntil: null });
  await orm.update(t.loginGuards).set({ failures: 49 }).where(eq(t.loginGuards.key, wide));
  await signIn();
  expect(await guardOf(wide)).toMatchObject({ failures: 49, lockedUntil: null });
  await signIn();
});

test("an administrator ends the waiting, for everywhere, which resolves the alert and resets the counts", async () => {
  const { id, deviceCookie: device } = await signIn();
  await fail(5, { address: stranger });
  await fail(5, { device });
  await expect.poll(alerts).toHaveLength(2);
  expect(await usersUnlock.call(systemActor, { id })).toEqual({ id, lifted: 2 });
  await hasAlerts([{ status: "resolved" }, { status: "resolved" }]);
  await fail(1);
  await signIn({ device });
});

test("fault E6: an administrator lets an address try again, and its whole network", async () => {
  const { orm, t } = database();
  await fail(1, { address: "2001:db8:1:2::1", email: "b@example.org" });
  await orm.update(t.loginGuards).set({ failures: 49 });
  await fail(1, { address: "2001:db8:1:2::1", email: "c@example.org" });
  const unlock = (address: string) => usersUnlockAddress.call(systemActor, { address });
  await expect.poll(alerts).toHaveLength(1);
  await expect(signIn({ address: "2001:db8:1:2::1" })).rejects.toMatchObject({ code: "limit" });
  expect(await unlock("2001:db8:1:2::5")).toEqual({ address: "2001:db8:1:2::/64", lifted: 1 });
  expect(await unlock("2001:db8:1:2::5")).toMatchObject({ lifted: 0 });
  await expect(unlock("everywhere")).rejects.toMatchObject({ code: "invalid" });
  await hasAlerts([{ status: "resolved" }]);
  expect(await audited("users.unlockAddress")).toMatchObject([{ entityName: "2001:db8:1:2::/64" }]);
  await signIn({ address: "2001:db8:1:2::1" });
});

test("old counts start over and are deleted; of many, the oldest go", async () => {
  const { orm, t } = database();
  const day = 24 * 60 * MINUTE;
  await fail(4);
  await orm.update(t.loginGuards).set({ lastFailureAt: Date.now() - day - 1 });
  await fail(1);
  expect(await guardOf()).toMatchObject({ failures: 1 });
  await orm.update(t.loginGuards).set({ lastFailureAt: Date.now() - day - 1 });
  await deleteOldLoginGuards(Date.now());
  expect(await rowsOf("loginGuards")).toHaveLength(0);
  const now = Date.now();
  const many = Array.from({ length: 20_500 }, (_, i) => ({
    key: `u${i}@example.org\n*`,
    userId: null,
    failures: 1,
    lastFailureAt: now - i,
    lockedUntil: null,
  }));
  for (let i = 0; i < many.length; i += 1_000) await orm.insert(t.loginGuards).values(many.slice(i, i + 1_000));
  await deleteOldLoginGuards(now);
  expect(await rowsOf("loginGuards")).toHaveLength(20_000);
  expect(await guardOf("u0@example.org\n*")).toBeDefined();
});

test("fault E14: wrong passwords are audited, counted per account, address and ten minutes, and locks with their address", async () => {
  await fail(3);
  await fail(1, { address: stranger });
  await fail(2, { email: "typed-password@wrong.example", address: "2001:db8::1" });
  await fail(1, { email: "another@wrong.example", address: "2001:db8::2" });
  const counts: Record<string, number> = {};
  // Where the ten minutes end just now, there are more rows.
  for (const { entityName, address, detail } of await audited("session.wrongPassword")) {
    const name = `${entityName} ${networkOf(String(address))}`;
    counts[name] = (counts[name] ?? 0) + (detail as { count: number }).count;
  }
  expect(counts).toEqual({
    [`Ana ${owner}`]: 3,
    [`Ana ${stranger}`]: 1,
    "an unknown account 2001:db8::/64": 3,
  });
  expect(JSON.stringify(await rowsOf("auditLog"))).not.toContain("wrong.example");
  await fail(1, { address: stranger });
  await expect
    .poll(() => audited("session.lock"))
    .toMatchObject([
      { entityName: "Ana", address: stranger, detail: { failures: 5, lockedUntil: expect.any(String) } },
    ]);
});

test("fault E14: a flood from many addresses does not bury the audit log", async () => {
  const at = Date.now();
  await Promise.all(Array.from({ length: 150 }, (_, i) => auditWrongPassword(null, `198.51.100.${i}`, at)));
  const rows = await audited("session.wrongPassword");
  expect(rows).toHaveLength(51);
  expect(rows.reduce((sum, { detail }) => sum + (detail as { count: number }).count, 0)).toBe(150);
});

/** What the filter in docs/deploy reads in a line of the log: the address to ban. */
function bannedBy(line: string): string | undefined {
  const patterns = readFileSync(FILTER, "utf8").match(/(?<=failregex = |^ {12})\^.*$/gm) ?? [];
  expect(patterns).toHaveLength(2);
  // As fail2ban expands it.
  const found = patterns.map((pattern) =>
    new RegExp(pattern.replace("<ADDR>", "(?<address>[\\d.]+|[\\da-f:]+)")).exec(line),
  );
  return found.find(Boolean)?.groups?.address;
}

test("fault E14: the log has one line for a lock, which fits fail2ban and which no caller can write", async () => {
  const lines: string[] = [];
  const log = vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  await fail(5, { address: "2001:db8::7" });
  log.mockRestore();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^\{"at":"[^"]+","level":"warn","room":"session","message":"locked sign-in after repeated wrong passwords","address":"2001:db8::7",/,
  );
  const line = lines[0] ?? "";
  expect([line, `host node[7]: ${line}`].map(bannedBy)).toEqual(["2001:db8::7", "2001:db8::7"]);
  const forged = `host x[1]: {"at":"","level":"warn","room":"http","message":${JSON.stringify(line)}}`;
  expect([forged, `x ${line} y ${line}`, line.replace("2001:db8::7", "evil")].map(bannedBy)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  if (existsSync(FAIL2BAN_REGEX)) {
    const { stdout } = spawnSync(FAIL2BAN_REGEX, ["-o", "<ip>", line, FILTER], { encoding: "utf8" });
    expect(stdout.trim()).toBe("2001:db8::7");
  }
});

test("fault E6: known devices have a turn of their own while strangers fill the queue", async () => {
  const { deviceCookie: device } = await signIn();
  let hasEnded = 0;
  const flood = Array.from({ length: 40 }, (_, i) =>
    guess({ email: `u${i}@example.org`, address: `203.0.113.${i}` }).catch(() => hasEnded++),
  );
  await signIn({ device });
  expect(hasEnded).toBeLessThan(20);
  await Promise.all(flood);
});
