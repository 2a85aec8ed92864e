import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import type { Actor } from "@/lib/auth/access/actor";
import { idsSince } from "@/lib/core/id";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { artifactsDays } from "./days";

const inZone = (timezone: string) =>
  ({ kind: "user", id: "usr_reader", name: "Ana", role: "viewer", address: null, timezone }) as Actor;

let world: JobFixture;
beforeEach(async () => {
  world = await openJobFixture();
});
afterEach(() => world.close());

test("each backup of a month counts once, on the reader's day, and a doubted copy makes it suspect", async () => {
  const job = await world.job({ sourceId: await world.source(), destinationIds: [await world.destination("disk")] });
  const other = await world.job({
    sourceId: await world.source(),
    destinationIds: [await world.destination("disk 2")],
  });
  await world.runner().start();
  for (const one of [job, job, other]) await world.over(await world.queue(one));
  const { orm, t } = database();
  const [october, november, ofOther] = await orm.select().from(t.artifacts).orderBy(t.artifacts.id);
  if (!october || !november || !ofOther) throw new Error("Not every run made a backup.");
  await orm.delete(t.artifacts);
  const store = async (row: typeof october, at: string, damage: string | null = null) => {
    const createdAt = Date.parse(at);
    await orm
      .insert(t.artifacts)
      .values({ ...row, id: `${idsSince("art", createdAt)}${row.id.slice(-4)}`, createdAt, damage });
  };
  // At midnight in Berlin between October and November: half past eleven in the evening in UTC.
  await store(october, "2026-10-31T23:30:00Z");
  await store(november, "2026-11-12T02:00:00Z");
  // Its second copy, made later.
  await store(november, "2026-11-12T02:20:00Z", "It is not what it was.");
  await store(ofOther, "2026-11-12T03:00:00Z");

  const both = [
    { day: "2026-11-01", backups: 1, suspect: 0 },
    { day: "2026-11-12", backups: 2, suspect: 1 },
  ];
  const month = "2026-11";
  expect(await artifactsDays.call(inZone("Europe/Berlin"), { month })).toEqual({ month, days: both });
  expect(await artifactsDays.call(inZone("UTC"), { month })).toEqual({ month, days: both.slice(1) });
  expect((await artifactsDays.call(inZone("UTC"), { month: "2026-10" })).days).toEqual([
    { ...both[0], day: "2026-10-31" },
  ]);
  expect((await artifactsDays.call(inZone("UTC"), { month, jobId: other.id })).days).toEqual([
    { day: "2026-11-12", backups: 1, suspect: 0 },
  ]);
});

test("without a month it is the one that is now; what is none is refused beside the field", async () => {
  const { month, days } = await artifactsDays.call(inZone("UTC"), {});
  expect(month).toBe(new Date().toISOString().slice(0, 7));
  expect(days).toEqual([]);
  for (const wrong of ["2026-13", "2026-1", "26-11", "2026-11-01"]) {
    await expect(artifactsDays.call(inZone("UTC"), { month: wrong })).rejects.toMatchObject({ code: "invalid" });
  }
});
