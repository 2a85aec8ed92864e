import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { database, databaseHandle } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { runtimeValue } from "@/lib/core/runtime";
import { jobsOverOwnData } from "./own-data";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
});
afterAll(() => close());

/** Stores a job over a source, as an earlier version would have. */
async function insertJob(id: string, kind: string, config: Record<string, unknown>): Promise<void> {
  const { orm, t } = database();
  const times = { createdAt: 1, updatedAt: 1 };
  await orm.insert(t.sources).values({ id: `src_${id}`, name: id, kind, config, ...times });
  const job = { kind: "managed" as const, enabled: false, compression: "none" as const, keepLast: 1, retries: 0 };
  await orm.insert(t.jobs).values({ id, name: id, slug: id, sourceId: `src_${id}`, graceMinutes: 1, ...job, ...times });
}

test("fault E9: jobs over Belfry's own database, its key, or what holds them are known, others are not taken for them", async () => {
  const dataDir = runtimeValue("dataDir");
  const handle = databaseHandle();
  const server = { host: "db.example", user: "backup" };
  const own: Record<string, [string, Record<string, unknown>]> = {
    key: ["directory", { path: `${dataDir}/` }],
    above: ["directory", { path: join(dataDir, "..") }],
    root: ["directory", { path: "/" }],
    old: ["sqlite", { path: join(dataDir, "x", "..", "belfry.db") }],
    database:
      handle.kind === "sqlite"
        ? ["sqlite", { path: handle.file }]
        : [
            "postgres",
            { ...server, port: Number(new URL(handle.url).port), database: new URL(handle.url).pathname.slice(1) },
          ],
  };
  const others: Record<string, [string, Record<string, unknown>]> = {
    beside: ["directory", { path: `${dataDir}-of-another` }],
    inside: ["directory", { path: join(dataDir, "demo") }],
    file: ["sqlite", { path: "/srv/belfry.db" }],
    shop: ["postgres", { ...server, port: 5432, database: "shop" }],
    unknown: ["of-another-version", { path: dataDir }],
    damaged: ["sqlite", { path: 42 }],
  };
  for (const [id, [kind, config]] of Object.entries({ ...own, ...others })) await insertJob(id, kind, config);
  expect([...(await jobsOverOwnData())].sort()).toEqual(Object.keys(own).sort());
});
