import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openWorld } from "./testing/job-fixture";

test("a small directory packed with zstd is backed up every time, although tar stops reading before its end", async () => {
  const world = await openWorld();
  const path = join(world.folder, "docs");
  mkdirSync(join(path, "notes"), { recursive: true });
  writeFileSync(join(path, "a.txt"), "hello\n");
  writeFileSync(join(path, "notes/b.txt"), "hello b\n");
  const sourceId = await world.source("directory", { path });
  const runner = world.runner();
  await runner.start();
  const seen = new Set<string>();
  for (let turn = 0; turn < 12; turn++) {
    const destinationId = await world.destination(`disk ${turn}`);
    const job = await world.job({ sourceId, destinationIds: [destinationId], compression: "zstd" });
    const run = await world.over(await world.queue(job));
    seen.add(`${run.status} ${run.error ?? ""}`.trim());
  }
  await runner.stop();
  await world.close();
  expect([...seen]).toEqual(["success"]);
});
