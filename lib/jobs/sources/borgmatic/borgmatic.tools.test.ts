import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemActor } from "@/lib/auth/access/actor";
import type { AppError } from "@/lib/core/errors";
import { setRuntimeValue } from "@/lib/core/runtime";
import { jobsArchiveEntries } from "@/lib/services/jobs/archive-entries";
import { jobsArchives } from "@/lib/services/jobs/archives";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsRun } from "@/lib/services/jobs/run";
import { jobsUpdate } from "@/lib/services/jobs/update";
import { runsCancel } from "@/lib/services/runs/cancel";
import { runsGet } from "@/lib/services/runs/get";
import { runsLog } from "@/lib/services/runs/log";
import { sourcesTest } from "@/lib/services/sources/verbs";
import { type JobFixture, openJobFixture } from "../../testing/job-fixture";

const passphrase = "a passphrase of some length";
let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
  mkdirSync(at("configs"));
  mkdirSync(at("files"));
  writeFileSync(at("files/bell.jpg"), randomBytes(200_000));
  writeFileSync(at("files/notes.txt"), "notes");
  setRuntimeValue("borgmaticConfigs", [at("configs")]);
});
afterEach(async () => {
  setRuntimeValue("borgmaticConfigs", undefined);
  setRuntimeValue("toolsPath", null);
  await fixture.close();
});

const at = (name: string) => join(fixture.folder, name);
const borg = (...args: string[]) =>
  execFileSync("borg", args, {
    encoding: "utf8",
    env: { ...process.env, BORG_PASSPHRASE: passphrase, BORG_BASE_DIR: at("borg") },
    stdio: ["ignore", "pipe", "ignore"],
  });

function repository(name: string): string {
  borg("init", "-e", "repokey", at(name));
  return at(name);
}

interface Written {
  repositories: string[];
  files?: string[];
  hooks?: string;
  passphrase?: string;
}

/** Writes a configuration as borgmatic 1.7 has it. */
function config({ repositories, files = [at("files")], hooks = "", passphrase: phrase = passphrase }: Written): string {
  const list = (lines: string[]) => lines.map((line) => `        - ${line}\n`).join("");
  const text = `location:
    source_directories:
${list(files)}    repositories:
${list(repositories)}    borgmatic_source_directory: ${at("borgmatic")}
storage:
    encryption_passphrase: ${phrase}
    borg_base_directory: ${at("borg")}
    lock_wait: 1
retention:
    keep_daily: 3
consistency:
    checks:
        - repository
${hooks}`;
  writeFileSync(at("configs/shop.yaml"), text, { mode: 0o600 });
  return at("configs/shop.yaml");
}

const source = (more: object = {}) =>
  fixture.source("borgmatic", { path: at("configs/shop.yaml"), actions: "create", ...more });

async function job(more: { actions?: string; retries?: number } = {}): Promise<string> {
  const { retries = 0, ...settings } = more;
  const { id } = await jobsCreate.call(systemActor, { name: "Shop", sourceId: await source(settings), retries });
  return id;
}

async function run(jobId: string) {
  const { runId } = await jobsRun.call(systemActor, { id: jobId });
  return await fixture.over(runId);
}

const types = async () => (await fixture.events()).map(({ type }) => type);
const logOf = async (id: string) => (await runsLog.call(systemActor, { id })).text;
const archivesIn = (path: string) => borg("list", "--short", path).trim().split("\n").filter(Boolean);

test("a run makes an archive in each repository, and the API names both with their sizes", async () => {
  const [one, two] = [repository("one"), repository("two")];
  config({ repositories: [one, two], hooks: "hooks:\n    before_backup:\n        - echo the till is closed\n" });
  const jobId = await job({ actions: "all" });
  await fixture.runner().start();
  const { id, ...row } = await run(jobId);
  expect(row).toMatchObject({ status: "success", error: null });
  // borgmatic adds a file of its own once it has made a check.
  expect(row.files).toBeGreaterThanOrEqual(2);
  expect(row.bytes).toBeGreaterThanOrEqual(200_005);
  const view = await runsGet.call(systemActor, { id });
  expect(view.archives).toEqual(
    [one, two].map((path) => ({
      repository: path,
      label: "",
      name: archivesIn(path)[0],
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      startedAt: expect.stringMatching(/Z$/),
      durationMs: expect.any(Number),
      originalBytes: expect.any(Number),
      compressedBytes: expect.any(Number),
      deduplicatedBytes: expect.any(Number),
      files: expect.any(Number),
    })),
  );
  const startedAt = Date.parse(view.archives?.[0]?.startedAt ?? "");
  expect(Math.abs(startedAt - (row.startedAt ?? 0))).toBeLessThan(600_000);
  const log = await logOf(id);
  for (const line of ["borgmatic 1.", "the till is closed", "Creating archive", "Running consistency checks", "Made "])
    expect(log).toContain(line);
  expect(log).not.toContain("Logging error");
  expect(await types()).toEqual(["backup.started", "backup.completed"]);
});

test("one repository fails, the other has its archive: a warning that names both, and the newest archive is certain", async () => {
  const good = repository("good");
  config({ repositories: [at("none"), good] });
  const jobId = await job();
  await fixture.runner().start();
  const row = await run(jobId);
  expect(row).toMatchObject({ status: "warning", error: `There is no repository at ${at("none")}.`, files: 2 });
  const { archives } = await runsGet.call(systemActor, { id: row.id });
  expect(archives).toMatchObject([{ repository: good, name: archivesIn(good)[0], files: 2 }]);
  // An older archive is none of a run in which every repository fails.
  rmSync(at("good"), { recursive: true });
  const failed = await run(jobId);
  expect(failed).toMatchObject({ status: "failure", archives: null });
  expect(failed.error).toContain(`There is no repository at ${good}.`);
});

test("an earlier archive is never taken for one of a run that made none", async () => {
  const path = repository("one");
  config({ repositories: [path] });
  const jobId = await job();
  await fixture.runner().start();
  expect(await run(jobId)).toMatchObject({ status: "success" });
  config({ repositories: [path], hooks: "hooks:\n    before_backup:\n        - echo the disk is away; exit 3\n" });
  const row = await run(jobId);
  expect(row).toMatchObject({ status: "failure", archives: null, error: `${path}: the disk is away` });
  expect(archivesIn(path)).toHaveLength(1);
});

test("a warning of borg is a warning, with its words and the archive", async () => {
  const path = repository("one");
  config({ repositories: [path], files: [at("files"), at("missing")] });
  await fixture.runner().start();
  const row = await run(await job());
  expect(row).toMatchObject({ status: "warning", error: expect.stringContaining("No such file or directory") });
  expect(row.archives).toMatchObject([{ repository: path, name: archivesIn(path)[0] }]);
});

test("a hook that skips by exit code 75 makes a skip, with its event, and resolves nothing", async () => {
  const path = repository("one");
  config({ repositories: [path], hooks: "hooks:\n    before_backup:\n        - exit 75\n" });
  await fixture.runner().start();
  const row = await run(await job({ retries: 1 }));
  expect(row).toMatchObject({ status: "canceled", reasonCode: "skipped", archives: null, attempts: 1 });
  expect(row.error).toContain("exit code 75");
  expect(await types()).toEqual(["backup.started", "backup.skipped"]);
});

test.each([
  ["a wrong passphrase", { passphrase: "quite another one" }, /The passphrase of \S+ is wrong/],
  ["a repository of nobody", { repositories: ["none"] }, /There is no repository at/],
])("%s fails in a sentence without a secret", async (_, more, sentence) => {
  repository("one");
  const { repositories = ["one"], ...rest } = more as { repositories?: string[]; passphrase?: string };
  config({ repositories: repositories.map(at), ...rest });
  await fixture.runner().start();
  const row = await run(await job());
  expect(row).toMatchObject({ status: "failure", error: expect.stringMatching(sentence) });
  expect(row.advice).not.toBeNull();
  expect(await logOf(row.id)).not.toMatch(/quite another one|a passphrase of some length/);
});

test("a repository that another program has locked fails with that reason", async () => {
  const path = repository("one");
  config({ repositories: [path] });
  const holder = spawn("borg", ["with-lock", path, "sh", "-c", `touch ${at("held")}; exec sleep 300`], {
    env: { ...process.env, BORG_PASSPHRASE: passphrase, BORG_BASE_DIR: at("borg-2") },
    stdio: "ignore",
    detached: true,
  });
  try {
    await expect.poll(() => existsSync(at("held")), { timeout: 30_000 }).toBe(true);
    await fixture.runner().start();
    expect(await run(await job())).toMatchObject({ status: "failure", error: `${path} is locked by another program.` });
  } finally {
    process.kill(-(holder.pid ?? 0), "SIGTERM");
  }
});

test("a configuration that vanishes, that others may write to, or that lies elsewhere is not started", async () => {
  const path = repository("one");
  const file = config({ repositories: [path] });
  const jobId = await job();
  await fixture.runner().start();
  chmodSync(file, 0o622);
  expect((await run(jobId)).error).toContain("Others can write to");
  chmodSync(file, 0o600);
  chmodSync(at("configs"), 0o777);
  expect((await run(jobId)).error).toContain("Others can write to");
  chmodSync(at("configs"), 0o755);
  setRuntimeValue("borgmaticConfigs", [at("elsewhere")]);
  expect(await run(jobId)).toMatchObject({ advice: expect.stringContaining("BELFRY_BORGMATIC_CONFIGS") });
  setRuntimeValue("borgmaticConfigs", [at("configs")]);
  rmSync(file);
  expect((await run(jobId)).error).toContain("does not exist");
  expect(archivesIn(path)).toEqual([]);
});

test("rubbish on standard output: before the list it does no harm, in its place nothing is believed", async () => {
  const path = repository("one");
  config({ repositories: [path] });
  const wrapped = (body: string) =>
    setRuntimeValue(
      "toolsPath",
      fixture.fakeTool("borgmatic", `[ "$1" = --version ] && { echo 1.7.7; exit; }\n${body}`),
    );
  const jobId = await job();
  await fixture.runner().start();
  wrapped('echo "[ok] the till is closed"; exec /usr/bin/borgmatic "$@"');
  expect(await run(jobId)).toMatchObject({ status: "success", archives: [{ repository: path }] });
  wrapped(`echo "<html>${passphrase}</html>"`);
  const row = await run(jobId);
  expect(row).toMatchObject({ status: "failure", archives: null, error: expect.stringContaining("<html>") });
  expect(row.error).not.toContain(passphrase);
  wrapped("echo '[]'");
  expect(await run(jobId)).toMatchObject({ status: "failure", error: expect.stringContaining("names no archive") });
  wrapped('/usr/bin/borgmatic "$@"; [[ " $* " != *" create "* ]]');
  // The archive is there, whatever came after it.
  expect(await run(jobId)).toMatchObject({ status: "warning", archives: [{ repository: path }] });
});

test("borgmatic that is not installed is named with its package", async () => {
  config({ repositories: [repository("one")] });
  mkdirSync(at("bin"));
  setRuntimeValue("toolsPath", at("bin"));
  await fixture.runner().start();
  const row = await run(await job());
  expect(row).toMatchObject({ error: "borgmatic is not installed.", advice: expect.stringContaining("apt install") });
});

test("cancel ends borgmatic and all that it started", async () => {
  const path = repository("one");
  config({
    repositories: [path],
    hooks: `hooks:\n    before_backup:\n        - echo $$ > ${at("pid")}; exec sleep 300\n`,
  });
  const jobId = await job();
  await fixture.runner().start();
  const { runId } = await jobsRun.call(systemActor, { id: jobId });
  await expect
    .poll(() => existsSync(at("pid")) && readFileSync(at("pid"), "utf8").trim(), { timeout: 30_000 })
    .toMatch(/\d/);
  await runsCancel.call(systemActor, { id: runId });
  expect(await fixture.over(runId)).toMatchObject({ status: "canceled", reasonCode: null });
  const pid = Number(readFileSync(at("pid"), "utf8"));
  await expect.poll(() => isRunning(pid), { timeout: 30_000 }).toBe(false);
  expect(archivesIn(path)).toEqual([]);
  expect(readdirSync(path)).not.toContain("lock.exclusive");
});

test("a Test names the version, the repositories and the last archive, or what is wrong", async () => {
  const path = repository("one");
  config({ repositories: [path] });
  const id = await source();
  expect(await sourcesTest.call(systemActor, { id })).toMatchObject({
    status: "ok",
    message: expect.stringMatching(/^borgmatic 1\.\S+ reads \S+: 1 repository\.$/),
    details: [`${path} holds no archive yet.`],
  });
  await fixture.runner().start();
  await run(await job());
  const { details } = (await sourcesTest.call(systemActor, { id })) as { details?: string[] };
  expect(details?.[0]).toContain(`the last archive is ${archivesIn(path)[0]}`);
  config({ repositories: [path], passphrase: "quite another one" });
  await expect(sourcesTest.call(systemActor, { id })).rejects.toThrow(/The passphrase of \S+ is wrong/);
});

test("the archives of a job are those that borgmatic lists, and the command beside them restores the newest", async () => {
  const [one, two] = [repository("one"), repository("two")];
  config({ repositories: [one, two] });
  const id = await job();
  await fixture.runner().start();
  await run(id);
  writeFileSync(at("files/notes.txt"), "newer notes");
  await run(id);
  const { repositories } = await jobsArchives.call(systemActor, { id });
  expect(
    repositories.map(({ repository: path, count, archives }) => [path, count, archives.map(({ name }) => name)]),
  ).toEqual([one, two].map((path) => [path, 2, archivesIn(path).reverse()]));
  mkdirSync(at("back"));
  const command = repositories[1]?.restoreCommand.replace(" --config ", ` --log-file ${at("extract.log")} --config `);
  execFileSync("sh", ["-c", command ?? "false"], { cwd: at("back"), stdio: "ignore" });
  expect(readFileSync(join(at("back/restored"), at("files"), "notes.txt"), "utf8")).toBe("newer notes");
  const folder = { sourceId: await fixture.source(), destinationIds: [await fixture.destination("disk")] };
  const other = await jobsCreate.call(systemActor, { name: "Other", ...folder });
  expect(await jobsArchives.call(systemActor, { id: other.id })).toEqual({ repositories: [] });
  rmSync(two, { recursive: true });
  await expect(jobsArchives.call(systemActor, { id })).rejects.toThrow(`There is no repository at ${two}.`);
});

test("folders of an archive are listed, from the root to names with blanks and line feeds", async () => {
  const path = repository("one");
  config({ repositories: [path] });
  mkdirSync(at("files/sub folder"));
  writeFileSync(at("files/sub folder/line\nfeed"), "four");
  symlinkSync("notes.txt", at("files/link"));
  const id = await job();
  await fixture.runner().start();
  await run(id);
  const list = async (folder: string, archive = "latest") =>
    (await jobsArchiveEntries.call(systemActor, { id, repository: path, archive, path: folder })).items;
  const root = at("files").slice(1);
  expect(await list("")).toMatchObject([{ path: root.split("/")[0], type: "folder", modifiedAt: null }]);
  const items = await list(root, archivesIn(path)[0]);
  expect(items).toContainEqual(expect.objectContaining({ path: `${root}/link`, name: "link", type: "link" }));
  expect(items).toContainEqual(expect.objectContaining({ name: "sub folder", type: "folder" }));
  expect(items).toContainEqual(expect.objectContaining({ name: "notes.txt", type: "file" }));
  const [file, ...others] = await list(`${root}/sub folder`);
  expect(others).toEqual([]);
  expect(file).toMatchObject({ name: "line\nfeed", type: "file", bytes: 4 });
  expect(Date.now() - Date.parse(file?.modifiedAt ?? "")).toBeLessThan(600_000);
  for (const nowhere of ["no/such", `${root}/notes.txt`]) await expect(list(nowhere)).rejects.toThrow(/no such path/);
  await expect(list("", "no-such-archive")).rejects.toThrow(/no-such-archive/);
});

test("a job of it takes no destination, no repository and no restore test", async () => {
  const sourceId = await source();
  const destinationIds = [await fixture.destination("disk")];
  const refused = (more: object) =>
    jobsCreate.call(systemActor, { name: "Shop", sourceId, ...more }).then(
      () => null,
      (error: AppError) => Object.keys(error.details?.fields ?? {}),
    );
  expect(await refused({ destinationIds })).toEqual(["destinationIds"]);
  expect(await refused({ repositoryId: "rep_1" })).toEqual(["repositoryId"]);
  expect(await refused({ restoreTestDays: 7 })).toEqual(["restoreTestDays"]);
  const { id } = await jobsCreate.call(systemActor, { name: "Shop", sourceId: await fixture.source(), destinationIds });
  await expect(jobsUpdate.call(systemActor, { id, sourceId })).rejects.toMatchObject({ code: "invalid" });
  const changed = await jobsUpdate.call(systemActor, { id, sourceId, destinationIds: [] });
  expect(changed).toMatchObject({ storesItself: true, destinationNames: [] });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
