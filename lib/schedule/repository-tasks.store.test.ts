import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { allRepositorySlots } from "@/db/queries/repository-slots";
import { systemActor } from "@/lib/auth/access/actor";
import type { AppError } from "@/lib/core/errors";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { repositoriesCreate } from "@/lib/services/repositories/create";
import { repositoriesUpdate } from "@/lib/services/repositories/update";
import { endGraceOfRepositoryTasks, takeDueRepositoryTasks } from "./repository-tasks";

const HOUR = 3_600_000;
/** A Sunday, 03:00. */
const start = Date.UTC(2027, 0, 3, 3);
let fixture: JobFixture;
let folder: string;
beforeEach(async () => {
  fixture = await openJobFixture();
  folder = mkdtempSync(join(tmpdir(), "belfry-slots-"));
});
afterEach(async () => {
  await fixture.close();
  rmSync(folder, { recursive: true, force: true });
});

const repository = async (schedules: object) =>
  (
    await repositoriesCreate.call(systemActor, {
      name: "offsite",
      kind: "restic",
      location: join(folder, "repository"),
      passphrase: "a passphrase of some length",
      create: true,
      retention: { daily: 7 },
      schedules,
    })
  ).id;
const runs = async () => {
  const { orm, t } = database();
  return (await orm.select().from(t.runs)).map(({ kind, status, dueAt }) => ({ kind, status, dueAt }));
};
const missed = async () => {
  const { orm, t } = database();
  return (await orm.select().from(t.events)).filter(({ type }) => type === "backup.missed");
};

test("each task runs at its own time, once, and a changed schedule counts from now on", async () => {
  const id = await repository({ check: "0 4 * * *", prune: "0 5 * * *", timezone: "UTC" });
  await takeDueRepositoryTasks(start, false);
  expect(await runs()).toEqual([]);
  for (let count = 0; count < 3; count++) await takeDueRepositoryTasks(start + HOUR + count * 1_000, false);
  expect(await runs()).toEqual([{ kind: "check", status: "queued", dueAt: start + HOUR }]);
  await repositoriesUpdate.call(systemActor, { id, schedules: { check: "30 4 * * *", timezone: "UTC" } });
  await takeDueRepositoryTasks(start + HOUR + 10_000, false);
  expect(await allRepositorySlots()).toMatchObject([{ task: "check", nextAt: start + 1.5 * HOUR }]);
  await repositoriesUpdate.call(systemActor, { id, schedules: {} });
  await takeDueRepositoryTasks(start + 2 * HOUR, false);
  expect(await allRepositorySlots()).toEqual([]);
  expect(await runs()).toHaveLength(1);
});

test("slots that passed while Belfry was down are reported once, with their number, and resolved by the next good task", async () => {
  await repository({ check: "0 4 * * *", timezone: "UTC" });
  await takeDueRepositoryTasks(start, false);
  const later = start + 50 * HOUR;
  await takeDueRepositoryTasks(later, true);
  expect(await missed()).toEqual([]);
  for (let count = 0; count < 2; count++) await takeDueRepositoryTasks(later, false);
  const [event, ...others] = await missed();
  expect(others).toEqual([]);
  expect(event).toMatchObject({ subjectKind: "repository", data: { task: "check", missed: { count: 3 } } });
  expect(event?.notification).toMatchObject({
    message: expect.stringContaining("3 due checks of offsite did not begin"),
  });
  const next = (await allRepositorySlots())[0]?.nextAt ?? 0;
  expect(next).toBe(start + 73 * HOUR);
  await takeDueRepositoryTasks(next, false);
  await fixture.runner().start();
  const { orm, t } = database();
  await expect
    .poll(async () => (await orm.select().from(t.alerts)).map(({ type, status }) => [type, status]), {
      timeout: 40_000,
    })
    .toEqual([["backup.missed", "resolved"]]);
});

test("a due task that does not get its turn is canceled and reported", async () => {
  await repository({ compact: "0 4 * * *", timezone: "UTC" });
  await takeDueRepositoryTasks(start, false);
  await takeDueRepositoryTasks(start + HOUR, false);
  await endGraceOfRepositoryTasks(start + 6 * HOUR);
  expect((await runs())[0]?.status).toBe("queued");
  await endGraceOfRepositoryTasks(start + 7 * HOUR);
  expect((await runs())[0]?.status).toBe("canceled");
  expect((await missed())[0]?.data).toMatchObject({ task: "compact" });
});

test("a schedule that cannot be is refused beside its field", async () => {
  const fields = (schedules: object, more: object = {}) =>
    repositoriesUpdate.call(systemActor, { id, schedules, ...more }).then(
      () => null,
      (error: AppError) => Object.keys(error.details?.fields ?? {}),
    );
  const id = await repository({});
  expect(await fields({ check: "61 * * * *" })).toEqual(["schedules.check"]);
  expect(await fields({ check: "0 4 * * *", timezone: "Mars/Base" })).toEqual(["schedules.timezone"]);
  expect(await fields({ prune: "0 4 * * *" }, { retention: null })).toEqual(["schedules.prune"]);
  expect(await fields({ prune: "0 4 * * *" })).toBe(null);
});
