import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { belfryCommand } from "@/e2e/support/command";

const passphrase = { input: "a passphrase of some length\n" };

let folder = "";
let dataDir = "";
beforeAll(() => prepareBelfry(), 240_000);
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-copies-"));
  dataDir = path.join(folder, "data");
  await (await startBelfry({ dataDir })).stop();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const create = (out: string, ...more: string[]) =>
  belfryCommand(dataDir, ["config-backup", "create", "--out", out, ...more], passphrase);

/** The types of the events, oldest first. */
function events(): string[] {
  const db = new Database(path.join(dataDir, "belfry.db"), { readonly: true });
  const rows = db.prepare("select type from events order by id").all() as { type: string }[];
  db.close();
  return rows.map(({ type }) => type);
}

test("fault A22: a configuration backup to a device or over an existing file is refused before anything is said", () => {
  expect(create("/dev/full")).toMatchObject({ code: 1, out: "", err: expect.stringContaining("no regular file") });
  expect(create("/dev/full", "--overwrite")).toMatchObject({ code: 1, out: "" });
  expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
  const out = path.join(folder, "a.belfry");
  writeFileSync(out, "precious");
  expect(create(out)).toMatchObject({ code: 1, out: "", err: expect.stringContaining("--overwrite") });
  expect(readFileSync(out, "utf8")).toBe("precious");
  expect(create(out, "--overwrite")).toMatchObject({ code: 0, err: "" });
  expect(readFileSync(out).subarray(0, 8).toString()).toBe("BELFRYCB");
  expect(events()).toEqual(["config_backup.completed"]);
});

test.runIf(process.getuid?.() === 0)(
  "fault A22: a configuration backup onto a full disk fails, and is reported as failed",
  () => {
    const disk = mkdtempSync(path.join(tmpdir(), "belfry-full-"));
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=4k", "tmpfs", disk]).status !== 0) return;
    try {
      writeFileSync(path.join(disk, "filler"), Buffer.alloc(4096));
      expect(create(path.join(disk, "a.belfry"))).toMatchObject({ code: 1, out: "", err: /./ });
      expect([readdirSync(disk), events()]).toEqual([["filler"], ["config_backup.failed"]]);
    } finally {
      spawnSync("umount", [disk]);
      rmSync(disk, { recursive: true });
    }
  },
);

test("fault A20: the command says that a data folder is a copy, and decides", () => {
  const show = (dir: string) => JSON.parse(belfryCommand(dir, ["installation", "show", "--json"]).out);
  const original = show(dataDir);
  expect(original).toMatchObject({ id: expect.stringMatching(/^ins_/), pause: null });
  const [moved, copied, apart] = ["moved", "copied", "apart"].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  execFileSync("mv", [dataDir, moved]);
  expect(show(moved)).toMatchObject({ id: original.id, pause: null });
  execFileSync("cp", ["-a", moved, copied]);
  execFileSync("cp", ["-a", moved, apart]);
  expect(show(copied)).toMatchObject({ pause: { reason: "copied", originalId: original.id } });
  expect(belfryCommand(copied, ["installation", "take-over"])).toMatchObject({
    code: 0,
    out: expect.stringContaining(original.id),
  });
  expect(show(copied)).toMatchObject({ id: original.id, pause: null });
  expect(belfryCommand(apart, ["installation", "stay-apart"])).toMatchObject({
    code: 0,
    err: expect.stringContaining("paused"),
  });
  expect(show(apart).id).not.toBe(original.id);
  expect(belfryCommand(apart, ["installation", "stay-apart"])).toMatchObject({ code: 1, out: "" });
  expect(show(moved)).toMatchObject({ id: original.id, pause: null });
});

test("fault A22: the command and the server refuse the database of a newer program at once, and leave it as it is", () => {
  const file = path.join(dataDir, "belfry.db");
  const db = new Database(file);
  db.exec("insert into __drizzle_migrations (hash, created_at) values ('x', 4000000000000)");
  db.prepare("update system_state set value = ? where key = 'program'").run(
    '{"version":"9.8.7","migration":"0099_future"}',
  );
  db.pragma("wal_checkpoint(truncate)");
  db.close();
  const before = readFileSync(file);
  expect(belfryCommand(dataDir, ["jobs", "list"])).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/Belfry 9\.8\.7, migration 0099_future.*knows is \d{4}_/),
  });
  const server = spawnSync(process.execPath, ["dist/server.mjs"], {
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "production", BELFRY_DATA_DIR: dataDir, PORT: "1" },
  });
  expect(server.status).not.toBe(0);
  expect(server.stderr).toContain("0099_future");
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0).toBe(false);
});
