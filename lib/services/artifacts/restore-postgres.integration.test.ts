import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "@/e2e/support/postgres";
import type { Actor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsRun } from "@/lib/services/jobs/run";
import { sourcesCreate } from "@/lib/services/sources/verbs";
import { artifactsList } from "./list";
import { artifactsRestore } from "./restore";

const admin: Actor = { kind: "command", id: null, name: "the command", role: "admin", address: null };
const operator: Actor = { kind: "api_key", id: "key", name: "an operator", role: "operator", address: null };

let server: PostgresServer;
let world: JobFixture;
beforeAll(async () => {
  server = await startPostgres();
  server.createDatabase("shop");
  await sql("shop", "CREATE TABLE items AS SELECT n AS id, repeat('x', 500) AS name FROM generate_series(1, 20000) n");
  world = await openJobFixture();
  setRuntimeValue("dataDir", world.dataDir);
});
afterAll(async () => {
  await world.close();
  await server.stop();
});

async function sql(database: string, text: string): Promise<Record<string, unknown>[]> {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
const rows = async (database: string) => Number((await sql(database, "SELECT count(*) AS n FROM items"))[0]?.n);

test("a database is backed up, restored beside itself, and over itself once that is confirmed", async () => {
  const { hostname, port, username } = new URL(server.url);
  const config = { host: hostname, port: Number(port), user: username, database: "shop" };
  const source = await sourcesCreate.call(admin, { name: "shop", kind: "postgres", config });
  const job = await jobsCreate.call(admin, {
    name: "shop",
    sourceId: source.id,
    destinationIds: [await world.destination("disk")],
    compression: "zstd",
  });
  await world.runner().start();
  const { runId } = await jobsRun.call(admin, { id: job.id });
  expect(await world.over(runId)).toMatchObject({ status: "success", files: null });
  const [artifact] = (await artifactsList.call(admin, { jobId: job.id })).items;
  const id = artifact?.id;

  const beside = { id, target: { sourceId: source.id, database: "shop_copy" } };
  await expect(artifactsRestore.call(operator, beside)).rejects.toMatchObject({ code: "forbidden" });
  const copied = await artifactsRestore.call(admin, beside);
  expect(await world.over(copied.runId)).toMatchObject({ status: "success", name: "shop_copy on shop" });
  expect(await rows("shop_copy")).toBe(20_000);

  await sql("shop", "DELETE FROM items WHERE id > 7");
  const over = { id, target: { sourceId: source.id, database: "shop" } };
  await expect(artifactsRestore.call(admin, over)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("of the database shop"),
  });
  const asked = { ...over, target: { ...over.target, overwrite: true } };
  await expect(artifactsRestore.call(admin, { ...asked, confirm: "shop_copy" })).rejects.toMatchObject({
    code: "conflict",
  });
  expect(await rows("shop")).toBe(7);
  const restored = await artifactsRestore.call(admin, { ...asked, confirm: "shop" });
  expect(await world.over(restored.runId)).toMatchObject({ status: "success" });
  expect(await rows("shop")).toBe(20_000);
});

test("pain 01: a server that is gone fails the run, in its words, with advice", async () => {
  const source = await sourcesCreate.call(admin, {
    name: "gone",
    kind: "postgres",
    config: { host: "127.0.0.1", port: 1, user: "u", database: "d" },
  });
  const job = await jobsCreate.call(admin, {
    name: "gone",
    sourceId: source.id,
    destinationIds: [await world.destination("other")],
  });
  const { runId } = await jobsRun.call(admin, { id: job.id });
  expect(await world.over(runId)).toMatchObject({
    status: "failure",
    error: expect.stringContaining("Connection refused"),
    advice: expect.stringContaining("Nothing listens there"),
  });
  expect((await world.events()).at(-1)).toMatchObject({ type: "backup.failed" });
});
