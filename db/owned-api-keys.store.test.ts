import { afterAll, beforeAll, expect, test } from "vitest";
import { database, databaseHandle } from "./client";
import { migrate } from "./migrate";
import { copyMigrations } from "./old-versions/migrations";
import { insertRows, old } from "./old-versions/rows";
import { emptyDatabase } from "./testing";

let remove: () => Promise<void>;
beforeAll(async () => {
  remove = await emptyDatabase();
});
afterAll(() => remove());

const key = (id: string, createdBy: string | null) =>
  old({ id, name: id, role: "operator", key_hash: id, hint: "abcd", created_by: createdBy, created_at: 1 });
const user = (id: string, name: string) =>
  old({
    id,
    name,
    email: id,
    email_key: id,
    role: "admin",
    status: "active",
    session_version: 1,
    created_at: 1,
    updated_at: 1,
  });
const made = (keyId: string, actorName: string) =>
  old({
    id: `aud_${keyId}`,
    at: 1,
    actor_kind: "user",
    actor_name: actorName,
    verb: "apiKeys.create",
    entity: "api_key",
    entity_id: keyId,
  });

test("fault E11: keys of an older version get the account of their maker, also of one that is deleted or another key", async () => {
  const before = copyMigrations({ kind: databaseHandle().kind, until: "0007_open_rows" });
  await migrate(before.root);
  before.remove();
  await insertRows(databaseHandle(), {
    lastMigration: "0007_open_rows",
    movedRows: {},
    renamedColumns: {},
    rows: {
      users: [user("usr_ana", "Ana")],
      audit_log: [made("key_gone", "Ben"), made("key_by_key", "key_own"), made("key_command", "Command line")],
      api_keys: [
        key("key_own", "usr_ana"),
        key("key_gone", "usr_gone"),
        key("key_by_key", "key_own"),
        key("key_by_key_by_key", "key_by_key"),
        key("key_command", null),
      ],
    },
  });
  await migrate(process.cwd());
  const { orm, t } = database();
  const rows = await orm.select().from(t.apiKeys).orderBy(t.apiKeys.id);
  expect(rows.map(({ id, ownerId, createdByName, expiresAt }) => [id, ownerId, createdByName, expiresAt])).toEqual([
    ["key_by_key", "usr_ana", "key_own", null],
    ["key_by_key_by_key", "usr_ana", null, null],
    ["key_command", null, "Command line", null],
    ["key_gone", "usr_gone", "Ben", null],
    ["key_own", "usr_ana", "Ana", null],
  ]);
});
