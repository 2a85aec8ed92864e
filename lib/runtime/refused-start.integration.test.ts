import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiOf } from "@/e2e/support/api";
import { type Belfry, prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { until } from "@/e2e/support/child";
import { belfryCommand } from "@/e2e/support/command";
import { type PostgresServer, startPostgres } from "@/e2e/support/postgres";

const KEY = ["api-key", "create", "--name", "N", "--role", "admin", "--json"];
const SECRET = "a key for the tests of a refused start, long enough";

let folder = "";
/** A data folder that a server has made. */
let installed = "";
let postgres: PostgresServer | undefined;
beforeAll(async () => {
  prepareBelfry();
  folder = mkdtempSync(path.join(tmpdir(), "belfry-refused-"));
  installed = path.join(folder, "installed");
  await (await startBelfry({ dataDir: installed })).stop();
}, 240_000);
afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts and expects it to end by itself. @returns its exit code and what it said */
async function startInVain(dataDir: string, env: Record<string, string> = {}) {
  const belfry = await startBelfry({ dataDir, env, waits: false });
  await until("it has ended", () => belfry.child.exitCode !== null, { words: belfry.words });
  return { code: belfry.child.exitCode, words: belfry.words() };
}

test("fault D7: a command on a data folder without an installation makes none, and no key", () => {
  const mistyped = path.join(folder, "dta");
  const message = `The data folder ${mistyped} holds no installation of Belfry. Check BELFRY_DATA_DIR, or make a new one with npm start: the command creates none. Nothing was changed.`;
  const { err, ...said } = belfryCommand(mistyped, KEY);
  expect(said).toEqual({ code: 1, out: "" });
  expect(JSON.parse(err)).toEqual({ error: { code: "not_found", message } });
  const plain = KEY.filter((word) => word !== "--json");
  expect(belfryCommand(mistyped, plain)).toEqual({ code: 1, out: "", err: `${message}\n` });
  expect(existsSync(mistyped)).toBe(false);
  mkdirSync(mistyped, { mode: 0o755 });
  writeFileSync(path.join(mistyped, "a file of somebody"), "");
  expect(belfryCommand(mistyped, KEY)).toMatchObject({ code: 1, out: "" });
  expect(readdirSync(mistyped)).toEqual(["a file of somebody"]);
});

test("fault D7: the same of an empty database on a server, and of a command without the key's folder", async () => {
  postgres = await startPostgres();
  const DATABASE_URL = postgres.createDatabase("refused");
  const dataDir = path.join(folder, "elsewhere");
  const env = { DATABASE_URL, BELFRY_SECRET_KEY: SECRET };
  expect(belfryCommand(dataDir, KEY, { env })).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringContaining("Check DATABASE_URL"),
  });
  const own = path.join(folder, "own");
  await (await startBelfry({ dataDir: own, env: { DATABASE_URL } })).stop();
  expect(belfryCommand(own, KEY, { env: { DATABASE_URL } })).toMatchObject({ code: 0, err: "" });
  expect(belfryCommand(dataDir, KEY, { env: { DATABASE_URL } })).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringContaining("secret.key is missing"),
  });
  expect(existsSync(dataDir)).toBe(false);
});

test("fault D7: a lost key file stops the start and the command, and no new key is written", async () => {
  const copy = path.join(folder, "lost-key");
  cpSync(installed, copy, { recursive: true });
  rmSync(path.join(copy, "secret.key"));
  const { code, words } = await startInVain(copy);
  expect([code, words.trim().split("\n")]).toEqual([
    1,
    [
      `Belfry could not start: The key file ${copy}/secret.key is missing, and the database has secrets that only this key opens. Put the file back from a copy, or set BELFRY_SECRET_KEY if the key was there. Nothing was changed.`,
    ],
  ]);
  expect(belfryCommand(copy, KEY)).toMatchObject({ code: 1, out: "", err: expect.stringContaining("is missing") });
  expect(existsSync(path.join(copy, "secret.key"))).toBe(false);
});

test.runIf(process.getuid?.() === 0)(
  "fault D7, fault B22: on a full disk a start and a command say so, and a running server answers 503 with the reason",
  async () => {
    const disk = mkdtempSync(path.join(tmpdir(), "belfry-disk-"));
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", disk]).status !== 0) return;
    const dataDir = path.join(disk, "data");
    const filler = path.join(disk, "filler");
    const fill = () => spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=4k"]);
    let belfry: Belfry | undefined;
    try {
      fill();
      const first = await startInVain(dataDir);
      expect([first.code, first.words.trim().split("\n")]).toEqual([
        1,
        [
          expect.stringMatching(
            /^Belfry could not start: The disk of the data folder .* is full \(0 B free\)\. Free some/,
          ),
        ],
      ]);
      rmSync(filler);
      belfry = await startBelfry({ dataDir });
      const { key } = JSON.parse(belfryCommand(dataDir, KEY).out) as { key: string };
      const api = apiOf(belfry.url, key);
      const notify = () => api.call("POST", "/notify", { title: "Night backup", message: "x".repeat(90_000) });
      fill();
      await until("the disk is full for the database, too", async () => (await notify()).status !== 202);
      const refused = await notify();
      expect([refused.status, refused.body.error]).toMatchObject([
        503,
        { code: "unavailable", message: "The database cannot be written: the disk of the data folder is full." },
      ]);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      rmSync(filler);
      await until("it is taken again", async () => (await notify()).status === 202);
      await belfry.stop();
      belfry = undefined;
      fill();
      const later = await startInVain(dataDir);
      expect([later.code, later.words]).toEqual([1, expect.stringContaining("is full")]);
      expect(later.words.trim().split("\n")).toHaveLength(1);
      const command = belfryCommand(dataDir, KEY);
      expect([command.code, command.out, command.err.trim().split("\n")]).toEqual([
        1,
        "",
        [expect.stringContaining("is full")],
      ]);
    } finally {
      await belfry?.kill();
      execFileSync("umount", ["--lazy", disk]);
      rmSync(disk, { recursive: true });
    }
  },
);
