import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { database } from "@/db/client";
import { userByEmail } from "@/db/queries/users";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { linkBase } from "@/lib/dispatch/send/installation";
import { setSecretKey } from "@/lib/secrets/key";
import { invitationsAccept } from "@/lib/services/invitations/accept";
import { profilePassword } from "@/lib/services/profile/password";
import { settingsTimezoneGet } from "@/lib/services/settings/timezone-get";
import { usersCreate } from "@/lib/services/users/create";
import { usersUpdate } from "@/lib/services/users/update";
import { setupCreate, setupStatus } from "./create";
import { ensureAdmin } from "./ensure-admin";
import { verifySecretKey } from "./verify-secret-key";

const ana = { name: "Ana", email: "ana@example.org", password: "correct horse battery" };
const code = "ABCD-EFGH-JKMN";
const here = { address: "127.0.0.1", code };

let close: () => Promise<void>;
beforeEach(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
  setRuntimeValue("setupCode", code);
});
afterEach(() => close());

test("two setups at once create one administrator, and setup is closed permanently", async () => {
  const results = await Promise.allSettled([
    setupCreate.call(null, { ...ana, ...here }),
    setupCreate.call(null, { ...ana, email: "ben@example.org", ...here }),
  ]);
  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  const { orm, t } = database();
  const users = await orm.select().from(t.users);
  expect(users).toHaveLength(1);
  expect(users[0]).toMatchObject({ role: "admin", status: "active" });
  await expect(setupCreate.call(null, { ...ana, email: "c@example.org", ...here })).rejects.toMatchObject({
    code: "conflict",
  });
  expect(await setupStatus.call(null, {})).toEqual({ isOpen: false });
  const [row] = await orm.select().from(t.auditLog);
  expect(row).toMatchObject({ verb: "setup.create", actorKind: "user", address: "127.0.0.1" });
  expect(JSON.stringify(row)).not.toContain(ana.password);
});

test.each([null, "127.0.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.7"])(
  "fault E5: a caller from %s is asked for the code that Belfry printed at start",
  async (address) => {
    expect(await setupStatus.call(null, {})).toEqual({ isOpen: true });
    await expect(setupCreate.call(null, { ...ana, address })).rejects.toMatchObject({
      code: "forbidden",
      details: { fields: { code: "Enter the code from the start's output." } },
    });
    await expect(setupCreate.call(null, { ...ana, address, code: "ABCD-EFGH-JKMX" })).rejects.toMatchObject({
      details: { fields: { code: "This is not the code." } },
    });
    await setupCreate.call(null, { ...ana, address, code: " abcd-efgh-jkmn " });
    expect(await userByEmail("ana@example.org")).not.toBeNull();
  },
);

test("fault E5: a wrong code is one line of the log that fits fail2ban", async () => {
  const lines: string[] = [];
  const log = vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  const wrong = { ...ana, address: "198.51.100.7", code: "no such code" };
  await expect(setupCreate.call(null, wrong)).rejects.toMatchObject({ code: "forbidden" });
  log.mockRestore();
  const filter = readFileSync("docs/deploy/fail2ban/filter.d/belfry.conf", "utf8");
  const pattern = /^ {12}(\^.*)$/m.exec(filter)?.[1] ?? "";
  expect(lines.map((line) => new RegExp(pattern.replace("<ADDR>", "([\\d.]+)")).exec(line)?.[1])).toEqual([
    "198.51.100.7",
  ]);
});

test("without a printed code setup is refused", async () => {
  setRuntimeValue("setupCode", null);
  for (const wrong of ["", "null", "undefined"])
    await expect(setupCreate.call(null, { ...ana, ...here, code: wrong })).rejects.toMatchObject({ code: "forbidden" });
});

test("every wrong field is named", async () => {
  await expect(
    setupCreate.call(null, { name: " ", email: "nowhere", password: "short", ...here }),
  ).rejects.toMatchObject({
    code: "invalid",
    details: {
      fields: {
        name: "Enter a name.",
        email: expect.stringContaining("mail address"),
        password: "Use at least 10 characters.",
      },
    },
  });
  await expect(setupCreate.call(null, { ...ana, password: "ana@example.org", ...here })).rejects.toMatchObject({
    details: { fields: { password: expect.stringContaining("mail address") } },
  });
});

test("fault E14: a password that is easy to guess is refused wherever one is set, in the same words", async () => {
  const password = "1234567890";
  const refused = { code: "invalid", details: { fields: { password: expect.stringContaining("too easy to guess") } } };
  await expect(setupCreate.call(systemActor, { ...ana, password })).rejects.toMatchObject(refused);
  await expect(ensureAdmin({ email: ana.email, password })).rejects.toThrow(
    /^BELFRY_ADMIN_PASSWORD cannot be used\. This password is too easy to guess\./,
  );
  const { id } = await setupCreate.call(systemActor, ana);
  const ben = { name: "Ben", email: "ben@example.org", role: "viewer" };
  await expect(usersCreate.call(systemActor, { ...ben, password })).rejects.toMatchObject(refused);
  await expect(usersUpdate.call(systemActor, { id, password })).rejects.toMatchObject(refused);
  // Easy to guess for this account alone.
  await expect(usersUpdate.call(systemActor, { id, password: "ana@example1" })).rejects.toMatchObject(refused);
  const actor = { kind: "user", id, timezone: null, address: null, ...ana, role: "admin" } as const;
  const change = { current: ana.password, password };
  await expect(profilePassword.call(actor, change)).rejects.toMatchObject(refused);
  const made = await usersCreate.call(systemActor, { ...ben, origin: "https://belfry.example" });
  const token = made.invitation?.status === "not_sent" ? made.invitation.url.split("/").at(-1) : "";
  await expect(invitationsAccept.call(null, { token, password })).rejects.toMatchObject(refused);
});

test("the environment's administrator is created once, without a code", async () => {
  expect(await ensureAdmin({ email: ana.email, password: ana.password })).toBe(true);
  expect(await ensureAdmin({ email: "other@example.org", password: ana.password })).toBe(false);
  expect(await userByEmail("other@example.org")).toBeNull();
});

test("a key that does not open the stored check value stops the start", async () => {
  await verifySecretKey();
  await verifySecretKey();
  setSecretKey("z".repeat(32));
  await expect(verifySecretKey()).rejects.toThrow(/does not belong to this database/);
  setSecretKey("k".repeat(32));
  await verifySecretKey();
});

test("fault F7: the zone that was chosen at set-up is that of the installation; an unknown one is refused beside its field", async () => {
  await expect(setupCreate.call(null, { ...ana, ...here, timezone: "Asia/Nowhere" })).rejects.toMatchObject({
    code: "invalid",
    details: { fields: { timezone: "This time zone is not known." } },
  });
  await setupCreate.call(null, { ...ana, ...here, timezone: "Asia/Tokyo" });
  expect(await settingsTimezoneGet.call(systemActor, {})).toEqual({ timezone: "Asia/Tokyo" });
});

test("fault F7: links lead to the address that was entered at set-up", async () => {
  await setupCreate.call(null, { ...ana, ...here, timezone: "", ownAddress: "https://backup.example/" });
  expect(await linkBase("http://10.0.0.5:4000")).toBe("https://backup.example");
});
