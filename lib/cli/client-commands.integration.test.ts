import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Belfry, prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { belfryCommandMeanwhile } from "@/e2e/support/command";

/* The commands about clients, through the socket of the running program. */

const dataDir = mkdtempSync(path.join(tmpdir(), "belfry-client-commands-"));
let belfry: Belfry;
beforeAll(async () => {
  prepareBelfry();
  belfry = await startBelfry({ dataDir });
}, 240_000);
afterAll(async () => {
  await belfry?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const run = (line: string) => belfryCommandMeanwhile(dataDir, line.split(" "));

/** What a command prints for programs. */
async function json<T>(line: string): Promise<T> {
  const { code, out, err } = await run(`${line} --json`);
  expect({ code, err }, line).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as T;
}

interface Client {
  id: string;
  name: string;
  token: string;
  muted: boolean;
  revokedAt: string | null;
}

test("clients: create, list, mute, rotate, revoke and delete; what cannot be is a sentence", async () => {
  const made = await json<Client>(
    "clients create --name web-1 --label env:prod --intermittent --url https://b.example",
  );
  expect(made).toMatchObject({ name: "web-1", labels: { env: "prod" }, intermittent: true, status: "new" });
  const line = await run("clients create --name web-2 --url https://b.example");
  expect(line.out).toMatch(/^curl -fsSLo belfry-agent\.sh https:\/\/b\.example\/belfry-agent\.sh && printf .*bfc_/);
  const refused = await Promise.all([
    run("clients create --name web-1 --url https://b.example"),
    run("clients create --name web-3"),
    run("clients create --name web-3 --url https://b.example/';id;'"),
    run("clients create --name web-3 --label nothing --url https://b.example"),
  ]);
  expect(refused.map(({ code }) => code).every((code) => code !== 0)).toBe(true);
  expect(refused.map(({ err }) => err).join()).toMatch(
    /Another client has this name.*Settings → General.*Settings → General/s,
  );
  expect((await json<Client[]>("clients list --status new")).map(({ name }) => name)).toEqual(["web-1", "web-2"]);
  expect((await json<Client[]>("clients list --label env:prod")).map(({ name }) => name)).toEqual(["web-1"]);
  expect(await json<Client>(`clients mute ${made.id}`)).toMatchObject({ muted: true });
  expect(await json<Client>(`clients mute ${made.id} --end`)).toMatchObject({ muted: false });
  const rotated = await json<Client>(`clients rotate ${made.id} --url https://b.example`);
  expect(rotated.token).not.toBe(made.token);
  expect(await json<Client>(`clients revoke ${made.id}`)).toMatchObject({ revokedAt: expect.any(String) });
  expect((await run("clients list")).out).not.toContain("bfc_");
  await json(`clients delete ${made.id}`);
  expect((await json<Client[]>("clients list")).map(({ name }) => name)).toEqual(["web-2"]);
});
