import { afterEach, beforeEach, expect, test } from "vitest";
import { databaseHandle } from "./client";
import { migrate } from "./migrate";
import { allMigrations, copyMigrations, dumpDatabase } from "./old-versions/migrations";
import { rememberProgram } from "./program";
import { emptyDatabase } from "./testing";

let remove: () => Promise<void>;
beforeEach(async () => {
  remove = await emptyDatabase();
});
afterEach(() => remove());

test("fault A22: an older program refuses the newer database with both versions named, and changes nothing", async () => {
  const { kind } = databaseHandle();
  const [older = "", newest = ""] = allMigrations(kind).slice(-2);
  await migrate(process.cwd());
  await rememberProgram(process.cwd());
  const before = await dumpDatabase(databaseHandle());
  const old = copyMigrations({ kind, until: older });
  await expect(migrate(old.root)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(
      new RegExp(
        `last migrated by Belfry \\d+\\.\\d+\\.\\d+, migration ${newest}.*newest migration that it knows is ${older}`,
      ),
    ),
  });
  expect(await dumpDatabase(databaseHandle())).toEqual(before);
  old.remove();
  await migrate(process.cwd());
});

test("fault A22: it also refuses a newer database that no program has left its name in", async () => {
  const { kind } = databaseHandle();
  await migrate(process.cwd());
  const old = copyMigrations({ kind, until: allMigrations(kind)[0] });
  await expect(migrate(old.root)).rejects.toMatchObject({
    message: expect.stringMatching(/a migration that was made 20\d\d-/),
  });
  old.remove();
});
