import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type ClientRequest, get, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Belfry, type BelfryOptions, prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { until } from "@/e2e/support/child";
import { freePort } from "@/e2e/support/free-port";
import { type PostgresServer, startPostgres } from "@/e2e/support/postgres";
import { sealedCookie } from "@/lib/auth/access/testing";
import { setSecretKey } from "@/lib/secrets/key";

const SECRET = "a key for the tests of the process, long enough";
const ADMIN = { BELFRY_ADMIN_EMAIL: "anna@example.com", BELFRY_ADMIN_PASSWORD: "correct horse battery" };

let dataDir = "";
const started: Belfry[] = [];
beforeAll(() => prepareBelfry(), 180_000);
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-process-"));
});
afterEach(async () => {
  for (const belfry of started.splice(0)) await belfry.kill();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(options: BelfryOptions = {}): Promise<Belfry> {
  const belfry = await startBelfry({ dataDir, ...options });
  started.push(belfry);
  return belfry;
}

/** Starts and expects it to end by itself. @returns its exit code and what it said */
async function startInVain(env: Record<string, string>): Promise<{ code: number | null; words: string }> {
  const belfry = await start({ env, waits: false });
  await until("it has ended", () => belfry.child.exitCode !== null, { words: belfry.words });
  return { code: belfry.child.exitCode, words: belfry.words() };
}

/** A session of the one account, made as the sign-in makes it. */
async function sessionCookieOf(): Promise<string> {
  const database = new Database(path.join(dataDir, "belfry.db"));
  const { id } = database.prepare("select id from users").get() as { id: string };
  const hash = createHash("sha256").update("a token").digest("hex");
  database
    .prepare(
      "insert into sessions (id, token_hash, user_id, method, created_at, last_seen_at) values (?, ?, ?, ?, ?, ?)",
    )
    .run("ses_1", hash, id, "password", Date.now(), Date.now());
  database.close();
  setSecretKey(SECRET);
  return sealedCookie({ sid: "a token" });
}

const modeOf = (file: string) => (statSync(path.join(dataDir, file)).mode & 0o777).toString(8);

describe("a start", () => {
  test("makes the data folder and the key for its owner alone, serves pages, and says where", async () => {
    rmSync(dataDir, { recursive: true });
    const belfry = await start();
    expect([modeOf("."), modeOf("secret.key")]).toEqual(["700", "600"]);
    expect(belfry.words()).toContain(`Belfry is ready: http://localhost:${belfry.port}`);
    expect(belfry.words()).toMatch(
      /first account at http:\/\/localhost:\d+\/setup\?code=[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\n/,
    );
    const page = await fetch(`${belfry.url}/no-such-page`);
    expect(page.status).toBe(404);
    const nonce = /'nonce-([^']+)'/.exec(page.headers.get("content-security-policy") ?? "")?.[1];
    const scripts = (await page.text()).match(/<script[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
  });

  test("a later one serves its first page on the same data", async () => {
    await (await start()).stop();
    const belfry = await start();
    expect((await fetch(`${belfry.url}/setup`)).status).toBe(200);
  });

  test("creates the first admin from the environment, once", async () => {
    const first = await start({ env: ADMIN });
    expect(first.words()).toContain("The first account was created: anna@example.com");
    expect(first.words()).not.toContain("setup?code=");
    await first.stop();
    const second = await start({ env: ADMIN });
    expect(second.words()).not.toContain("created");
  });

  test.each([
    [{ PORT: "http" }, "PORT must be"],
    [{ BELFRY_ROLE: "worker" }, "needs PostgreSQL"],
    [{ BELFRY_SECRET_KEY: "short" }, "BELFRY_SECRET_KEY must have"],
  ])("%j stops it with a clear sentence", async (env, sentence) => {
    const { code, words } = await startInVain(env);
    expect(code).toBe(1);
    expect(words).toContain(sentence);
    expect(words.trim().split("\n")).toHaveLength(1);
  });

  test("another key than the database's stops it", async () => {
    await (await start({ env: { BELFRY_SECRET_KEY: SECRET } })).stop();
    const { code, words } = await startInVain({ BELFRY_SECRET_KEY: `${SECRET}, but another` });
    expect(code).toBe(1);
    expect(words).toContain("does not belong to this database");
  });

  test("a port that is taken is named", async () => {
    const port = await freePort();
    const other = createServer().listen(port, "127.0.0.1");
    await once(other, "listening");
    const { code, words } = await startInVain({ PORT: String(port) });
    other.close();
    expect(code).toBe(1);
    expect(words).toContain(`Port ${port} is taken`);
  });
});

describe("the data folder", () => {
  test("a second server is refused with the name of the holder", async () => {
    const first = await start();
    const { code, words } = await startInVain({});
    expect(code).toBe(1);
    expect(words).toContain(`process ${first.child.pid}, http://localhost:${first.port}`);
    expect((await fetch(`${first.url}/api/health`)).status).toBe(200);
  });

  test("a server that was killed leaves no lock behind", async () => {
    await (await start()).kill();
    expect(existsSync(path.join(dataDir, "server.json"))).toBe(true);
    expect((await fetch(`${(await start()).url}/api/health`)).status).toBe(200);
  });
});

describe("SIGTERM", () => {
  test("with an open event stream, a half-sent upload and an idle connection it ends within ten seconds, with 0", async () => {
    const belfry = await start({ env: { ...ADMIN, BELFRY_SECRET_KEY: SECRET } });
    const cookie = await sessionCookieOf();
    let streamed = "";
    const stream = get(`${belfry.url}/api/v1/stream`, { headers: { cookie } }, (answer) => {
      answer.on("data", (chunk) => {
        streamed += chunk;
      });
      answer.on("error", () => undefined);
    });
    await expect.poll(() => streamed).toContain("event: hello");
    const upload: ClientRequest = request(`${belfry.url}/api/v1/notify`, {
      method: "POST",
      headers: { "content-length": "1000" },
    });
    for (const each of [stream, upload]) each.on("error", () => undefined);
    upload.write("half");
    await new Promise((resolve) => setTimeout(resolve, 200));
    const began = Date.now();
    await belfry.stop("SIGTERM");
    expect(belfry.child.exitCode).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(streamed).toContain("event: bye");
    expect(existsSync(path.join(dataDir, "belfry.db-wal"))).toBe(false);
  });
});

describe("on PostgreSQL", () => {
  let postgres: PostgresServer;
  const folders: string[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    await postgres.stop();
  });

  test("web and worker are two processes with one database and one key", async () => {
    const DATABASE_URL = postgres.createDatabase("two_roles");
    const startRole = (role: string) => {
      const folder = mkdtempSync(path.join(tmpdir(), "belfry-role-"));
      folders.push(folder);
      return start({ dataDir: folder, env: { DATABASE_URL, BELFRY_SECRET_KEY: SECRET, BELFRY_ROLE: role, ...ADMIN } });
    };
    const [web, worker] = await Promise.all([startRole("web"), startRole("worker")]);
    for (const { url } of [web, worker]) {
      expect(await (await fetch(`${url}/api/health`)).json()).toMatchObject({ status: "ok", database: "postgres" });
    }
    const accounts = [web, worker].filter((belfry) => belfry.words().includes("The first account was created"));
    expect(accounts).toHaveLength(1);
    expect((await fetch(`${worker.url}/login`)).status).toBe(404);
    expect((await fetch(`${worker.url}/login`)).headers.get("content-type")).toContain("json");
    expect((await fetch(`${web.url}/login`)).headers.get("content-type")).toContain("html");
    await Promise.all([web.stop(), worker.stop()]);
    expect([web.child.exitCode, worker.child.exitCode]).toEqual([0, 0]);
  });
});

test("what a crash left behind is raised at the next start", async () => {
  const record = { at: "2026-01-02T03:04:05.000Z", pid: 1, message: "the bell fell down", stack: null };
  writeFileSync(path.join(dataDir, "crash.json"), JSON.stringify(record));
  // A start that comes to nothing does not use it up.
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  expect((await startInVain({ PORT: String(port) })).code).toBe(1);
  other.close();
  await start();
  expect(existsSync(path.join(dataDir, "crash.json"))).toBe(false);
  const database = new Database(path.join(dataDir, "belfry.db"), { readonly: true });
  const messages = database.prepare("select message from alerts where type = 'system.error'").pluck().all();
  database.close();
  expect(String(messages)).toContain("the bell fell down");
});

test("the secret key is nowhere in what the program says", async () => {
  const belfry = await start();
  expect(belfry.words()).not.toContain(readFileSync(path.join(dataDir, "secret.key"), "utf8").trim());
});
