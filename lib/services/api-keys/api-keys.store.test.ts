import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { actorOfBearer } from "@/lib/auth/access/api-key";
import { auditList } from "@/lib/services/audit/list";
import { apiKeysCreate } from "./create";
import { apiKeysList } from "./list";
import { apiKeysRevoke } from "./revoke";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
});
afterAll(() => close());

test("a key is shown once, works with its role, and is refused once revoked", async () => {
  const made = await apiKeysCreate.call(systemActor, { name: "CI", role: "operator" });
  expect(made.key).toMatch(/^bfy_[\w-]{43}$/);
  expect(await actorOfBearer(`Bearer ${made.key}`, null)).toMatchObject({
    kind: "api_key",
    id: made.id,
    role: "operator",
  });
  const { orm, t } = database();
  const stored = JSON.stringify([await orm.select().from(t.apiKeys), await orm.select().from(t.auditLog)]);
  expect(stored).not.toContain(made.key);
  const listed = await apiKeysList.call(systemActor, {});
  expect(listed.items).toMatchObject([{ id: made.id, name: "CI", hint: made.key.slice(-4), revokedAt: null }]);
  expect(JSON.stringify(listed)).not.toContain(made.key);

  expect(await apiKeysRevoke.call(systemActor, { id: made.id })).toMatchObject({ revokedAt: expect.any(String) });
  // On PostgreSQL the other way round is a notice from the database; here a second is the promise.
  await expect.poll(() => actorOfBearer(`Bearer ${made.key}`, null), { timeout: 1_500 }).toBeNull();
  await expect(apiKeysRevoke.call(systemActor, { id: made.id })).rejects.toMatchObject({ code: "conflict" });
  await expect(apiKeysRevoke.call(systemActor, { id: "key_none" })).rejects.toMatchObject({ code: "not_found" });
});

test("the audit log pages backwards and filters", async () => {
  for (const name of ["one", "two", "three"]) await apiKeysCreate.call(systemActor, { name, role: "viewer" });
  const first = await auditList.call(systemActor, { limit: 2 });
  expect(first.items.map((row) => row.entityName)).toEqual(["three", "two"]);
  const second = await auditList.call(systemActor, { limit: 2, cursor: first.nextCursor });
  expect(second.items.map((row) => `${row.verb} ${row.entityName}`)).toEqual([
    "apiKeys.create one",
    "apiKeys.revoke CI",
  ]);
  const revoked = await auditList.call(systemActor, { verb: "apiKeys.revoke" });
  expect(revoked).toMatchObject({
    items: [{ entity: "api_key", actorName: "Belfry", at: expect.stringMatching(/Z$/) }],
    nextCursor: null,
  });
  await expect(auditList.call(systemActor, { cursor: "x'; drop" })).rejects.toMatchObject({ code: "invalid" });
});
