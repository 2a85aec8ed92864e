import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { listRuns } from "@/db/queries/runs";
import { systemActor } from "@/lib/auth/access/actor";
import { openAlerts, until } from "@/lib/dispatch/pipeline-fixture";
import { HOUR, MINUTE, openWatchFixture } from "@/lib/runtime/testing/watch-fixture";
import { configBackupUpdate } from "@/lib/services/config-backup/update";
import { endGraceOfConfigBackup, takeDueConfigBackup } from "./config-backup";

let fixture: Awaited<ReturnType<typeof openWatchFixture>>;
let destinationId: string;
beforeEach(async () => {
  fixture = await openWatchFixture();
  destinationId = await fixture.jobs.destination("configurations");
  await configBackupUpdate.call(systemActor, {
    enabled: true,
    schedule: { cron: "0 * * * *", timezone: "UTC" },
    destinationId,
    passphrase: "a passphrase of some length",
  });
  await takeDueConfigBackup(Date.now());
});
afterEach(() => fixture.close());

const runs = () => listRuns({ limit: 10, kind: "config_backup" });

/** The moment of the next slot. */
async function reachSlot(): Promise<void> {
  await fixture.pass(HOUR - (fixture.clock.now % HOUR), [], HOUR);
}

test("a configuration backup that came due while Belfry was down is a missed schedule once, is made afterwards, and its end resolves that", async () => {
  await reachSlot();
  await fixture.pass(3 * HOUR, [], HOUR);
  await Promise.all([takeDueConfigBackup(Date.now()), takeDueConfigBackup(Date.now())]);
  await until(() => fixture.receiver.received.length === 1);
  expect(fixture.titles()).toEqual(["Missed Schedule: configuration backup"]);
  expect(fixture.receiver.received[0]?.message).toContain("4 due configuration backups did not begin. Belfry was not");
  const [run, ...others] = await runs();
  expect(others).toEqual([]);
  expect(run).toMatchObject({ status: "queued", trigger: "schedule" });
  await fixture.jobs.runner().start();
  expect(await fixture.jobs.over(run?.id ?? "")).toMatchObject({ status: "success" });
  expect(await openAlerts()).toEqual([]);
  await until(() => fixture.receiver.received.some(({ status }) => status === "resolved"));

  await reachSlot();
  await fixture.pass(2 * HOUR, [], HOUR);
  await takeDueConfigBackup(Date.now());
  await until(() => fixture.titles().filter((title) => title === "Missed Schedule: configuration backup").length === 2);
});

test("one that is on time is no news; one that does not get its turn for hours is canceled and missed", async () => {
  await reachSlot();
  await takeDueConfigBackup(Date.now());
  const [run] = await runs();
  expect(run).toMatchObject({ status: "queued", dueAt: fixture.clock.now });
  await endGraceOfConfigBackup(Date.now() + 5 * HOUR);
  expect(await openAlerts()).toEqual([]);
  const { orm, t } = database();
  await fixture.pass(6 * HOUR + MINUTE, [], HOUR);
  await endGraceOfConfigBackup(Date.now());
  expect(
    (
      await orm
        .select()
        .from(t.runs)
        .where(eq(t.runs.id, run?.id ?? ""))
    )[0],
  ).toMatchObject({ status: "canceled" });
  await until(() => fixture.receiver.received.length === 1);
  expect(fixture.receiver.received[0]?.message).toContain("it did not get its turn");
});
