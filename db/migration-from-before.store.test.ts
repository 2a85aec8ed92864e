import { getTableColumns, getTableName } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { readNotificationSettings } from "@/lib/dispatch/plan/notification-settings";
import { setSecretKey } from "@/lib/secrets/key";
import { alertsList } from "@/lib/services/alerts/list";
import { apiKeysList } from "@/lib/services/api-keys/list";
import { artifactsList } from "@/lib/services/artifacts/list";
import { auditList } from "@/lib/services/audit/list";
import { channelsList } from "@/lib/services/channels/list";
import { deliveriesGet, deliveryDetailSchema } from "@/lib/services/deliveries/get";
import { deliveriesList } from "@/lib/services/deliveries/list";
import { eventsList } from "@/lib/services/events/list";
import { jobsGet } from "@/lib/services/jobs/get";
import { runsList } from "@/lib/services/runs/list";
import { usersList } from "@/lib/services/users/list";
import { closeDatabase, database, databaseHandle, openDatabase } from "./client";
import { migrate } from "./migrate";
import { CHANNEL_TEXTS } from "./old-versions/0001-channel-texts";
import { allMigrations, appliedMigrations, copyMigrations, dumpDatabase } from "./old-versions/migrations";
import { insertRows, migratedRow } from "./old-versions/rows";
import { settingValue } from "./queries/dispatch";
import { claimQueues } from "./stores/channel-queue";
import { readConfiguration } from "./stores/configuration";
import { holdLease } from "./stores/leases";
import { claim } from "./stores/outbox";
import { reclaimExpired } from "./stores/reclaim";
import { readOrStoreSecretCheck } from "./stores/secret-check";
import { emptyDatabase } from "./testing";

const MIGRATION = "0002_plain_terms";
const ROOT = process.cwd();

/** Opens a database of the version before, with every kind of row that it can hold. @returns the function that removes it */
async function openOldVersion(): Promise<() => Promise<void>> {
  const remove = await emptyDatabase();
  const old = copyMigrations({ kind: databaseHandle().kind, until: CHANNEL_TEXTS.lastMigration });
  await migrate(old.root);
  old.remove();
  await insertRows(databaseHandle(), CHANNEL_TEXTS);
  return remove;
}

/** Key order is no part of a JSON value. */
const byText = (rows: object[]) => rows.map((row) => JSON.stringify(row, (_, value) => sortKeys(value))).sort();

function sortKeys(value: unknown): unknown {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

describe("a migrated database", () => {
  let remove: () => Promise<void>;
  beforeAll(async () => {
    setSecretKey("k".repeat(32));
    remove = await openOldVersion();
    await migrate(ROOT);
  });
  afterAll(() => remove());

  const tableNames = [...new Set([...Object.keys(CHANNEL_TEXTS.rows), ...Object.keys(CHANNEL_TEXTS.movedRows)])];
  const tables = (): PgTable[] => Object.values(database().t);

  test("was filled in each table, with each kind, status, route and outcome", () => {
    expect(tables().map(getTableName)).toEqual(expect.arrayContaining(tableNames));
    const countValues = (table: string, column: string) =>
      new Set((CHANNEL_TEXTS.rows[table] ?? []).map(({ row }) => row[column])).size;
    expect({
      deliveryKinds: countValues("deliveries", "kind"),
      deliveryStatuses: countValues("deliveries", "status"),
      routes: countValues("deliveries", "route"),
      runStatuses: countValues("runs", "status"),
      runKinds: countValues("runs", "kind"),
      alertStatuses: countValues("alerts", "status"),
      attemptOutcomes: countValues("attempts", "outcome"),
      healths: countValues("channel_states", "health"),
    }).toEqual({
      deliveryKinds: 6,
      deliveryStatuses: 7,
      routes: 8,
      runStatuses: 6,
      runKinds: 3,
      alertStatuses: 3,
      attemptOutcomes: 4,
      healths: 3,
    });
  });

  test.each(tableNames)("has every row of %s under the new names and codes, and no other", async (name) => {
    const table = tables().find((one) => getTableName(one) === name);
    if (!table) throw new Error(`There is no table ${name}.`);
    const all = Object.entries(getTableColumns(table));
    const before = [...(CHANNEL_TEXTS.rows[name] ?? []), ...(CHANNEL_TEXTS.movedRows[name]?.rows ?? [])];
    const expected = before.map((row) => {
      const values = migratedRow(row, CHANNEL_TEXTS.renamedColumns[name]);
      const isKnown = ({ name: column }: { name: string }) => Object.hasOwn(values, column);
      expect(all.map(([, column]) => column.name)).toEqual(expect.arrayContaining(Object.keys(values)));
      // A later migration fills its own new columns.
      expect(all.filter(([, column]) => !isKnown(column) && column.notNull && !column.hasDefault)).toEqual([]);
      return Object.fromEntries(all.flatMap(([key, column]) => (isKnown(column) ? [[key, values[column.name]]] : [])));
    });
    const known = Object.keys(expected[0] ?? {});
    const rows = await database().orm.select().from(table);
    expect(byText(rows.map((row) => Object.fromEntries(known.map((key) => [key, row[key]]))))).toEqual(
      byText(expected),
    );
  });

  test("keeps its own state out of the configuration", async () => {
    const { settings } = await readConfiguration();
    expect(settings.map(({ key }) => key).sort()).toEqual(["config-backup", "email", "general", "notifications"]);
    const { events, globalChannels } = readNotificationSettings(await settingValue("notifications"));
    expect(globalChannels).toEqual(["chn_mail"]);
    expect(events["channel.failing"]).toMatchObject({
      channels: ["chn_hook"],
      remindHours: 6,
      notifyOnRecovery: false,
    });
    expect(await readOrStoreSecretCheck("another", 1)).toBe("s1.sealed-by-the-old-version");
    // A lease that lies further ahead than any lease lasts is believed of nobody.
    const request = { owner: "wrk_new", ttlMs: 1_000, now: Date.now(), workedAt: null };
    expect(await holdLease("scheduler", request)).toBe(true);
  });

  test("shows everything to the verbs of today", async () => {
    const all = { limit: 200 };
    const count = (table: string) => CHANNEL_TEXTS.rows[table]?.length;
    const lists = {
      alerts: await alertsList.call(systemActor, all),
      api_keys: await apiKeysList.call(systemActor, all),
      artifacts: await artifactsList.call(systemActor, all),
      audit_log: await auditList.call(systemActor, all),
      channels: await channelsList.call(systemActor, all),
      deliveries: await deliveriesList.call(systemActor, all),
      runs: await runsList.call(systemActor, all),
      users: await usersList.call(systemActor, all),
    };
    for (const [table, { items }] of Object.entries(lists))
      expect([table, items.length]).toEqual([table, count(table)]);
    expect((await eventsList.call(systemActor, all)).items.map(({ id }) => id).sort()).toEqual([
      "evt_custom",
      "evt_failed",
    ]);
    for (const { id } of lists.deliveries.items)
      deliveryDetailSchema.parse(await deliveriesGet.call(systemActor, { id }));
    const failing = await channelsList.call(systemActor, { state: "failing" });
    expect(failing.items.map(({ id }) => id)).toEqual(["chn_hook"]);
    const ana: Actor = {
      kind: "user",
      id: "usr_ana",
      name: "Ana",
      email: "",
      role: "admin",
      timezone: null,
      address: null,
    };
    expect(await jobsGet.call(ana, { id: "job_nightly" })).toMatchObject({
      id: "job_nightly",
      notifications: [
        { id: "jnt_1", notifyOnRecovery: true, condition: "custom", outcomes: { success: { sound: "bell" } } },
        { id: "jnt_2", notifyOnRecovery: false },
      ],
    });
  });

  test("gives its unsent deliveries to the workers of today", async () => {
    const now = Date.now();
    expect(await reclaimExpired()).toBe(2);
    const [queue] = await claimQueues(["chn_hook"], "wrk_new:1");
    if (!queue) throw new Error("The queue is not free.");
    const claimed = await claim(queue, { limit: 100, now, leaseUntil: now + 1, isProbe: false });
    expect(claimed.map(({ id, kind, route }) => [id, kind, route])).toEqual([
      ["dlv_pending", "initial", "rule"],
      ["dlv_sending", "initial", "rule"],
      ["dlv_sending_again", "initial", "rule"],
    ]);
  });
});

describe("the migration", () => {
  let remove: () => Promise<void>;
  beforeEach(async () => {
    remove = await openOldVersion();
  });
  afterEach(() => remove());

  test.each(["at its first statement", "in the middle", "after its last statement"])(
    "leaves the version before as it was when it fails %s, and succeeds at the next start",
    async (where) => {
      const { kind } = databaseHandle();
      const whole = copyMigrations({ kind });
      const count = whole.countStatements(MIGRATION);
      whole.remove();
      const before = where.includes("first") ? 0 : where.includes("middle") ? Math.floor(count / 2) : count;
      const damaged = copyMigrations({ kind, fault: { tag: MIGRATION, before } });
      const dump = await dumpDatabase(databaseHandle());
      await expect(migrate(damaged.root)).rejects.toThrow(/no_such_table/);
      damaged.remove();
      expect(await dumpDatabase(databaseHandle())).toEqual(dump);
      await migrate(ROOT);
      expect(await appliedMigrations(databaseHandle())).toHaveLength(allMigrations(kind).length);
    },
  );

  test("changes nothing when it is run again", async () => {
    await migrate(ROOT);
    const dump = await dumpDatabase(databaseHandle());
    await migrate(ROOT);
    expect(await dumpDatabase(databaseHandle())).toEqual(dump);
  });

  test("is made once when two processes start at once", async () => {
    const first = databaseHandle();
    const options = first.kind === "sqlite" ? { file: first.file } : { url: first.url, file: "" };
    const firstDone = migrate(ROOT);
    openDatabase(options);
    await Promise.all([firstDone, migrate(ROOT)]);
    const count = allMigrations(first.kind).length;
    expect(new Set(await appliedMigrations(databaseHandle())).size).toBe(count);
    expect(await appliedMigrations(databaseHandle())).toHaveLength(count);
    await closeDatabase();
    await (first.kind === "sqlite" ? first.raw.close() : first.pool.end());
  });
});
