import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { newRun } from "@/db/stores/new-run";
import { insertRun } from "@/db/stores/runs";
import { transact } from "@/db/transact";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import type { AppError } from "@/lib/core/errors";
import type { RepositoryKind } from "@/lib/core/repository";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { repositoriesArchives } from "./archives";
import { repositoriesCreate } from "./create";
import { repositoriesDownload } from "./download";
import { repositoriesEntries } from "./entries";
import { repositoriesExportKey } from "./export-key";
import { repositoriesBreakLock, repositoriesLock } from "./lock";

const admin = systemActor;
const operator: Actor = { kind: "api_key", id: "key_1", name: "a key", role: "operator", address: null };
const passphrase = "bell 'tower' $HOME";
const disk = mkdtempSync(join(tmpdir(), "belfry-archives-"));
afterAll(() => rmSync(disk, { recursive: true, force: true }));

let fixture: JobFixture;
let folder: string;
beforeEach(async () => {
  fixture = await openJobFixture();
  folder = mkdtempSync(join(disk, "r-"));
});
afterEach(() => fixture.close());

const KINDS = ["borg", "restic"] as const;
const photo = randomBytes(300_000);
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => ({ code: "let through", message: "" }),
    (error: AppError) => ({ code: error.code, message: error.message, fields: error.details?.fields }),
  );

const env = () => ({
  ...process.env,
  BORG_BASE_DIR: join(folder, "base"),
  BORG_PASSPHRASE: passphrase,
  RESTIC_PASSWORD: passphrase,
  RESTIC_CACHE_DIR: join(folder, "cache"),
});
const tool = (name: string, ...args: string[]) => execFileSync(name, args, { env: env(), cwd: join(folder, "files") });

/** A repository that another program backed up into. */
async function filled(kind: RepositoryKind, name = "by-hand"): Promise<{ id: string; archive: string }> {
  const location = join(folder, kind);
  const { id } = await repositoriesCreate.call(admin, { name: "offsite", kind, location, passphrase, create: true });
  const files = join(folder, "files");
  mkdirSync(join(files, "photos", "a 'quoted' *folder"), { recursive: true });
  writeFileSync(join(files, "photos", "bell.jpg"), photo);
  writeFileSync(join(files, "photos", "a 'quoted' *folder", "-rf\nä.txt"), "odd names");
  writeFileSync(join(files, "notes.txt"), "notes");
  symlinkSync("/etc/passwd", join(files, "link"));
  back(kind, name);
  const { items } = await repositoriesArchives.call(admin, { id });
  return { id, archive: items[0]?.name ?? "" };
}

function back(kind: RepositoryKind, name: string): void {
  const location = join(folder, kind);
  if (kind === "borg") tool("borg", "create", `${location}::${name}`, ".");
  else tool("restic", "--repo", location, "backup", ".");
}

const bytesOf = async (input: object) => buffer((await repositoriesDownload.call(admin, input)).stream);

test.each(KINDS)("%s: archives are listed with times and sizes, newest first, in pages", async (kind) => {
  const { id } = await filled(kind, "first");
  back(kind, "second");
  const { items, nextCursor } = await repositoriesArchives.call(operator, { id });
  expect(nextCursor).toBe(null);
  expect(items).toHaveLength(2);
  if (kind === "borg") expect(items.map(({ name }) => name)).toEqual(["second", "first"]);
  for (const { originalBytes, createdAt } of items) {
    expect(originalBytes).toBeGreaterThanOrEqual(photo.length);
    expect(Math.abs(Date.parse(createdAt) - Date.now())).toBeLessThan(300_000);
  }
  const first = await repositoriesArchives.call(operator, { id, limit: 1 });
  const second = await repositoriesArchives.call(operator, { id, limit: 1, cursor: first.nextCursor ?? "" });
  expect([...first.items, ...second.items].map((one) => one.id)).toEqual(items.map((one) => one.id));
  expect(await refusal(repositoriesArchives.call(operator, { id, cursor: "gone" }))).toMatchObject({ code: "invalid" });
});

test.each(KINDS)(
  "%s: latest is the newest archive, wherever one is named; an empty repository has none",
  async (kind) => {
    const location = join(folder, `empty-${kind}`);
    const empty = await repositoriesCreate.call(admin, { name: "empty", kind, location, passphrase, create: true });
    const none = { code: "not_found", message: expect.stringContaining("no archive yet") };
    expect(await refusal(repositoriesEntries.call(admin, { id: empty.id, archive: "latest" }))).toMatchObject(none);
    expect(await refusal(bytesOf({ id: empty.id, archive: "latest" }))).toMatchObject(none);
    const { id } = await filled(kind, "first");
    writeFileSync(join(folder, "files", "notes.txt"), "newer notes");
    back(kind, "second");
    const [newest] = (await repositoriesArchives.call(admin, { id })).items;
    expect(await repositoriesEntries.call(admin, { id, archive: "latest" })).toMatchObject({ archive: newest?.name });
    expect((await bytesOf({ id, archive: "latest", path: "notes.txt" })).toString()).toBe("newer notes");
  },
);

test.each(KINDS)("%s: a folder of an archive is listed, a file and a folder are downloaded whole", async (kind) => {
  const { id, archive } = await filled(kind);
  const list = async (path: string) => (await repositoriesEntries.call(admin, { id, archive, path })).items;
  expect((await list("")).map(({ name, type }) => [name, type])).toEqual([
    ["photos", "folder"],
    ["link", "link"],
    ["notes.txt", "file"],
  ]);
  const odd = "photos/a 'quoted' *folder";
  expect((await list("photos")).map(({ path, bytes }) => [path, bytes])).toEqual([
    [odd, 0],
    ["photos/bell.jpg", photo.length],
  ]);
  expect((await bytesOf({ id, archive, path: "photos/bell.jpg" })).equals(photo)).toBe(true);
  const [oddFile] = await list(odd);
  expect((await bytesOf({ id, archive, path: oddFile?.path ?? "" })).toString()).toBe("odd names");
  const file = await repositoriesDownload.call(admin, { id, archive, path: "notes.txt" });
  expect([file.name, file.bytes]).toEqual(["notes.txt", 5]);
  file.stream.destroy();
  const namesIn = (tar: Buffer) => execFileSync("tar", ["-t"], { input: tar, encoding: "utf8" });
  expect(namesIn(await bytesOf({ id, archive, path: "photos" }))).toContain("photos/bell.jpg");
  expect(namesIn(await bytesOf({ id, archive }))).toContain("notes.txt");
  expect(await refusal(bytesOf({ id, archive, path: "link" }))).toMatchObject({ code: "conflict" });
});

test.each(KINDS)("%s: no path leads out of an archive, and what is not in it is said", async (kind) => {
  const { id, archive } = await filled(kind);
  for (const path of ["../x", "/etc/passwd", "photos/../../x", "photos//x", ".", "photos/"])
    expect(await refusal(bytesOf({ id, archive, path }))).toMatchObject({ fields: { path: expect.any(String) } });
  expect(await refusal(bytesOf({ id, archive, path: "photos/none" }))).toMatchObject({ code: "not_found" });
  expect(await refusal(repositoriesEntries.call(admin, { id, archive, path: "notes.txt/x" }))).toMatchObject({
    code: "not_found",
  });
  for (const name of ["-rf", "no-such", "latest:web", "{now}"])
    expect((await refusal(bytesOf({ id, archive: name }))).code).toBe("unavailable");
  expect(await refusal(repositoriesEntries.call(operator, { id, archive }))).toMatchObject({ code: "forbidden" });
  expect(await refusal(repositoriesDownload.call(operator, { id, archive }))).toMatchObject({ code: "forbidden" });
});

test.each(KINDS)("%s: a download that its reader leaves ends the program, and nothing stays behind", async (kind) => {
  const { id, archive } = await filled(kind);
  const leftBehind = () => readdirSync(tmpdir()).filter((name) => name.startsWith("belfry-read-"));
  const before = leftBehind();
  const { stream } = await repositoriesDownload.call(admin, { id, archive });
  stream.destroy();
  await expect.poll(() => leftBehind().filter((name) => !before.includes(name)), { timeout: 10_000 }).toEqual([]);
});

test.each(KINDS)("%s: a download is recorded before its first byte", async (kind) => {
  const { id, archive } = await filled(kind);
  await bytesOf({ id, archive, path: "notes.txt" });
  const { orm, t } = database();
  const rows = await orm.select().from(t.auditLog);
  expect(rows.find(({ verb }) => verb === "repositories.download")).toMatchObject({
    entity: "repository",
    entityId: id,
    detail: { archive, path: "notes.txt" },
  });
});

test("borg: the key is exported for administrators; restic has none", async () => {
  const borg = await filled("borg");
  expect(Buffer.from((await repositoriesExportKey.call(admin, { id: borg.id })).bytes).toString()).toMatch(
    /^BORG_KEY [0-9a-f]{64}\n/,
  );
  expect(await refusal(repositoriesExportKey.call(operator, { id: borg.id }))).toMatchObject({ code: "forbidden" });
  const location = join(folder, "restic");
  const restic = { name: "other", kind: "restic", location, passphrase, create: true };
  const { id } = await repositoriesCreate.call(admin, restic);
  expect(await refusal(repositoriesExportKey.call(admin, { id }))).toMatchObject({ code: "conflict" });
});

function lockOf(holder: string): string {
  const lock = join(folder, "borg", "lock.exclusive");
  mkdirSync(lock);
  writeFileSync(join(lock, holder), "");
  return lock;
}

test("borg: a lock is broken only when its holder is named and gone, and no run works on the repository", async () => {
  const { id } = await filled("borg");
  expect(await repositoriesLock.call(operator, { id })).toEqual({ holders: [] });
  const lock = lockOf("nas@1234.4711-0");
  const holder = "process 4711 on nas";
  expect(await repositoriesLock.call(operator, { id })).toEqual({ holders: [holder] });
  const breakIt = (input: object, actor = admin) => refusal(repositoriesBreakLock.call(actor, { id, ...input }));
  expect(await breakIt({ holder }, operator)).toMatchObject({ code: "forbidden" });
  expect(await breakIt({})).toMatchObject({ fields: { holder: expect.any(String) } });
  expect(await breakIt({ holder: "process 1 on nas" })).toMatchObject({ code: "conflict" });
  const run = newRun({ kind: "check", repositoryId: id, name: "offsite", trigger: "manual", queuedAt: 1 });
  const { orm, t } = database();
  await transact([], (tx) => insertRun(tx, { ...run, status: "running", startedAt: 1 }));
  expect(await breakIt({ holder })).toMatchObject({ message: expect.stringContaining("A run of Belfry works on") });
  await orm.update(t.runs).set({ status: "canceled" });
  expect(existsSync(lock)).toBe(true);
  expect((await breakIt({ holder })).code).toBe("let through");
  expect(existsSync(lock)).toBe(false);
  const living = spawn("sleep", ["60"]);
  try {
    lockOf(`${hostname()}@1234.${living.pid}-0`);
    expect(await breakIt({ holder: `process ${living.pid} on ${hostname()}` })).toMatchObject({
      message: expect.stringContaining("is this machine's, and runs"),
    });
  } finally {
    living.kill();
  }
});

test("restic: a lock names its holder, and is broken once that is gone", async () => {
  const { id } = await filled("restic");
  // It holds its lock for as long as nobody gives it its input.
  const args = ["--repo", join(folder, "restic"), "backup", "--stdin", "--host", "x"];
  const backup = spawn("restic", args, { env: env(), stdio: ["pipe", "ignore", "ignore"] });
  const ended = new Promise((resolve) => backup.once("exit", resolve));
  const holders = async () => (await repositoriesLock.call(operator, { id })).holders;
  await expect.poll(holders, { timeout: 20_000 }).toEqual([`process ${backup.pid} on ${hostname()}`]);
  const [holder = ""] = await holders();
  expect(await refusal(repositoriesBreakLock.call(admin, { id, holder }))).toMatchObject({ code: "conflict" });
  backup.kill("SIGKILL");
  await ended;
  await repositoriesBreakLock.call(admin, { id, holder });
  expect(await holders()).toEqual([]);
});
