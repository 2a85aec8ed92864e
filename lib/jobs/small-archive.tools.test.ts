import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openJobFixture } from "./testing/job-fixture";

test("a small directory packed with zstd is backed up every time, although tar stops reading before its end", async () => {
  const fixture = await openJobFixture();
  const path = join(fixture.folder, "docs");
  mkdirSync(join(path, "notes"), { recursive: true });
  writeFileSync(join(path, "a.txt"), "hello\n");
  writeFileSync(join(path, "notes/b.txt"), "hello b\n");
  const sourceId = await fixture.source("directory", { path });
  const runner = fixture.runner();
  await runner.start();
  const seen = new Set<string>();
  for (let turn = 0; turn < 12; turn++) {
    const destinationId = await fixture.destination(`disk ${turn}`);
    const job = await fixture.job({ sourceId, destinationIds: [destinationId], compression: "zstd" });
    const run = await fixture.over(await fixture.queue(job));
    seen.add(`${run.status} ${run.error ?? ""}`.trim());
  }
  await runner.stop();
  await fixture.close();
  expect([...seen]).toEqual(["success"]);
});
