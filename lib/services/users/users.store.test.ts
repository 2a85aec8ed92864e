import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { userById } from "@/db/queries/users";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { hashToken } from "@/lib/core/token";
import { setSecretKey } from "@/lib/secrets/key";
import { verifyPassword } from "@/lib/secrets/password";
import { invitationsAccept, invitationsGet } from "@/lib/services/invitations/accept";
import { usersCreate } from "./create";
import { usersDelete } from "./delete";
import { usersDisable, usersEnable } from "./enable";
import { usersGet } from "./get";
import { usersInvite } from "./invite";
import { usersList } from "./list";
import { usersUpdate } from "./update";

const password = "correct horse battery";
const admin: Actor = systemActor;

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterAll(() => close());
beforeEach(async () => {
  setRuntimeValue("baseUrl", "https://belfry.example");
  const { orm, t } = database();
  for (const table of [t.users, t.invitations, t.auditLog, t.events]) await orm.delete(table);
});

const make = (name: string, role: "admin" | "operator" | "viewer" = "admin") =>
  usersCreate.call(admin, { name, email: `${name}@example.org`, role, password });
const person = (user: { id: string; name: string; role: "admin" | "operator" | "viewer" }): Actor => ({
  kind: "user",
  email: "",
  timezone: null,
  address: null,
  ...user,
});

async function auditVerbs(): Promise<string[]> {
  const { orm, t } = database();
  return (await orm.select().from(t.auditLog).orderBy(t.auditLog.id)).map((row) => row.verb);
}

test("a user is created with a hashed password, an event and an audit row", async () => {
  const made = await make("ana", "operator");
  expect(made).toMatchObject({
    name: "ana",
    email: "ana@example.org",
    role: "operator",
    status: "active",
    invitation: null,
  });
  const row = await userById(made.id);
  expect(await verifyPassword(password, row?.passwordHash ?? null)).toBe(true);
  const { orm, t } = database();
  const [event] = await orm.select().from(t.events);
  expect(event).toMatchObject({ type: "user.created", subjectId: made.id });
  const everything = JSON.stringify([await orm.select().from(t.events), await orm.select().from(t.auditLog), made]);
  expect(everything).not.toContain(password);
  expect(everything).not.toContain("scrypt$");
  expect(await auditVerbs()).toEqual(["users.create"]);
});

test("rule 7: malformed notification settings do not stop the creation of a user", async () => {
  const { orm, t } = database();
  const stored = {
    key: "notifications",
    value: { globalChannels: 7, events: { "user.created": [null] } },
    updatedAt: 1,
  };
  await orm.insert(t.settings).values(stored);
  expect(await make("ana")).toMatchObject({ name: "ana", status: "active" });
  await orm.delete(t.settings).where(eq(t.settings.key, "notifications"));
});

test("an address belongs to one account, however it is written, two at once included", async () => {
  const same = [{ email: "Ana@Example.org" }, { email: "ana@example.ORG" }];
  const results = await Promise.allSettled(
    same.map(({ email }) => usersCreate.call(admin, { name: "Ana", email, role: "viewer", password })),
  );
  expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(results.find((result) => result.status === "rejected")).toMatchObject({
    reason: { code: "conflict", details: { fields: { email: expect.any(String) } } },
  });
  const { orm, t } = database();
  expect(await orm.select().from(t.events)).toHaveLength(1);
  const ben = await make("ben");
  await expect(usersUpdate.call(admin, { id: ben.id, email: "ANA@example.org" })).rejects.toMatchObject({
    code: "conflict",
  });
});

test("the last administrator can be neither disabled, demoted nor deleted, by two at once either", async () => {
  const ana = await make("ana");
  for (const attempt of [
    () => usersDisable.call(admin, { id: ana.id }),
    () => usersUpdate.call(admin, { id: ana.id, role: "viewer" }),
    () => usersDelete.call(admin, { id: ana.id }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("only administrator"),
    });
  }
  const ben = await make("ben");
  const results = await Promise.allSettled([
    usersDisable.call(admin, { id: ana.id }),
    usersUpdate.call(admin, { id: ben.id, role: "operator" }),
  ]);
  expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("an administrator who has not accepted an invitation does not count as one", async () => {
  const ana = await make("ana");
  await usersCreate.call(admin, { name: "Ben", email: "ben@example.org", role: "admin" });
  await expect(usersDelete.call(admin, { id: ana.id })).rejects.toMatchObject({ code: "conflict" });
});

test("disabling and a new password end sessions; enabling allows sign-in again; names stay after deletion", async () => {
  await make("ana");
  const ben = await make("ben", "viewer");
  const version = async () => (await userById(ben.id))?.sessionVersion;
  expect(await version()).toBe(1);
  expect(await usersDisable.call(admin, { id: ben.id })).toMatchObject({ status: "disabled" });
  expect(await version()).toBe(2);
  expect(await usersEnable.call(admin, { id: ben.id })).toMatchObject({ status: "active" });
  await usersUpdate.call(admin, { id: ben.id, password: "another good one" });
  expect(await version()).toBe(3);
  await usersUpdate.call(admin, { id: ben.id, name: "Benedict", password: "" });
  expect(await version()).toBe(3);
  await usersDelete.call(admin, { id: ben.id });
  expect(await userById(ben.id)).toBeNull();
  expect((await auditVerbs()).slice(2)).toEqual([
    "users.disable",
    "users.enable",
    "users.update",
    "users.update",
    "users.delete",
  ]);
  const { orm, t } = database();
  const last = (await orm.select().from(t.auditLog).orderBy(t.auditLog.id)).at(-1);
  expect(last).toMatchObject({ entityName: "Benedict", entityId: ben.id });
  await expect(usersDelete.call(admin, { id: ben.id })).rejects.toMatchObject({ code: "not_found" });
});

test("mail addresses of others are for administrators", async () => {
  const ana = await make("ana");
  const vic = await make("vic", "viewer");
  const seen = await usersList.call(person(vic), {});
  expect(seen.items.map(({ name, email }) => ({ name, email }))).toEqual([
    { name: "ana", email: null },
    { name: "vic", email: "vic@example.org" },
  ]);
  expect((await usersGet.call(person(vic), { id: ana.id })).lastLoginAt).toBeNull();
  expect((await usersList.call(person(ana), {})).items.every((user) => user.email)).toBe(true);
});

test("lists come in pages", async () => {
  for (const name of ["a", "b", "c"]) await make(name);
  const first = await usersList.call(admin, { limit: "2" });
  expect(first.items.map((user) => user.name)).toEqual(["a", "b"]);
  const second = await usersList.call(admin, { limit: 2, cursor: first.nextCursor });
  expect(second).toMatchObject({ items: [{ name: "c" }], nextCursor: null });
});

test("an invitation works once, for seven days, and only its hash is stored", async () => {
  await make("ana");
  const ben = await usersCreate.call(admin, { name: "Ben", email: "ben@example.org", role: "viewer" });
  expect(ben.status).toBe("invited");
  // There is no mail server here, so the administrator gets the link.
  if (ben.invitation?.status !== "not_sent") throw new Error("it should not have been sent");
  expect(ben.invitation.reason).toMatch(/Settings, Email/);
  const token = ben.invitation.url.replace("https://belfry.example/invite/", "");
  const { orm, t } = database();
  const [stored] = await orm.select().from(t.invitations);
  expect(stored?.tokenHash).toBe(hashToken(token));
  expect((stored?.expiresAt ?? 0) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);

  expect(await invitationsGet.call(null, { token })).toEqual({ name: "Ben", email: "ben@example.org" });
  await expect(invitationsAccept.call(null, { token, password: "short" })).rejects.toMatchObject({ code: "invalid" });
  const results = await Promise.allSettled([1, 2].map(() => invitationsAccept.call(null, { token, password })));
  expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(await userById(ben.id)).toMatchObject({ status: "active" });
  await expect(invitationsGet.call(null, { token })).rejects.toMatchObject({ code: "not_found" });
  await expect(usersInvite.call(admin, { id: ben.id })).rejects.toMatchObject({ code: "conflict" });
});

test("a new invitation voids the old one, and an old one expires", async () => {
  const ben = await usersCreate.call(admin, { name: "Ben", email: "ben@example.org", role: "viewer" });
  const again = await usersInvite.call(admin, { id: ben.id });
  const tokens = [ben.invitation, again.invitation].map((sent) =>
    sent?.status === "not_sent" ? sent.url.split("/").at(-1) : "",
  );
  await expect(invitationsAccept.call(null, { token: tokens[0], password })).rejects.toMatchObject({
    code: "not_found",
  });
  const { orm, t } = database();
  await orm.update(t.invitations).set({ expiresAt: Date.now() - 1 });
  await expect(invitationsAccept.call(null, { token: tokens[1], password })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("an invitation needs an address of this installation: its base URL, or the browser's", async () => {
  setRuntimeValue("baseUrl", null);
  const draft = { name: "Ben", email: "ben@example.org", role: "viewer" };
  await expect(usersCreate.call(admin, draft)).rejects.toMatchObject({
    code: "invalid",
    details: { fields: { password: expect.any(String) } },
  });
  const made = await usersCreate.call(admin, { ...draft, origin: "http://192.168.1.5:3000" });
  expect(made.invitation).toMatchObject({
    url: expect.stringMatching(/^http:\/\/192\.168\.1\.5:3000\/invite\/[\w-]{43}$/),
  });
});

test("a disabled invitee cannot sign in, and can be invited again when enabled", async () => {
  const ben = await usersCreate.call(admin, { name: "Ben", email: "ben@example.org", role: "viewer" });
  await usersDisable.call(admin, { id: ben.id });
  expect(await usersEnable.call(admin, { id: ben.id })).toMatchObject({ status: "invited" });
  const { invitation } = await usersInvite.call(admin, { id: ben.id });
  const token = invitation.status === "not_sent" ? invitation.url.split("/").at(-1) : "";
  await invitationsAccept.call(null, { token, password });
});

test("pain 33: names in any script are accepted, control characters are not", async () => {
  for (const name of ["山田 太郎", "<b>Ana</b> @everyone", "Zoë 🔔", `O'Brien "x" --`]) {
    expect(
      (await usersCreate.call(admin, { name, email: `n${name.length}@example.org`, role: "viewer", password })).name,
    ).toBe(name);
  }
  for (const name of ["a\r\nBcc: x@y.z", "nul\u0000"]) {
    await expect(
      usersCreate.call(admin, { name, email: "x@example.org", role: "viewer", password }),
    ).rejects.toMatchObject({ code: "invalid" });
  }
  const { orm, t } = database();
  expect(await orm.select().from(t.users).where(eq(t.users.email, "x@example.org"))).toHaveLength(0);
});
