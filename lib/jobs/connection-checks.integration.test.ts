import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { connectionsOf } from "@/db/queries/connections";
import { insertEndpoint } from "@/db/stores/endpoints";
import { startPostgres } from "@/e2e/support/postgres";
import { startS3Server } from "@/e2e/support/s3-server";
import { newId } from "@/lib/core/id";
import { checkConnections } from "./connection-checks";
import { type JobFixture, openJobFixture } from "./testing/job-fixture";
import { audit } from "./testing/job-rows";

const MINUTE = 60_000;

let fixture: JobFixture;
let now: number;
beforeEach(async () => {
  fixture = await openJobFixture();
  now = Date.now();
});
afterEach(() => fixture.close());

async function minutes(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    now += MINUTE;
    await checkConnections(now);
  }
}

async function messages(): Promise<string[]> {
  const { orm, t } = database();
  const rows = await orm.select().from(t.events).orderBy(t.events.id);
  return rows.map(({ notification: { title, message } }) => `${title}\n${message}`);
}

test("another version of a database server is reported once, and its stop too", async () => {
  const server = await startPostgres();
  try {
    server.createDatabase("shop");
    const { hostname, port, username } = new URL(server.url);
    const config = { host: hostname, port: Number(port), user: username, database: "shop", verifyServer: false };
    const id = await fixture.source("postgres", config);
    await minutes(1);
    const { orm, t } = database();
    const version = (await connectionsOf([id])).get(id)?.version;
    expect(version).toMatch(/^\d+/);
    // As after an upgrade: the last look met an older server.
    await orm.update(t.connections).set({ version: "9.6" });
    await minutes(10);
    expect(await messages()).toEqual([expect.stringContaining(`has version ${version}; it had 9.6.`)]);
  } finally {
    await server.stop();
  }
  await minutes(8);
  expect((await messages()).at(-1)).toMatch(/^Connection Offline: source .*\n[\s\S]*3 looks in a row/);
});

test("a bucket whose service is gone is offline, though measuring asks it nothing", async () => {
  const server = await startS3Server();
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = server;
  const id = newId("dst");
  const config = { endpoint, region, bucket, accessKeyId, secretAccessKey };
  const row = { id, name: "bucket", kind: "s3", config, secrets: null, mounts: null, createdAt: now, updatedAt: now };
  try {
    await insertEndpoint("destinations", row, audit());
    const before = server.objects();
    await minutes(1);
    expect((await connectionsOf([id])).get(id)).toMatchObject({ misses: 0 });
    expect(server.objects()).toEqual(before);
  } finally {
    await server.stop();
  }
  await minutes(8);
  expect((await messages()).at(-1)).toContain("Connection Offline: bucket");
});
