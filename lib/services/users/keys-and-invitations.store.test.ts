import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { actorOfBearer } from "@/lib/auth/access/api-key";
import { commandActor } from "@/lib/auth/access/command-actor";
import type { Role } from "@/lib/core/role";
import { setRuntimeValue } from "@/lib/core/runtime";
import { setSecretKey } from "@/lib/secrets/key";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { apiKeysList } from "@/lib/services/api-keys/list";
import { invitationsAccept, invitationsGet } from "@/lib/services/invitations/accept";
import { usersCreate } from "./create";
import { usersDelete } from "./delete";
import { usersDisable, usersEnable } from "./enable";
import { usersGet } from "./get";
import { usersInvite } from "./invite";
import { usersUpdate } from "./update";

const password = "correct horse battery";
let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
  setRuntimeValue("dataDir", "/nowhere");
});
afterAll(() => close());
beforeEach(async () => {
  setRuntimeValue("baseUrl", "https://belfry.example");
  const { orm, t } = database();
  for (const table of [t.users, t.invitations, t.apiKeys, t.auditLog, t.events]) await orm.delete(table);
});

async function account(name: string, role: Role = "admin"): Promise<Actor & { kind: "user" }> {
  const { id, email } = await usersCreate.call(systemActor, { name, email: `${name}@example.org`, role, password });
  return { kind: "user", id, name, email: email ?? "", role, timezone: null, address: "192.0.2.7" };
}
const keyOf = (maker: Actor, name: string, role: Role = "operator") => apiKeysCreate.call(maker, { name, role });
const isAccepted = async (key: string) => (await actorOfBearer(`Bearer ${key}`, null)) !== null;
/** On PostgreSQL the notice comes from the database; a second is the promise. */
const refusesSoon = (key: string) => expect.poll(() => isAccepted(key), { timeout: 1_500 }).toBe(false);

const TAKES_ACCESS: [name: string, take: (id: string, keepKeys?: string[]) => Promise<object>][] = [
  ["disabling", (id, keepKeys) => usersDisable.call(systemActor, { id, keepKeys })],
  ["deleting", (id, keepKeys) => usersDelete.call(systemActor, { id, keepKeys })],
  ["a lower role", (id, keepKeys) => usersUpdate.call(systemActor, { id, role: "operator", keepKeys })],
];

test.each(TAKES_ACCESS)("fault E11: %s an account revokes its keys, also those that its keys made", async (_, take) => {
  await account("zoe");
  const ana = await account("ana");
  const own = await keyOf(ana, "Grafana", "viewer");
  const root = await keyOf(ana, "Ansible", "admin");
  const actor = await actorOfBearer(`Bearer ${root.key}`, null);
  if (!actor) throw new Error("the key is refused");
  const child = await keyOf(actor, "made by a key");
  expect(child).toMatchObject({ createdBy: "Ansible", owner: { id: ana.id, name: "ana", status: "active" } });
  const listed = await apiKeysList.call(systemActor, { owner: ana.id, validOnly: "true" });
  expect(listed.items.map(({ id }) => id).sort()).toEqual([own.id, root.id, child.id].sort());

  expect(await take(ana.id)).toMatchObject({
    keptKeys: [],
    revokedKeys: expect.arrayContaining([own, root, child].map(({ id, name }) => ({ id, name }))),
  });
  for (const { key } of [own, root, child]) await refusesSoon(key);
  const { orm, t } = database();
  const rows = await orm.select().from(t.auditLog).where(eq(t.auditLog.entityId, child.id));
  expect(rows.map(({ verb, detail }) => [verb.split(".")[0], detail])).toContainEqual([
    "users",
    { change: "revoked", account: "ana" },
  ]);
});

test.each(TAKES_ACCESS)("fault E11: %s an account keeps the keys that are named, for the caller", async (_, take) => {
  await account("zoe");
  const ana = await account("ana");
  const [kept, lost] = [await keyOf(ana, "kept"), await keyOf(ana, "lost")];
  expect(await take(ana.id, [kept.id])).toMatchObject({
    keptKeys: [{ id: kept.id, name: "kept" }],
    revokedKeys: [{ id: lost.id, name: "lost" }],
  });
  await refusesSoon(lost.key);
  expect(await isAccepted(kept.key)).toBe(true);
  const { items } = await apiKeysList.call(systemActor, { validOnly: true });
  expect(items).toMatchObject([{ id: kept.id, createdBy: "ana", owner: null }]);
});

test("fault E11: a kept key goes with the administrator who kept it, and then with that account", async () => {
  await account("zoe");
  const [ana, ben] = [await account("ana"), await account("ben")];
  const kept = await keyOf(ana, "kept");
  await usersDisable.call(ben, { id: ana.id, keepKeys: kept.id });
  const { items } = await apiKeysList.call(systemActor, { owner: ben.id });
  expect(items).toMatchObject([{ id: kept.id, createdBy: "ana", owner: { id: ben.id, name: "ben" } }]);
  await usersEnable.call(systemActor, { id: ana.id });
  await usersDelete.call(systemActor, { id: ana.id });
  expect(await isAccepted(kept.key)).toBe(true);
  await usersUpdate.call(systemActor, { id: ben.id, role: "viewer" });
  await refusesSoon(kept.key);
});

test("fault E11: nobody keeps keys for an account that loses them, nor foreign, revoked or unknown ones", async () => {
  const [zoe, ana] = [await account("zoe"), await account("ana")];
  const [own, hers] = [await keyOf(ana, "own"), await keyOf(zoe, "hers")];
  await expect(usersUpdate.call(ana, { id: ana.id, role: "viewer", keepKeys: [own.id] })).rejects.toMatchObject({
    code: "invalid",
    details: { fields: { keepKeys: expect.stringContaining("another administrator") } },
  });
  for (const keepKeys of [[hers.id], ["key_none"]]) {
    await expect(usersDisable.call(zoe, { id: ana.id, keepKeys })).rejects.toMatchObject({ code: "invalid" });
  }
  await expect(usersUpdate.call(zoe, { id: ana.id, name: "Ana", keepKeys: [own.id] })).rejects.toMatchObject({
    code: "invalid",
  });
  // Nothing of a refused change is done.
  expect(await usersGet.call(zoe, { id: ana.id })).toMatchObject({ name: "ana", role: "admin", status: "active" });
  expect(await isAccepted(own.key)).toBe(true);
});

test("fault E11: a higher role, another name or password, and enabling revoke nothing", async () => {
  await account("zoe");
  const ana = await account("ana");
  const made = await keyOf(ana, "CI");
  for (const change of [{ role: "admin" }, { name: "Anna" }, { password: "another good one" }]) {
    expect(await usersUpdate.call(systemActor, { id: ana.id, ...change })).toMatchObject({ revokedKeys: [] });
  }
  expect(await isAccepted(made.key)).toBe(true);
});

test("fault E11: who loses access while a key is being made is left with none", async () => {
  await account("zoe");
  const ana = await account("ana");
  const [made] = await Promise.allSettled([keyOf(ana, "late"), usersDisable.call(systemActor, { id: ana.id })]);
  if (made.status === "fulfilled") await refusesSoon(made.value.key);
  else expect(made.reason).toMatchObject({ code: "forbidden" });
  await expect(keyOf(ana, "later")).rejects.toMatchObject({ code: "forbidden" });
  const { items } = await apiKeysList.call(systemActor, { owner: ana.id, validOnly: true });
  expect(items).toEqual([]);
});

test("fault E11: a revoked or expired key makes no other key, also when it was let in just before", async () => {
  const root = await keyOf(systemActor, "root", "admin");
  const actor = await actorOfBearer(`Bearer ${root.key}`, null);
  const { orm, t } = database();
  await orm.update(t.apiKeys).set({ expiresAt: Date.now() - 1 });
  await expect(keyOf(actor as Actor, "child")).rejects.toMatchObject({ code: "forbidden" });
});

const DAY = 86_400_000;

test("fault E11: a key expires at the time that was chosen, and its refusal says so", async () => {
  const forever = await keyOf(systemActor, "forever");
  expect(forever).toMatchObject({ expiresAt: null, state: "valid", createdBy: "Belfry", owner: null });
  const month = await apiKeysCreate.call(systemActor, { name: "month", role: "viewer", expiresInDays: 30 });
  expect(Date.parse(month.expiresAt ?? "") - Date.now()).toBeGreaterThan(30 * DAY - 60_000);
  const week = await apiKeysCreate.call(commandActor, { name: "week", role: "viewer", expiresInDays: 5 });
  expect(week).toMatchObject({ state: "expiring", createdBy: "Command line" });

  const { orm, t } = database();
  expect(await isAccepted(month.key)).toBe(true);
  await orm
    .update(t.apiKeys)
    .set({ expiresAt: Date.now() - 1 })
    .where(eq(t.apiKeys.id, month.id));
  await expect
    .poll(() => actorOfBearer(`Bearer ${month.key}`, null).then(() => "accepted", String), { timeout: 1_500 })
    .toMatch(/The API key “month” expired at 20\d\d-.*Ask an administrator for a new one/);
  const { items } = await apiKeysList.call(systemActor, {});
  expect(items.map(({ name, state }) => [name, state])).toEqual([
    ["week", "expiring"],
    ["month", "expired"],
    ["forever", "valid"],
  ]);
  expect((await apiKeysList.call(systemActor, { validOnly: true })).items).toHaveLength(2);
});

test("fault E11: a day counts to its end in the time zone of its maker", async () => {
  const ana = { ...(await account("ana")), timezone: "America/New_York" };
  const year = new Date().getUTCFullYear() + 1;
  const made = (expiresAt: string) => apiKeysCreate.call(ana, { name: "day", role: "viewer", expiresAt });
  expect((await made(`${year}-01-31`)).expiresAt).toBe(`${year}-02-01T05:00:00.000Z`);
  expect((await made(`${year}-07-31`)).expiresAt).toBe(`${year}-08-01T04:00:00.000Z`);
  expect((await made(`${year}-07-31T12:00:00+02:00`)).expiresAt).toBe(`${year}-07-31T10:00:00.000Z`);
  for (const expiresAt of [
    "2020-01-31",
    "2020-01-31T00:00:00Z",
    `${year + 7}-01-01`,
    "tomorrow",
    `${year}-02-30`,
    "",
  ]) {
    await expect(made(expiresAt)).rejects.toMatchObject({
      code: "invalid",
      details: { fields: { expiresAt: expect.any(String) } },
    });
  }
  const both = { name: "both", role: "viewer", expiresAt: `${year}-01-31`, expiresInDays: 30 };
  await expect(apiKeysCreate.call(ana, both)).rejects.toMatchObject({ code: "invalid" });
  for (const expiresInDays of [0, 1.5, 1_826, -1]) {
    await expect(apiKeysCreate.call(ana, { name: "days", role: "viewer", expiresInDays })).rejects.toMatchObject({
      code: "invalid",
    });
  }
});

async function invite(name = "ben", role: Role = "viewer"): Promise<{ id: string; token: string }> {
  const { id, invitation } = await usersCreate.call(systemActor, { name, email: `${name}@example.org`, role });
  return { id, token: tokenOf(invitation) };
}
function tokenOf(invitation: { status: string; url?: string } | null): string {
  return invitation?.url?.split("/").at(-1) ?? "";
}
const isVoid = async (token: string) => {
  await expect(invitationsGet.call(null, { token })).rejects.toMatchObject({ code: "not_found" });
  await expect(invitationsAccept.call(null, { token, password })).rejects.toMatchObject({ code: "not_found" });
};

test("fault E8: an invitation is void once its address was corrected", async () => {
  const { id, token } = await invite();
  expect(await usersGet.call(systemActor, { id })).toMatchObject({ invitationExpiresAt: expect.any(String) });
  await usersUpdate.call(systemActor, { id, email: "Benedict@example.org" });
  await isVoid(token);
  expect(await usersGet.call(systemActor, { id })).toMatchObject({ status: "invited", invitationExpiresAt: null });
  const again = tokenOf((await usersInvite.call(systemActor, { id })).invitation);
  expect(await invitationsAccept.call(null, { token: again, password })).toMatchObject({
    email: "Benedict@example.org",
  });
});

test("fault E8: an invitation is void once its account was disabled, also after it was enabled again", async () => {
  await account("zoe");
  const { id, token } = await invite();
  await usersDisable.call(systemActor, { id });
  await isVoid(token);
  expect(await usersEnable.call(systemActor, { id })).toMatchObject({ status: "invited" });
  await isVoid(token);
});

test("fault E8: an invitation gives no more than the role that it was sent for", async () => {
  const { id, token } = await invite("ben", "operator");
  await usersUpdate.call(systemActor, { id, role: "viewer", name: "Ben", email: "ben@example.org" });
  expect(await invitationsGet.call(null, { token })).toMatchObject({ name: "Ben" });
  await usersUpdate.call(systemActor, { id, role: "admin" });
  await isVoid(token);
});

test("fault E8: an invitation is void once an administrator set a password, or the account was deleted", async () => {
  const [ben, eva] = [await invite("ben"), await invite("eva")];
  await usersUpdate.call(systemActor, { id: ben.id, password });
  await isVoid(ben.token);
  await usersDelete.call(systemActor, { id: eva.id });
  await isVoid(eva.token);
});

test("fault E8: of an accepted invitation and a corrected address at the same moment, one wins whole", async () => {
  const { id, token } = await invite();
  const [accepted] = await Promise.allSettled([
    invitationsAccept.call(null, { token, password }),
    usersUpdate.call(systemActor, { id, email: "other@example.org" }),
  ]);
  const { status } = await usersGet.call(systemActor, { id });
  expect(status).toBe(accepted.status === "fulfilled" ? "active" : "invited");
  await isVoid(token);
});
