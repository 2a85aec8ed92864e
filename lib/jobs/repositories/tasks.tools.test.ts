import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { findRepository } from "@/db/queries/repositories";
import { systemActor } from "@/lib/auth/access/actor";
import { repositoriesCreate } from "@/lib/services/repositories/create";
import { repositoriesCheck, repositoriesCompact, repositoriesPrune } from "@/lib/services/repositories/tasks";
import { type JobFixture, openJobFixture } from "../testing/job-fixture";

const passphrase = "a passphrase of some length";
let fixture: JobFixture;
let folder: string;
beforeEach(async () => {
  fixture = await openJobFixture();
  folder = mkdtempSync(join(tmpdir(), "belfry-tasks-"));
});
afterEach(async () => {
  await fixture.close();
  rmSync(folder, { recursive: true, force: true });
});

const path = () => join(folder, "repository");
const env = () => ({ ...process.env, BORG_BASE_DIR: join(folder, "base"), BORG_PASSPHRASE: passphrase });
const borg = (...args: string[]) => execFileSync("borg", args, { env: env(), cwd: folder, encoding: "utf8" });

/** A repository with archives of half a megabyte each that share nothing. */
async function repositoryWith(...archives: string[]): Promise<string> {
  const { id } = await repositoriesCreate.call(systemActor, {
    name: "offsite",
    kind: "borg",
    location: path(),
    passphrase,
    create: true,
    retention: { last: 1 },
  });
  mkdirSync(join(folder, "files"), { recursive: true });
  for (const name of archives) {
    writeFileSync(join(folder, "files", "data.bin"), randomBytes(500_000));
    borg("create", `${path()}::${name}`, "files");
  }
  return id;
}
const over = async ({ runId }: { runId: string }) => await fixture.over(runId);
const eventsOf = async (prefix: string) =>
  (await fixture.events()).filter(({ type }) => type.startsWith(prefix)).map(({ type }) => type);

/** The largest file of segments. */
function largestSegment(): string {
  const below = (at: string): string[] =>
    readdirSync(at, { withFileTypes: true }).flatMap((one) =>
      one.isDirectory() ? below(join(at, one.name)) : [join(at, one.name)],
    );
  const [largest] = below(join(path(), "data")).sort((one, other) => statSync(other).size - statSync(one).size);
  return largest ?? "";
}

test("pain 16: a flipped byte in a segment fails the check, each time anew, and a whole repository resolves it", async () => {
  const id = await repositoryWith("a");
  await fixture.runner().start();
  const whole = join(folder, "whole");
  cpSync(path(), whole, { recursive: true });
  const damage = () => {
    const file = largestSegment();
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    writeFileSync(file, bytes);
  };
  damage();
  const failed = await over(await repositoriesCheck.call(systemActor, { id }));
  expect(failed).toMatchObject({ status: "failure", repositoryId: id });
  expect(failed.error).toMatch(/^offsite is damaged\. borg check found:\n.*Data integrity error/);
  rmSync(path(), { recursive: true });
  cpSync(whole, path(), { recursive: true });
  expect((await over(await repositoriesCheck.call(systemActor, { id }))).status).toBe("success");
  const { orm, t } = database();
  const alerts = () => orm.select().from(t.alerts).where(eq(t.alerts.type, "check.failed"));
  expect(await alerts()).toMatchObject([{ status: "resolved", subjectKind: "repository", subjectId: id }]);
  damage();
  await over(await repositoriesCheck.call(systemActor, { id }));
  expect(await eventsOf("check.")).toEqual(["check.failed", "check.completed", "check.failed"]);
  expect((await alerts()).map(({ status }) => status).sort()).toEqual(["firing", "resolved"]);
});

test("compact.completed says what was freed, as measured on the disk", async () => {
  const id = await repositoryWith("a", "b");
  await fixture.runner().start();
  borg("delete", `${path()}::a`);
  const size = () => Number.parseInt(execFileSync("du", ["-sb", path()], { encoding: "utf8" }), 10);
  const before = size();
  const run = await over(await repositoriesCompact.call(systemActor, { id }));
  expect(run.status).toBe("success");
  expect(run.bytes).toBeGreaterThan(400_000);
  expect(Math.abs((run.bytes ?? 0) - (before - size()))).toBeLessThan(20_000);
  expect(await eventsOf("compact.")).toEqual(["compact.completed"]);
  expect((await findRepository(id))?.state?.archives).toBe(1);
});

test("a prune removes the archives of jobs that are not kept, and no other program's", async () => {
  const ours = ["20260101T000000Z-aaaa", "20260102T000000Z-bbbb"].map((stamp) => `shop-${stamp}`);
  const id = await repositoryWith(...ours, "shop-by-hand", "shop-eu-20260101T000000Z-cccc");
  await fixture.runner().start();
  const run = await over(await repositoriesPrune.call(systemActor, { id }));
  expect(run).toMatchObject({ status: "success", files: 1 });
  const left = borg("list", "--short", path()).trim().split("\n").sort();
  expect(left).toEqual([ours[1], "shop-by-hand", "shop-eu-20260101T000000Z-cccc"]);
  expect(await eventsOf("prune.")).toEqual(["prune.completed"]);
});

test("pain 1: a check of a repository that is locked, or gone, is a failure that says so", async () => {
  const id = await repositoryWith();
  await fixture.runner().start();
  const lock = join(path(), "lock.exclusive");
  mkdirSync(lock);
  writeFileSync(join(lock, "nas@1234.4711-0"), "");
  const locked = await over(await repositoriesCheck.call(systemActor, { id }));
  expect(locked).toMatchObject({ status: "failure", error: "offsite is locked by process 4711 on nas." });
  rmSync(path(), { recursive: true });
  const gone = await over(await repositoriesCompact.call(systemActor, { id }));
  expect(gone.error).toMatch(/^There is no repository at /);
  expect(await eventsOf("c")).toEqual(["check.failed", "compact.failed"]);
});

test("one run of a repository goes at a time: another one waits", async () => {
  const id = await repositoryWith("a");
  const [check, again, compact] = [
    await repositoriesCheck.call(systemActor, { id }),
    await repositoriesCheck.call(systemActor, { id }),
    await repositoriesCompact.call(systemActor, { id }),
  ];
  expect(again.runId).toBe(check.runId);
  await fixture.runner().start();
  const [first, second] = [await over(check), await over(compact)];
  expect([first.status, second.status]).toEqual(["success", "success"]);
  expect(second.startedAt ?? 0).toBeGreaterThanOrEqual(first.finishedAt ?? 0);
});
