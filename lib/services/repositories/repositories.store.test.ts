import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { findRepository } from "@/db/queries/repositories";
import { systemActor } from "@/lib/auth/access/actor";
import type { AppError } from "@/lib/core/errors";
import type { RepositoryKind } from "@/lib/core/repository";
import { setRuntimeValue } from "@/lib/core/runtime";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { repositoriesCreate } from "./create";
import { repositoriesDelete } from "./delete";
import { repositoriesList } from "./list";
import { repositoriesTest } from "./test";
import { repositoriesUpdate } from "./update";

const admin = systemActor;
const passphrase = "bell 'tower' $HOME";
const disk = mkdtempSync(join(tmpdir(), "belfry-repositories-"));
afterAll(() => rmSync(disk, { recursive: true, force: true }));

let fixture: JobFixture;
let folder: string;
beforeEach(async () => {
  fixture = await openJobFixture();
  folder = mkdtempSync(join(disk, "r-"));
});
afterEach(() => fixture.close());

const inputOf = (kind: RepositoryKind, more: object = {}) => ({
  name: "offsite",
  kind,
  location: join(folder, kind),
  passphrase,
  create: true,
  ...more,
});
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => ({ code: "let through", message: "" }),
    (error: AppError) => ({ code: error.code, message: error.message, fields: error.details?.fields }),
  );

test.each(["borg", "restic"] as const)(
  "%s: a repository is made, opened by its passphrase and never by another",
  async (kind) => {
    const made = await repositoriesCreate.call(admin, inputOf(kind));
    expect(made).toMatchObject({ name: "offsite", kind, location: join(folder, kind), contents: null });
    expect(existsSync(join(folder, kind, "config"))).toBe(true);
    expect(JSON.stringify(made)).not.toContain("bell 'tower'");
    expect((await findRepository(made.id))?.repository.secrets).toMatch(/^s1\./);
    expect((await repositoriesTest.call(admin, { id: made.id })).message).toContain("offsite opens: 0 archives");
    expect((await repositoriesList.call(admin, {})).items[0]?.contents?.archives).toBe(0);
    expect(await refusal(repositoriesUpdate.call(admin, { id: made.id, passphrase: "another" }))).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("The passphrase of offsite is wrong."),
    });
    expect((await repositoriesTest.call(admin, { id: made.id })).status).toBe("ok");
    await repositoriesDelete.call(admin, { id: made.id });
    expect(existsSync(join(folder, kind, "config"))).toBe(true);
    const adopted = inputOf(kind, { create: false });
    expect(await refusal(repositoriesCreate.call(admin, { ...adopted, passphrase: "another" }))).toMatchObject({
      message: expect.stringContaining("passphrase of offsite is wrong"),
    });
    expect((await repositoriesCreate.call(admin, adopted)).encryption).not.toBe("");
  },
);

test.each(["borg", "restic"] as const)(
  "%s: what is wrong about a location is said in words, and nothing is stored",
  async (kind) => {
    const create = (more: object) => refusal(repositoriesCreate.call(admin, inputOf(kind, more)));
    expect(await create({ create: false })).toMatchObject({
      message: expect.stringMatching(/^There is no repository at .*\nIs the disk mounted\?/),
    });
    mkdirSync(join(folder, kind));
    writeFileSync(join(folder, kind, "notes.txt"), "no repository");
    if (kind === "borg") expect((await create({ create: false })).message).toContain("is not a borg repository");
    expect(await create({ location: "files" })).toMatchObject({
      code: "invalid",
      fields: { location: expect.any(String) },
    });
    expect(await create({ location: "/srv/{now}" })).toMatchObject({
      fields: { location: expect.stringContaining("{") },
    });
    expect(await create({ location: `ftp://host/srv` })).toMatchObject({ code: "invalid" });
    expect(await create({ location: `${kind === "borg" ? "ssh" : "sftp"}://-oProxyCommand=x/srv` })).toMatchObject({
      code: "invalid",
    });
    expect(await create({ location: join(fixture.dataDir, "x") })).toMatchObject({
      fields: { location: expect.stringContaining("Belfry's own data folder") },
    });
    expect(await create({ passphrase: null })).toMatchObject({ fields: { passphrase: expect.any(String) } });
    setRuntimeValue("toolsPath", join(folder, "nothing-here"));
    expect((await create({})).message).toMatch(new RegExp(`^${kind} .*\\n.*apt install ${kind}`));
    setRuntimeValue("toolsPath", null);
    expect((await repositoriesList.call(admin, {})).items).toEqual([]);
  },
);

test("a name and a location are taken once, before anything is made", async () => {
  await repositoriesCreate.call(admin, inputOf("borg"));
  expect(await refusal(repositoriesCreate.call(admin, inputOf("borg", { location: join(folder, "b") })))).toMatchObject(
    {
      code: "conflict",
      fields: { name: expect.any(String) },
    },
  );
  expect(existsSync(join(folder, "b"))).toBe(false);
  expect(await refusal(repositoriesCreate.call(admin, inputOf("borg", { name: "x" })))).toMatchObject({
    fields: { location: expect.any(String) },
  });
});

test("a borg repository that was moved is refused until its location is saved again", async () => {
  const { id } = await repositoriesCreate.call(admin, inputOf("borg"));
  await repositoriesTest.call(admin, { id });
  const moved = join(folder, "moved");
  renameSync(join(folder, "borg"), moved);
  expect((await refusal(repositoriesTest.call(admin, { id }))).message).toContain("There is no repository at");
  // What lies at the known place is another one than borg knew there.
  const other = await refusal(repositoriesUpdate.call(admin, { id, passphrase }));
  expect(other.code).toBe("unavailable");
  expect((await repositoriesUpdate.call(admin, { id, location: moved })).location).toBe(moved);
  expect((await repositoriesTest.call(admin, { id })).status).toBe("ok");
});

test("a lock names the process that holds it", async () => {
  const { id } = await repositoriesCreate.call(admin, inputOf("borg"));
  const lock = join(folder, "borg", "lock.exclusive");
  mkdirSync(lock);
  // A process of another machine: borg cannot know whether it lives.
  writeFileSync(join(lock, "nas@1234.4711-0"), "");
  const refused = await refusal(repositoriesTest.call(admin, { id }));
  expect(refused.message).toMatch(/^offsite is locked by process 4711 on nas\.\n.*break the lock/);
});

test("an unencrypted borg repository is adopted without a passphrase", async () => {
  const location = join(folder, "plain");
  execFileSync("borg", ["init", "-e", "none", location], { env: { ...process.env, BORG_BASE_DIR: folder } });
  const made = await repositoriesCreate.call(admin, inputOf("borg", { location, passphrase: null, create: false }));
  expect(made.encryption).toBe("none");
});
