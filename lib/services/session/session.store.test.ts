import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database, databaseHandle } from "@/db/client";
import { userById } from "@/db/queries/users";
import { beginSession, type UserRow } from "@/db/stores/users";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { newId } from "@/lib/core/id";
import { hashToken } from "@/lib/core/token";
import { setSecretKey } from "@/lib/secrets/key";
import { profilePassword } from "@/lib/services/profile/password";
import { profileEndOtherSessions, profileEndSession, profileSessions } from "@/lib/services/profile/sessions";
import { profileUpdate } from "@/lib/services/profile/update";
import { usersCreate } from "@/lib/services/users/create";
import { usersDisable } from "@/lib/services/users/enable";
import { usersList } from "@/lib/services/users/list";
import { usersSignOut } from "@/lib/services/users/sign-out";
import { usersUpdate } from "@/lib/services/users/update";
import { sessionSignIn } from "./sign-in";
import { sessionSignOut } from "./sign-out";

const password = "correct horse battery";
const address = "192.0.2.7";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterAll(() => close());
beforeEach(async () => {
  const { orm, t } = database();
  for (const table of [t.users, t.sessions, t.loginGuards, t.auditLog, t.events, t.alerts]) await orm.delete(table);
  await usersCreate.call(systemActor, { name: "Ana", email: "Ana@Example.org", role: "admin", password });
  await orm.delete(t.events);
});

const signIn = (typed = password, from: string | null = address, email = "ana@example.org") =>
  sessionSignIn.call(null, {
    email,
    password: typed,
    address: from,
    userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
  });
const fail = async (times: number, from: string | null = address, email?: string) => {
  for (let i = 0; i < times; i++)
    await expect(signIn("wrong password!", from, email)).rejects.toMatchObject({ code: "unauthenticated" });
};
const anaOf = (id: string) =>
  ({ kind: "user", id, name: "Ana", email: "ana@example.org", role: "admin", timezone: null, address }) as const;
const events = async () => {
  const { orm, t } = database();
  return orm.select().from(t.events).orderBy(t.events.id);
};
test("a sign-in raises an event, is dated and audited, however the address is written", async () => {
  const signed = await signIn(password, address, " ANA@example.ORG ");
  expect(signed).toMatchObject({ name: "Ana", sessionToken: expect.stringMatching(/^[\w-]{43}$/) });
  expect((await userById(signed.id))?.lastLoginAt).toBeGreaterThan(Date.now() - 5_000);
  expect(await events()).toMatchObject([
    { type: "user.login", subjectId: signed.id, data: { address, userAgent: "Firefox on Linux" } },
  ]);
  const { orm, t } = database();
  const rows = await orm.select().from(t.auditLog);
  expect(rows.find((row) => row.verb === "session.signIn")).toMatchObject({
    actorName: "Ana",
    address,
    detail: { device: "Firefox on Linux" },
  });
  const sessions = await orm.select().from(t.sessions);
  expect(sessions).toMatchObject([
    {
      userId: signed.id,
      tokenHash: hashToken(signed.sessionToken),
      method: "password",
      address,
      device: "Firefox on Linux",
    },
  ]);
  const stored = JSON.stringify([rows, await events(), sessions]);
  expect(stored).not.toContain(password);
  expect(stored).not.toContain(signed.sessionToken);
});

test("a wrong password and an unknown account are refused in the same words", async () => {
  const known = await signIn("wrong password!").catch((error: Error) => error.message);
  const unknown = await signIn("wrong password!", address, "nobody@example.org").catch((error: Error) => error.message);
  expect(known).toBe(unknown);
  expect(await events()).toHaveLength(0);
});

/** No event can be written until it lets go. */
async function holdEvents(): Promise<() => Promise<void>> {
  const handle = databaseHandle();
  if (handle.kind === "sqlite") {
    handle.raw.exec("CREATE TRIGGER hold BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'held'); END");
    return async () => {
      handle.raw.exec("DROP TRIGGER hold");
    };
  }
  const client = await handle.pool.connect();
  await client.query("BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
  return async () => {
    await client.query("ROLLBACK");
    client.release();
  };
}

test("rule 7: failures to record the event and to notify neither stop nor long delay a sign-in", async () => {
  const release = await holdEvents();
  try {
    const start = Date.now();
    expect(await signIn()).toMatchObject({ name: "Ana" });
    expect(Date.now() - start).toBeLessThan(5_000);
  } finally {
    await release();
  }
  // On PostgreSQL the event was waiting.
  if (databaseHandle().kind === "postgres")
    await expect.poll(async () => (await events()).length, { timeout: 5_000 }).toBe(1);
});

test("fault E10: a sign-in that is under way when its account's sessions end makes no session", async () => {
  const { id } = await signIn();
  const { orm, t } = database();
  const user = (await userById(id)) as UserRow;
  const session = { userId: id, method: "password", address, device: null, createdAt: 1, lastSeenAt: 1 } as const;
  const login = {
    session: { ...session, id: "ses_1", tokenHash: "a" },
    sessionVersion: user.sessionVersion,
  };
  const row = { id: newId("aud"), at: 1, actorKind: "user", actorName: "Ana", verb: "x" } as const;
  expect(await usersSignOut.call(systemActor, { id })).toEqual({ id, ended: 1 });
  expect(await beginSession(login, row)).toBe(false);
  expect(await orm.select().from(t.sessions)).toEqual([]);
  // The two at once: either the session is refused, or it is ended.
  const now = { ...login, sessionVersion: user.sessionVersion + 1 };
  await Promise.all([beginSession(now, row), usersSignOut.call(systemActor, { id })]);
  expect(await orm.select().from(t.sessions)).toEqual([]);
});

test("fault E10: a person sees their own sessions, ends one, and ends all others", async () => {
  const [here, there] = [await signIn(), await signIn(password, "198.51.100.1")];
  await usersCreate.call(systemActor, { name: "Ben", email: "ben@example.org", role: "viewer", password });
  await signIn(password, address, "ben@example.org");
  const { orm, t } = database();
  const idOf = async ({ sessionToken }: { sessionToken: string }) =>
    (
      await orm
        .select()
        .from(t.sessions)
        .where(eq(t.sessions.tokenHash, hashToken(sessionToken)))
    )[0]?.id ?? "";
  const actor = { ...anaOf(here.id), sessionId: await idOf(here) };
  const list = async () => (await profileSessions.call(actor, {})).items;
  expect(await list()).toMatchObject([
    { id: await idOf(there), isCurrent: false, device: "Firefox on Linux", address: "198.51.100.1" },
    { id: actor.sessionId, isCurrent: true, method: "password", address },
  ]);
  expect(JSON.stringify(await list())).not.toContain(hashToken(here.sessionToken));
  const [bens] = (await orm.select().from(t.sessions)).filter(({ userId }) => userId !== here.id);
  await expect(profileEndSession.call(actor, { id: bens?.id })).rejects.toMatchObject({ code: "not_found" });
  expect(await profileEndSession.call(actor, { id: await idOf(there) })).toMatchObject({});
  expect(await list()).toMatchObject([{ id: actor.sessionId }]);
  await Promise.all([signIn(), signIn()]);
  expect(await profileEndOtherSessions.call(actor, {})).toEqual({ ended: 2 });
  expect(await list()).toMatchObject([{ id: actor.sessionId }]);
  expect(await orm.select().from(t.sessions)).toHaveLength(2);
  const audited = (await orm.select().from(t.auditLog)).filter(({ verb }) => verb === "profile.endOtherSessions");
  expect(audited).toMatchObject([{ actorId: here.id, entityId: here.id, detail: { ended: 2 } }]);
  // A key has neither a profile nor a session.
  const key = { kind: "api_key", id: "key_1", name: "key", role: "admin", address: null } as const;
  for (const verb of [profileSessions, profileEndOtherSessions, sessionSignOut])
    await expect(verb.call(key, {})).rejects.toMatchObject({ code: "forbidden" });
});

test("fault E14: an own mail address changes with the current password alone, which counts and locks as at sign-in", async () => {
  const { id } = await signIn();
  const actor = anaOf(id);
  const to = (email: string, current?: string) => profileUpdate.call(actor, { email, current });
  await expect(to("a@example.org")).rejects.toMatchObject({ details: { fields: { current: expect.any(String) } } });
  await expect(to("a@example.org", "wrong password!")).rejects.toMatchObject({
    details: { fields: { current: "This is not your password." } },
  });
  expect((await userById(id))?.email).toBe("Ana@Example.org");
  // The form may send the address as it is.
  expect(await to("Ana@Example.org")).toMatchObject({ email: "Ana@Example.org" });
  expect(await to("a@example.org", password)).toMatchObject({ email: "a@example.org" });
  const codes: string[] = [];
  for (let at = 0; at < 12; at++)
    codes.push((await to("b@example.org", "wrong password!").catch((error: { code: string }) => error.code)) as string);
  expect(codes.slice(0, 4)).toEqual(Array(4).fill("invalid"));
  expect(codes.at(-1)).toBe("limit");
  await expect(to("b@example.org", password)).rejects.toMatchObject({ code: "limit" });
  const { orm, t } = database();
  expect(JSON.stringify(await orm.select().from(t.auditLog))).not.toContain(password);
});

test("fault E14: to anyone but an administrator a taken address and a free one are refused in the same words", async () => {
  await usersCreate.call(systemActor, { name: "Ben", email: "ben@example.org", role: "viewer", password });
  const { id } = await signIn(password, address, "ben@example.org");
  for (const role of ["viewer", "operator"] as const) {
    await usersUpdate.call(systemActor, { id, role });
    const actor = { ...anaOf(id), name: "Ben", email: "ben@example.org", role };
    const answers = [];
    for (const email of ["ana@example.org", "nobody@example.org", "BEN@example.org"])
      for (const current of [undefined, "wrong password!", password])
        answers.push(
          await profileUpdate.call(actor, { email, current }).catch(({ code, message, details }) => ({
            code,
            message,
            details,
          })),
        );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: "forbidden", details: { fields: { email: expect.any(String) } } });
    expect(await profileUpdate.call(actor, { name: "Benedict", email: "ben@example.org" })).toMatchObject({
      name: "Benedict",
    });
  }
});

test("fault E14: an administrator's own address and password are changed on the profile alone", async () => {
  const { id } = await signIn();
  const actor = anaOf(id);
  for (const change of [{ email: "a@example.org" }, { password: "another good one" }])
    await expect(usersUpdate.call(actor, { id, ...change })).rejects.toMatchObject({
      code: "invalid",
      details: { fields: { [Object.keys(change)[0] ?? ""]: expect.stringContaining("profile") } },
    });
  expect(await usersUpdate.call(actor, { id, name: "Anna", email: "Ana@Example.org", password: "" })).toMatchObject({
    name: "Anna",
  });
  await signIn();
});

test("rule 7: malformed notification settings do not stop a sign-in", async () => {
  const { orm, t } = database();
  await orm
    .insert(t.settings)
    .values({ key: "notifications", value: { globalChannels: 7, events: [null] }, updatedAt: 1 });
  expect(await signIn()).toMatchObject({ name: "Ana" });
  await orm.delete(t.settings).where(eq(t.settings.key, "notifications"));
});

test("a disabled account is refused with the right password, and learns why", async () => {
  await usersCreate.call(systemActor, { name: "Ben", email: "ben@example.org", role: "admin", password });
  const { items } = await usersList.call(systemActor, {});
  await usersDisable.call(systemActor, { id: items[0]?.id });
  await expect(signIn()).rejects.toMatchObject({ code: "forbidden", message: expect.stringContaining("disabled") });
  await fail(1);
});

test("a hash at an older cost is replaced when its owner signs in", async () => {
  const { orm, t } = database();
  const older = "scrypt$1024$8$1$c2FsdHNhbHRzYWx0c2FsdA$14NH9jE09MwAGkJqvAb3cnQVO-XQzBVin0x84KVBdxs";
  await orm.update(t.users).set({ passwordHash: older });
  const { id } = await signIn("anything at all");
  expect((await userById(id))?.passwordHash).toMatch(/^scrypt\$32768\$/);
  await signIn("anything at all");
});

test("a person changes their password given the current one, and wrong ones count", async () => {
  const { id } = await signIn();
  const actor = anaOf(id);
  await expect(
    profilePassword.call(actor, { current: "wrong password!", password: "a new good one" }),
  ).rejects.toMatchObject({
    details: { fields: { current: "This is not your password." } },
  });
  const { orm, t } = database();
  expect(await orm.select().from(t.loginGuards)).toMatchObject([{ key: "ana@example.org\n=signed-in", failures: 1 }]);
  expect(await profilePassword.call(actor, { current: password, password: "a new good one" })).toEqual({
    id,
    sessionToken: expect.any(String),
  });
  await fail(1);
  await signIn("a new good one");
  expect(await profileUpdate.call(actor, { timezone: "Europe/Berlin" })).toMatchObject({
    timezone: "Europe/Berlin",
    name: "Ana",
  });
  expect(await profileUpdate.call(actor, { timezone: "" })).toMatchObject({ timezone: null });
  await expect(profileUpdate.call(actor, { timezone: "Mars/Base" })).rejects.toMatchObject({ code: "invalid" });
  await expect(profileUpdate.call(systemActor, { name: "x" })).rejects.toMatchObject({ code: "forbidden" });
});
