import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ArtifactRow, listArtifacts } from "@/db/queries/artifacts";
import { findJob, isManaged, type ManagedJob } from "@/db/queries/jobs";
import { updateEndpoint } from "@/db/stores/endpoints";
import type { Actor } from "@/lib/auth/access/actor";
import { commandActor } from "@/lib/auth/access/command-actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { artifactsOutlook } from "@/lib/services/artifacts/outlook";
import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { destinationsCreate } from "@/lib/services/destinations/verbs";
import { runsLog } from "@/lib/services/runs/log";
import { settingsGeneralUpdate } from "@/lib/services/settings/general-update";
import { sourcesCreate, sourcesTestDraft, sourcesUpdate } from "@/lib/services/sources/verbs";
import { audit, type JobFixture, openJobFixture } from "../testing/job-fixture";
import { CAN_MOUNT } from "../testing/ordinary-user";

const person = (role: "admin" | "operator"): Actor => ({
  kind: "user",
  id: `usr_${role}`,
  name: role,
  email: `${role}@example.org`,
  role,
  timezone: null,
  address: null,
});
const [admin, operator] = [person("admin"), person("operator")];

let fixture: JobFixture;
let restores: string;
beforeEach(async () => {
  fixture = await openJobFixture();
  setRuntimeValue("dataDir", fixture.dataDir);
  setRuntimeValue("programFolder", join(fixture.folder, "program"));
  setRuntimeValue("ownFiles", [{ path: join(fixture.folder, "commands.json"), what: "the list of commands" }]);
  setRuntimeValue("restoreRoots", []);
  restores = join(fixture.dataDir, "restores");
  mkdirSync(join(fixture.folder, "program", "dist"), { recursive: true });
  for (const path of ["data/secret.key", "data/belfry.db", "commands.json", "program/dist/server.mjs"])
    writeFileSync(join(fixture.folder, path), "own");
});
afterEach(async () => {
  for (const name of ["programFolder", "ownFiles", "restoreRoots"] as const) setRuntimeValue(name, undefined);
  await fixture.close();
});

/** Backs up a source once. */
async function backUp(kind: string, config: Record<string, unknown>, path?: string): Promise<ArtifactRow> {
  const sourceId = await fixture.source(kind, config);
  const job = await fixture.job({ sourceId, destinationIds: [await fixture.destination(path ?? "disk")] });
  const run = await fixture.over(await fixture.queue(job));
  expect(run.error).toBeNull();
  expect(run.status).toBe("success");
  const [artifact] = await listArtifacts({ limit: 1 });
  if (!artifact) throw new Error("There is no backup.");
  return artifact;
}

async function jobOf({ jobId }: ArtifactRow): Promise<ManagedJob> {
  const whole = await findJob(jobId ?? "");
  if (!whole || !isManaged(whole)) throw new Error("There is no such job.");
  return whole.job;
}

const namesIn = ({ path }: ArtifactRow) =>
  execFileSync("tar", ["-tf", join(fixture.folder, "disk", path)])
    .toString()
    .split("\n")
    .filter(Boolean)
    .sort();

const restore = (actor: Actor, { id }: ArtifactRow, path: string, more: object = {}) =>
  artifactsRestore.call(actor, { id, target: { path, ...more }, confirm: path });

const fieldOf = (promise: Promise<unknown>, field: string) =>
  promise.then(
    () => "",
    (error) => String(error.details?.fields?.[field] ?? error.message),
  );

test("fault E4: a directory source that contains the data folder leaves it out, and says so in the log", async () => {
  const root = fixture.folder;
  writeFileSync(join(root, "kept.txt"), "kept");
  mkdirSync(join(root, "proc"));
  symlinkSync(fixture.dataDir, join(root, "to data"));
  await fixture.runner().start();
  const artifact = await backUp("directory", { path: root });
  const names = namesIn(artifact);
  expect(names).toEqual(expect.arrayContaining(["./kept.txt", "./app.db", "./proc/", "./to data"]));
  expect(names.filter((name) => /data\/|secret|belfry\.db|program|commands/.test(name))).toEqual([]);
  const { text: log } = await runsLog.call(admin, { id: artifact.runId });
  expect(log).toContain("Leaving out data: it is Belfry's own data folder");
  expect(log).toContain("Leaving out program: it is the folder of Belfry's program");
  expect(log).toContain("Leaving out commands.json: it is the list of commands");
});

test("fault E4: hard links to the key are left out of a directory, and refused as a database", async () => {
  const root = join(fixture.folder, "files");
  mkdirSync(join(root, "deep"), { recursive: true });
  linkSync(join(fixture.dataDir, "secret.key"), join(root, "deep", "innocent\nname"));
  linkSync(join(fixture.dataDir, "belfry.db"), join(root, "app.db"));
  writeFileSync(join(root, "kept"), "kept");
  await fixture.runner().start();
  expect(namesIn(await backUp("directory", { path: root }))).toEqual(["./", "./deep/", "./kept"]);
  const config = { path: join(root, "app.db") };
  expect(await fieldOf(sourcesCreate.call(admin, { name: "x", kind: "sqlite", config }), "config.path")).toContain(
    "cannot be used here",
  );
});

test.runIf(CAN_MOUNT)("fault E4: also where the data folder is seen through a bind mount", async () => {
  const root = join(fixture.folder, "files");
  mkdirSync(join(root, "innocent"), { recursive: true });
  writeFileSync(join(root, "kept"), "kept");
  execFileSync("mount", ["--bind", fixture.dataDir, join(root, "innocent")]);
  try {
    await fixture.runner().start();
    expect(namesIn(await backUp("directory", { path: root })).join()).not.toContain("secret.key");
    for (const path of [join(root, "innocent"), join(root, "innocent", "secret.key")]) {
      const asked = sourcesCreate.call(admin, { name: "x", kind: "directory", config: { path } });
      expect(await fieldOf(asked, "config.path")).toContain("Belfry's own data folder");
    }
  } finally {
    execFileSync("umount", [join(root, "innocent")]);
  }
});

test("fault E4: sources and destinations of Belfry's own are refused at the form, at a Test, and when they run", async () => {
  const link = join(fixture.folder, "link");
  symlinkSync(fixture.dataDir, link);
  const paths = {
    directory: [
      fixture.dataDir,
      `${fixture.dataDir}//`,
      link,
      `${link}/work`,
      join(fixture.folder, "program"),
      "/proc",
      "/sys/x",
      "/dev",
    ],
    sqlite: [
      join(fixture.dataDir, "belfry.db"),
      join(link, "belfry.db"),
      join(fixture.folder, "commands.json"),
      "/dev/zero",
    ],
  };
  for (const [kind, list] of Object.entries(paths)) {
    for (const path of list) {
      const config = { path };
      const refused = expect.stringContaining("cannot be used here");
      expect([path, await fieldOf(sourcesCreate.call(admin, { name: "x", kind, config }), "config.path")]).toEqual([
        path,
        refused,
      ]);
      await expect(sourcesTestDraft.call(admin, { kind, config })).rejects.toMatchObject({ message: refused });
    }
  }
  for (const path of [fixture.dataDir, restores, link, join(fixture.folder, "program/dist"), "/proc/1", "/dev/shm/x"]) {
    const asked = destinationsCreate.call(admin, { name: "x", kind: "local", createFolder: true, config: { path } });
    expect([path, await fieldOf(asked, "config.path")]).toEqual([path, expect.stringContaining("cannot be used here")]);
  }
  expect(readdirSync(fixture.dataDir).sort()).toEqual(["belfry.db", "secret.key"]);
  // The folder that the first steps offer.
  const offered = { path: join(fixture.dataDir, "backups") };
  await destinationsCreate.call(admin, { name: "offered", kind: "local", createFolder: true, config: offered });
  expect(readdirSync(fixture.dataDir).sort()).toEqual(["backups", "belfry.db", "secret.key"]);
  // Where a database names the folder of a socket.
  const config = { host: `db.example,${fixture.dataDir}`, user: "u", database: "d" };
  expect(await fieldOf(sourcesCreate.call(admin, { name: "x", kind: "postgres", config }), "config.host")).toContain(
    "Belfry's own data folder",
  );
});

test("fault E4: a source and a destination that lead into the data folder only later are refused by the run", async () => {
  await fixture.runner().start();
  const link = join(fixture.folder, "moving");
  mkdirSync(join(fixture.folder, "harmless"));
  writeFileSync(join(fixture.folder, "harmless", "kept"), "kept");
  symlinkSync(join(fixture.folder, "harmless"), link);
  const sourceId = await fixture.source("directory", { path: link });
  const destinationId = await fixture.destination("disk");
  const job = await fixture.job({ sourceId, destinationIds: [destinationId] });
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "success" });
  rmSync(link);
  symlinkSync(fixture.dataDir, link);
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({
    status: "failure",
    error: expect.stringContaining("Belfry's own data folder"),
  });
  await sourcesUpdate.call(admin, { id: sourceId, config: { path: fixture.sourceFile } }).catch(() => undefined);
  const away = join(fixture.folder, "disk");
  renameSync(away, `${away}-away`);
  symlinkSync(fixture.dataDir, away);
  const plain = await fixture.source();
  const other = await fixture.job({ sourceId: plain, destinationIds: [destinationId] });
  expect(await fixture.over(await fixture.queue(other))).toMatchObject({
    status: "failure",
    error: expect.stringContaining("Belfry's own data folder"),
  });
  expect(readdirSync(fixture.dataDir).sort()).toEqual(["belfry.db", "secret.key", "work"]);
});

test("fault E4: no link below a destination's folder is followed", async () => {
  await fixture.runner().start();
  const artifact = await backUp("sqlite", { path: fixture.sourceFile });
  const [slug = ""] = artifact.path.split("/");
  const inside = join(fixture.folder, "disk", slug);
  renameSync(inside, join(fixture.folder, "elsewhere"));
  symlinkSync(join(fixture.folder, "elsewhere"), inside);
  const { runId } = await restore(commandActor, artifact, join(restores, "x.db"));
  expect(await fixture.over(runId)).toMatchObject({ status: "failure", error: expect.stringContaining("is a link") });
  const before = readdirSync(join(fixture.folder, "elsewhere"));
  const again = await fixture.over(await fixture.queue(await jobOf(artifact)));
  expect(again).toMatchObject({ status: "failure", error: expect.stringContaining("is a link") });
  expect(readdirSync(join(fixture.folder, "elsewhere"))).toEqual(before);
});

/** A backup of a folder with a link that leads out of it. */
async function backUpOutwardLink(): Promise<{ artifact: ArtifactRow; outside: string }> {
  const [files, outside] = [join(fixture.folder, "files"), join(fixture.folder, "outside")];
  for (const path of [files, outside]) mkdirSync(path);
  symlinkSync(outside, join(files, "out"));
  writeFileSync(join(files, "a.txt"), "alpha");
  return { artifact: await backUp("directory", { path: files }), outside };
}

test("fault E3: a restore through a link that an earlier one brings is refused when it runs", async () => {
  const runner = fixture.runner({ limit: 1 });
  await runner.start();
  const { artifact, outside } = await backUpOutwardLink();
  await runner.stop();
  // Both are asked for before the link is there.
  const first = await restore(operator, artifact, join(restores, "a"));
  const second = await restore(operator, artifact, join(restores, "a", "out", "b"));
  await fixture.runner({ limit: 1 }).start();
  expect(await fixture.over(first.runId)).toMatchObject({ status: "success" });
  expect(await fixture.over(second.runId)).toMatchObject({
    status: "failure",
    error: expect.stringContaining("does not lead there"),
  });
  expect(readdirSync(outside)).toEqual([]);
  // And refused at once from now on.
  await expect(restore(operator, artifact, join(restores, "a", "out", "c"))).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(restore(admin, artifact, join(restores, "a", "out", "c"))).rejects.toMatchObject({ code: "forbidden" });
  expect(readdirSync(outside)).toEqual([]);
});

test("fault E7: a restore to a link that leads to Belfry's own files is refused when asked, and when it runs", async () => {
  const runner = fixture.runner();
  await runner.start();
  const artifact = await backUp("sqlite", { path: fixture.sourceFile });
  mkdirSync(restores);
  const link = join(restores, "x.db");
  for (const actor of [admin, commandActor]) {
    for (const own of [
      "data/belfry.db",
      "data/secret.key",
      "data/new.db",
      "program/dist/server.mjs",
      "commands.json",
    ]) {
      symlinkSync(join(fixture.folder, own), link);
      await expect(restore(actor, artifact, link, { overwrite: true })).rejects.toMatchObject({ code: "invalid" });
      await expect(artifactsOutlook.call(actor, { id: artifact.id, target: { path: link } })).rejects.toMatchObject({
        code: "invalid",
      });
      rmSync(link);
    }
    for (const own of [".", "work", "work/x", "backups/x.db", "restores-not/x", "demo/x", "./restores/../secret.key"]) {
      const path = `${fixture.dataDir}/${own}`;
      await expect(restore(actor, artifact, path, { overwrite: true }), path).rejects.toMatchObject({
        code: "invalid",
      });
    }
  }
  await runner.stop();
  const queued = await restore(commandActor, artifact, join(fixture.folder, "later.db"));
  symlinkSync(join(fixture.dataDir, "belfry.db"), join(fixture.folder, "later.db"));
  await fixture.runner().start();
  expect(await fixture.over(queued.runId)).toMatchObject({
    status: "failure",
    error: expect.stringContaining("cannot be used here"),
  });
  for (const own of ["data/belfry.db", "data/secret.key", "program/dist/server.mjs", "commands.json"])
    expect(readFileSync(join(fixture.folder, own), "utf8")).toBe("own");
});

test("fault E7: nothing is restored over a folder that contains Belfry's own", async () => {
  await fixture.runner().start();
  const { artifact } = await backUpOutwardLink();
  const { runId } = await restore(commandActor, artifact, fixture.folder, { overwrite: true });
  expect(await fixture.over(runId)).toMatchObject({
    status: "failure",
    error: expect.stringContaining("Belfry's own data folder"),
  });
  expect(existsSync(join(fixture.folder, "a.txt"))).toBe(false);
});

test("fault E13: the console restores into the restore folder and over what was backed up, and nowhere else", async () => {
  await fixture.runner().start();
  const home = join(fixture.folder, "home");
  mkdirSync(home);
  const artifact = await backUp("sqlite", { path: fixture.sourceFile });
  const elsewhere = join(home, "authorized_keys");
  const refused = { code: "forbidden", message: expect.stringContaining("BELFRY_RESTORE_ROOTS") };
  await expect(restore(admin, artifact, elsewhere)).rejects.toMatchObject(refused);
  await expect(restore({ ...admin, kind: "api_key" } as Actor, artifact, elsewhere)).rejects.toMatchObject(refused);
  const inside = await restore(admin, artifact, join(restores, "x.db"));
  expect(await fixture.over(inside.runId)).toMatchObject({ status: "success" });
  const over = await restore(admin, artifact, fixture.sourceFile, { overwrite: true });
  expect(await fixture.over(over.runId)).toMatchObject({ status: "success" });
  // The command is run by the machine's user, who can write there anyway.
  const byCommand = await restore(commandActor, artifact, join(fixture.folder, "by-command.db"));
  expect(await fixture.over(byCommand.runId)).toMatchObject({ status: "success" });
  setRuntimeValue("restoreRoots", [home]);
  const named = await restore(admin, artifact, join(home, "named.db"));
  expect(await fixture.over(named.runId)).toMatchObject({ status: "success" });
  await expect(restore(operator, artifact, join(home, "operator.db"))).rejects.toMatchObject({ code: "forbidden" });
  // What was allowed when it was asked for may not be when it runs.
  await expect(restore(operator, artifact, fixture.sourceFile)).rejects.toMatchObject({ code: "forbidden" });
  expect(readdirSync(home)).toEqual(["named.db"]);
});

test("fault E13: what was backed up counts, not what a source names by now", async () => {
  await fixture.runner().start();
  const home = join(fixture.folder, "home");
  mkdirSync(home);
  const artifact = await backUp("sqlite", { path: fixture.sourceFile });
  const { sourceId } = await jobOf(artifact);
  await updateEndpoint("sources", sourceId, { config: { path: join(home, "authorized_keys") } }, audit());
  await expect(restore(admin, artifact, join(home, "authorized_keys"))).rejects.toMatchObject({ code: "forbidden" });
  // Nor does a link that now stands where it was.
  renameSync(fixture.sourceFile, join(fixture.folder, "old.db"));
  symlinkSync(join(home, "authorized_keys"), fixture.sourceFile);
  await expect(restore(admin, artifact, fixture.sourceFile)).rejects.toMatchObject({ code: "forbidden" });
  expect(readdirSync(home)).toEqual([]);
});

test("fault E13: who may change settings cannot move the restore folder out of what the environment allows", async () => {
  const home = join(fixture.folder, "home");
  mkdirSync(home);
  const move = (restoreFolder: string) => settingsGeneralUpdate.call(admin, { restoreFolder });
  for (const path of [home, "/root/.ssh", fixture.dataDir, join(fixture.dataDir, "work")])
    expect(await fieldOf(move(path), "restoreFolder")).toContain("BELFRY_RESTORE_ROOTS");
  await move(join(restores, "team"));
  setRuntimeValue("restoreRoots", [home]);
  await move(join(home, "restored"));
  // One from before the environment was changed back.
  setRuntimeValue("restoreRoots", []);
  await fixture.runner().start();
  const artifact = await backUp("sqlite", { path: fixture.sourceFile });
  await expect(restore(admin, artifact, join(home, "restored", "x.db"))).rejects.toMatchObject({ code: "forbidden" });
  expect(readdirSync(home)).toEqual([]);
});
