import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { overdueByDestination } from "@/db/queries/artifacts";
import { type JobFixture, openJobFixture } from "./testing/job-fixture";

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(() => fixture.close());

test("pain 55: old backups that cannot be removed are a warning each time, and are counted at their destination", async () => {
  const destinationId = await fixture.destination("disk");
  const job = await fixture.job({ sourceId: await fixture.source(), destinationIds: [destinationId], keepLast: 1 });
  await fixture.runner().start();
  const backUp = async () => await fixture.over(await fixture.queue(job));
  await backUp();
  // A folder in the place of the file: even root cannot unlink it.
  const folder = join(fixture.folder, "disk", "job-1");
  const [old = ""] = readdirSync(folder);
  rmSync(join(folder, old));
  mkdirSync(join(folder, old));
  for (const _ of [1, 2]) {
    expect(await backUp()).toMatchObject({
      status: "warning",
      error: expect.stringMatching(/^1 old backup could not be removed from disk, which fills up: /),
    });
    expect(await overdueByDestination()).toEqual(new Map([[destinationId, 1]]));
  }
  rmSync(join(folder, old), { recursive: true });
  expect(await backUp()).toMatchObject({ status: "success" });
  expect(await overdueByDestination()).toEqual(new Map());
});
