import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Belfry, prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { belfryCommand } from "@/e2e/support/command";
import { hiddenFieldsOf } from "@/e2e/support/hidden-fields";
import { type PostgresServer, startPostgres } from "@/e2e/support/postgres";

const ANNA = { email: "anna@example.com", password: "correct horse battery" };
const ADMIN = { BELFRY_ADMIN_EMAIL: ANNA.email, BELFRY_ADMIN_PASSWORD: ANNA.password };
const WEB = { BELFRY_ROLE: "web", BELFRY_SECRET_KEY: "a key for the tests of sign-in, long enough" };

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
  const dataDir = mkdtempSync(path.join(tmpdir(), "belfry-sign-in-"));
  folders.push(dataDir);
  const belfry = await startBelfry({ dataDir, env: { ...WEB, ...env } });
  started.push(belfry);
  return belfry;
}

/** Sends the form as a browser without scripts does. @returns what the person gets to see, or the cookies of a sign-in */
async function signIn({ url }: Belfry, typed: typeof ANNA, cookie = ""): Promise<{ says: string; cookies: string[] }> {
  const page = await (await fetch(`${url}/login`, { headers: { cookie } })).text();
  const form = new FormData();
  for (const [name, value] of Object.entries(hiddenFieldsOf(page))) form.set(name, value);
  form.set("email", typed.email);
  form.set("password", typed.password);
  const headers = { cookie, origin: url };
  const answer = await fetch(`${url}/login`, { method: "POST", body: form, headers, redirect: "manual" });
  const [says = ""] = /Mail address or password is wrong|Signing in is blocked/.exec(await answer.text()) ?? [];
  const cookies = answer.headers.getSetCookie().map((each) => each.split(";")[0] ?? "");
  return { says: answer.status === 303 ? "in" : says, cookies };
}

test("fault E6: of fifty guesses at once, spread over two processes, as many are let through as of guesses in a row, and a known device is kept out by none", async () => {
  const env = { ...ADMIN, DATABASE_URL: postgres.createDatabase("guesses") };
  const [one, other] = await Promise.all([start(env), start(env)]);
  const first = await signIn(one, ANNA);
  expect(first.says).toBe("in");
  const device = first.cookies.find((cookie) => cookie.startsWith("belfry-device=")) ?? "no cookie";
  // Eight wrong passwords in a row: one more is let through, and then none for a quarter of an hour.
  const client = new pg.Client(env.DATABASE_URL);
  await client.connect();
  await client.query(
    "insert into login_guards (key, user_id, failures, last_failure_at) select email_key || E'\\n*', id, 8, $1 from users",
    [Date.now()],
  );
  await client.end();
  const guesses = await Promise.all(
    Array.from({ length: 50 }, (_, i) => signIn(i % 2 ? one : other, { ...ANNA, password: `guess ${i}` })),
  );
  const saying = (words: string) => guesses.filter(({ says }) => says.includes(words)).length;
  expect([saying("is wrong"), saying("is blocked")]).toEqual([1, 49]);
  for (const belfry of [one, other]) {
    expect((await signIn(belfry, ANNA)).says).toBe("Signing in is blocked");
    expect((await signIn(belfry, ANNA, device)).says).toBe("in");
  }
  const unlock = belfryCommand(one.dataDir, ["users", "unlock", ANNA.email], { env: { ...WEB, ...env } });
  expect(unlock).toMatchObject({ code: 0, out: `${ANNA.email} may try again at once.\n` });
  expect((await signIn(other, ANNA)).says).toBe("in");
});

test("fault E5: processes that share a database print one code for the set-up, at every start", async () => {
  const env = { DATABASE_URL: postgres.createDatabase("setup") };
  const [one, other] = [await start(env), await start(env)];
  const printed = await one.setupPath();
  expect(printed).toMatch(/^\/setup\?code=[A-Z2-9]{4}(-[A-Z2-9]{4}){2}$/);
  expect(await other.setupPath()).toBe(printed);
  const claims: Record<string, string>[] = [{}, { "x-forwarded-for": "127.0.0.1", forwarded: "for=127.0.0.1" }];
  for (const headers of claims)
    expect(await (await fetch(`${one.url}/setup`, { headers })).text()).toContain("Setup code");
});
