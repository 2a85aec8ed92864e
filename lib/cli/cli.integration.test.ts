import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiOf } from "@/e2e/support/api";
import { type Belfry, prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { belfryCommand } from "@/e2e/support/command";

const KEY = ["api-key", "create", "--name", "N", "--role", "admin", "--json"];
const LINE = /^\{"id":"key_[0-9a-z]+","name":"N","role":"admin","expiresAt":null,"key":"bfy_[\w-]{40,}"\}\n$/;
const password = "correct horse battery";

let dataDir = "";
/** For what the command writes: nothing of it may lie in the data folder. */
let outside = "";
let belfry: Belfry | undefined;
beforeAll(async () => {
  prepareBelfry();
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-command-"));
  outside = mkdtempSync(path.join(tmpdir(), "belfry-command-out-"));
  await (await startBelfry({ dataDir })).stop();
}, 240_000);
afterAll(async () => {
  await belfry?.stop();
  for (const folder of [dataDir, outside]) rmSync(folder, { recursive: true, force: true });
});

test("one key is made while no server runs, one while it starts, one while it runs; all of them work", async () => {
  const before = belfryCommand(dataDir, KEY);
  expect(before).toEqual({ code: 0, out: expect.stringMatching(LINE), err: "" });
  belfry = await startBelfry({ dataDir, waits: false });
  const early = belfryCommand(dataDir, KEY);
  expect(early).toEqual({ code: 0, out: expect.stringMatching(LINE), err: "" });
  const { url } = belfry;
  await expect
    .poll(
      () =>
        fetch(`${url}/api/health`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .toBe(200);
  expect((statSync(path.join(dataDir, "belfry.sock")).mode & 0o777).toString(8)).toBe("600");
  const during = belfryCommand(dataDir, KEY);
  expect(during).toEqual({ code: 0, out: expect.stringMatching(LINE), err: "" });
  for (const { out } of [before, early, during]) {
    const { key } = JSON.parse(out) as { key: string };
    expect((await apiOf(url, key).call("GET", "/users")).status).toBe(200);
  }
  const { id, key } = JSON.parse(during.out) as { id: string; key: string };
  expect(belfryCommand(dataDir, ["api-key", "revoke", id])).toMatchObject({ code: 0 });
  await expect.poll(async () => (await apiOf(url, key).call("GET", "/users")).status, { timeout: 3_000 }).toBe(401);
});

test("users, refusals and invalid command lines, through the running server", () => {
  const ana = ["users", "create", "--name", "Ana", "--email", "ana@example.org", "--role", "admin"];
  expect(belfryCommand(dataDir, ana, { input: `${password}\n` })).toMatchObject({ code: 0, err: "" });
  expect(belfryCommand(dataDir, ana, { input: `${password}\n` })).toMatchObject({ code: 1, out: "", err: /./ });
  const list = belfryCommand(dataDir, ["users", "list", "--json"]);
  expect(JSON.parse(list.out)).toMatchObject([{ name: "Ana", email: "ana@example.org", role: "admin" }]);
  expect(belfryCommand(dataDir, ["users", "password", "ana@example.org"], { input: "short\n" })).toMatchObject({
    code: 1,
    out: "",
  });
  expect(belfryCommand(dataDir, ["frob"])).toMatchObject({ code: 2, out: "" });
  expect(belfryCommand(dataDir, ["--help"])).toMatchObject({ code: 0, err: "" });
});

test("the configuration is backed up and restored, with the server and without", async () => {
  const out = path.join(outside, "configuration.belfry");
  const passphrase = { input: "a passphrase of some length\n" };
  expect(belfryCommand(dataDir, ["config-backup", "create", "--out", out], passphrase)).toMatchObject({
    code: 0,
    err: "",
  });
  expect((statSync(out).mode & 0o777).toString(8)).toBe("600");
  expect(belfryCommand(dataDir, ["config-backup", "restore", out], passphrase)).toMatchObject({ code: 0 });
  await belfry?.stop();
  belfry = undefined;
  expect(belfryCommand(dataDir, ["config-backup", "restore", out], { input: "a wrong passphrase\n" })).toMatchObject({
    code: 1,
  });
  expect(belfryCommand(dataDir, ["config-backup", "restore", out], passphrase)).toMatchObject({ code: 0 });
  expect(JSON.parse(belfryCommand(dataDir, ["users", "list", "--json"]).out)).toMatchObject([{ name: "Ana" }]);
});

test("fault D8: an output that cannot be written is one sentence and exit code 1; a reader that leaves is no error", () => {
  const listing = (redirection: string) =>
    spawnSync("bash", ["-c", `set -o pipefail; "$NODE" dist/cli.mjs users list ${redirection}`], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, NODE: process.execPath, NODE_ENV: "production", BELFRY_DATA_DIR: dataDir },
    });
  const full = listing(">/dev/full");
  expect([full.status, full.stderr]).toEqual([1, "The output cannot be written: the disk is full.\n"]);
  const left = listing("| true");
  expect([left.status, left.stderr]).toEqual([0, ""]);
});
