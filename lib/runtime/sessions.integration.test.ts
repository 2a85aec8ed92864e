import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Belfry, prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { type PostgresServer, startPostgres } from "@/e2e/support/postgres";
import { sealedCookie } from "@/lib/auth/access/testing";
import { setSecretKey } from "@/lib/secrets/key";

const SECRET = "a key for the tests of sessions, long enough";
const ADMIN = { BELFRY_ADMIN_EMAIL: "anna@example.com", BELFRY_ADMIN_PASSWORD: "correct horse battery" };

const folders: string[] = [];
const started: Belfry[] = [];
let postgres: PostgresServer;
beforeAll(async () => {
  prepareBelfry();
  postgres = await startPostgres();
}, 180_000);
afterAll(async () => {
  for (const belfry of started) await belfry.kill();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  await postgres.stop();
});

async function start(env: Record<string, string>): Promise<Belfry> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "belfry-sessions-"));
  folders.push(dataDir);
  const belfry = await startBelfry({ dataDir, env: { ...ADMIN, ...env } });
  started.push(belfry);
  return belfry;
}

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");
const statusOf = async (belfry: Belfry, route: string, cookie: string) => {
  const answer = await fetch(belfry.url + route, { headers: { cookie }, redirect: "manual" });
  await answer.body?.cancel();
  return answer.status;
};

test("fault E4: with the stolen secret key nobody is signed in", async () => {
  const belfry = await start({});
  setSecretKey(readFileSync(path.join(belfry.dataDir, "secret.key"), "utf8").trim());
  const database = new Database(path.join(belfry.dataDir, "belfry.db"));
  const { id, version } = database.prepare("select id, session_version as version from users").get() as {
    id: string;
    version: number;
  };
  database
    .prepare(
      "insert into sessions (id, token_hash, user_id, method, created_at, last_seen_at) values (?, ?, ?, ?, ?, ?)",
    )
    .run("ses_1", hashOf("a token"), id, "password", Date.now(), Date.now());
  database.close();
  const claims = [{ sub: id, uid: id, v: version }, { uid: id, v: version, sid: "made up" }, { sid: "ses_1" }];
  for (const claim of [...claims, { sid: hashOf("a token") }]) {
    const cookie = await sealedCookie(claim);
    for (const [route, status] of [
      ["/jobs", 307],
      ["/api/v1/users", 401],
      ["/api/v1/stream", 401],
    ] as const)
      expect([claim, route, await statusOf(belfry, route, cookie)]).toEqual([claim, route, status]);
  }
  // The same seal around the token of a session is what a sign-in makes.
  expect(await statusOf(belfry, "/api/v1/users", await sealedCookie({ sid: "a token" }))).toBe(200);
});

test("fault E10: a session ends at once in every process that shares the database, its stream included", async () => {
  const env = { DATABASE_URL: postgres.createDatabase("sessions"), BELFRY_SECRET_KEY: SECRET };
  const [web, other] = await Promise.all([
    start({ ...env, BELFRY_ROLE: "web" }),
    start({ ...env, BELFRY_ROLE: "web" }),
  ]);
  setSecretKey(SECRET);
  const client = new pg.Client(env.DATABASE_URL);
  await client.connect();
  const { rows } = await client.query<{ id: string }>("select id from users");
  const id = rows[0]?.id ?? "";
  const key = `bfy_${"k".repeat(43)}`;
  await client.query(
    "insert into api_keys (id, name, role, key_hash, hint, created_at) values ($1, $2, $3, $4, $5, $6)",
    ["key_1", "test", "admin", hashOf(key), "kkkk", Date.now()],
  );
  await client.query(
    "insert into sessions (id, token_hash, user_id, method, created_at, last_seen_at) values ($1, $2, $3, $4, $5, $5)",
    ["ses_1", hashOf("a token"), id, "password", Date.now()],
  );
  await client.end();
  const cookie = await sealedCookie({ sid: "a token" });
  const streams = await Promise.all(
    [web, other].map(async (belfry) => {
      const answer = await fetch(`${belfry.url}/api/v1/stream`, { headers: { cookie } });
      expect(answer.status).toBe(200);
      return { closed: answer.text().then(() => performance.now()) };
    }),
  );
  const answer = await fetch(`${web.url}/api/v1/users/${id}/sign-out`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
  });
  const ended = performance.now();
  expect([answer.status, await answer.json()]).toEqual([200, { id, ended: 1 }]);
  // By its notice, long before the next heartbeat looks.
  for (const { closed } of streams) expect((await closed) - ended).toBeLessThan(5_000);
  for (const belfry of [web, other]) expect(await statusOf(belfry, "/api/v1/users", cookie)).toBe(401);
});
