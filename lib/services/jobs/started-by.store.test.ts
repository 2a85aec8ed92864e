import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { usualDurations } from "@/db/queries/runs";
import type { Actor } from "@/lib/auth/access/actor";
import { addWebhook } from "@/lib/dispatch/pipeline-fixture";
import { forgetRouting } from "@/lib/dispatch/plan/routing-snapshot";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { takeDueSlots } from "@/lib/schedule/slots";
import { jobsRun } from "./run";

const ANA: Actor = {
  kind: "user",
  id: "usr_1",
  name: "Ana",
  email: "ana@example.org",
  role: "operator",
  timezone: null,
  address: null,
};
const KEY: Actor = { kind: "api_key", id: "key_1", name: "ci", role: "operator", address: null };
const COMMAND: Actor = { kind: "command", id: null, name: "the command", role: "admin", address: null };

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
  forgetRouting();
});
afterEach(() => fixture.close());

test("pain 52: button, API, command and schedule notify alike, and each says what started the run", async () => {
  const channelId = await addWebhook("ops", "http://127.0.0.1:9/hook");
  const sourceId = await fixture.source();
  const destinationIds = [await fixture.destination("disk")];
  const dueAt = Date.now() - 1_000;
  const schedule = { cron: "* * * * *", timezone: "UTC", nextRunAt: dueAt };
  const job = await fixture.job({ sourceId, destinationIds, ...schedule }, [{ channelId }]);
  await fixture.runner().start();
  const { orm, t } = database();
  const run = async (start: () => Promise<unknown>) => {
    const before = new Set((await orm.select({ id: t.runs.id }).from(t.runs)).map(({ id }) => id));
    await start();
    const begun = (await orm.select({ id: t.runs.id }).from(t.runs)).find(({ id }) => !before.has(id));
    expect(await fixture.over(begun?.id ?? "")).toMatchObject({ status: "success" });
    const rows = await orm
      .select({ type: t.events.type, data: t.events.data, recipient: t.deliveries.channelId, kind: t.deliveries.kind })
      .from(t.events)
      .innerJoin(t.deliveries, eq(t.deliveries.eventId, t.events.id))
      .where(eq(t.events.runId, begun?.id ?? ""));
    return rows.map(({ data, ...row }) => ({ ...row, startedBy: data.startedBy }));
  };
  const notified = (startedBy: string) => [
    { type: "backup.completed", recipient: channelId, kind: "initial", startedBy },
  ];
  expect(await run(() => jobsRun.call(ANA, { id: job.id }))).toEqual(notified("Ana"));
  expect(await run(() => jobsRun.call(KEY, { id: job.id }))).toEqual(notified("API key ci"));
  expect(await run(() => jobsRun.call(COMMAND, { id: job.id }))).toEqual(notified("the command"));
  expect(await run(() => takeDueSlots(Date.now(), { holdsLate: false, corrected: new Set() }))).toEqual(
    notified("schedule"),
  );
});

test("pain 49: what is usual is the median of the last ten good runs", async () => {
  const job = await fixture.job({ sourceId: await fixture.source(), destinationIds: [] });
  const took = async (ms: number, status: "success" | "failure" = "success") => {
    const times = { queuedAt: 0, startedAt: 1_000, finishedAt: 1_000 + ms };
    await fixture.queue(job, { status, ...times });
  };
  expect(await usualDurations([job.id])).toEqual(new Map());
  for (const ms of [9_000_000, 9_000_000]) await took(ms);
  for (const ms of [10, 20, 30, 40, 50, 60, 70, 80, 90, 5_000]) await took(ms);
  await took(77_000_000, "failure");
  expect(await usualDurations([job.id])).toEqual(new Map([[job.id, 50]]));
});
