import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setRuntimeValue } from "@/lib/core/runtime";
import { type JobFixture, openJobFixture } from "./testing/job-fixture";

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(async () => {
  setRuntimeValue("toolsPath", null);
  await fixture.close();
});

test.each([
  ["first", ["gone", "disk"]],
  ["last", ["disk", "gone"]],
])("pain 51: a destination that fails %s makes the run a warning, whatever succeeds beside it", async (_, order) => {
  const ids: string[] = [];
  for (const name of order) ids.push(await fixture.destination(name));
  const job = await fixture.job({ sourceId: await fixture.source(), destinationIds: ids, keepLast: 1 });
  await fixture.runner().start();
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "success" });
  renameSync(join(fixture.folder, "gone"), join(fixture.folder, "away"));
  const run = await fixture.over(await fixture.queue(job));
  // The last step, retention at the disk that works, removes an old backup and succeeds.
  expect(run).toMatchObject({ status: "warning", error: expect.stringContaining("gone did not take the backup") });
  expect(readdirSync(join(fixture.folder, "disk", "job-1"))).toHaveLength(1);
  expect((await fixture.events()).at(-1)?.type).toBe("backup.warning");
});

test("pain 51: what the source, a destination and retention complain of is all named", async () => {
  const root = join(fixture.folder, "files");
  mkdirSync(root);
  const sourceId = await fixture.source("directory", { path: root });
  const ids = [await fixture.destination("disk"), await fixture.destination("gone")];
  const job = await fixture.job({ sourceId, destinationIds: ids, keepLast: 1, mayBeEmpty: true });
  await fixture.runner().start();
  await fixture.over(await fixture.queue(job));
  const folder = join(fixture.folder, "disk", "job-1");
  const [old = ""] = readdirSync(folder);
  rmSync(join(folder, old));
  mkdirSync(join(folder, old));
  renameSync(join(fixture.folder, "gone"), join(fixture.folder, "away"));
  // tar's own warning: a file changed while it was read.
  const warns =
    'for a in "$@"; do [ "$a" = --create ] && { /usr/bin/tar "$@"; echo "tar: a: file changed as we read it" >&2; exit 1; }; done; exec /usr/bin/tar "$@"';
  setRuntimeValue("toolsPath", fixture.fakeTool("tar", warns));
  const { status, error } = await fixture.over(await fixture.queue(job));
  expect(status).toBe("warning");
  expect(error).toMatch(/gone did not take the backup/);
  expect(error).toMatch(/changed while being read: a/);
  expect(error).toMatch(/could not be removed from disk/);
});
