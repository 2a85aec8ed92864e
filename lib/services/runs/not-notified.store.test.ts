import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "@/db/client";
import { createJob } from "@/db/stores/jobs";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { emit } from "@/lib/dispatch/emit";
import { backupFailed } from "@/lib/events/backup-failed";
import { audit, externalJobRow, ruleRow, runRow } from "@/lib/jobs/testing/job-rows";
import { setSecretKey } from "@/lib/secrets/key";
import { channelsCreate } from "@/lib/services/channels/create";
import { channelsUpdate } from "@/lib/services/channels/update";
import { deliveriesList } from "@/lib/services/deliveries/list";
import { notificationsGet } from "@/lib/services/notifications/get";
import { runsGet } from "./get";

const viewer: Actor = { kind: "api_key", id: "key_1", name: "a key", role: "viewer", address: null };

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterAll(() => close());

async function channel(name: string, change: { enabled?: boolean; minSeverity?: string } = {}): Promise<string> {
  const config = { url: "http://127.0.0.1:9/" };
  const { id } = await channelsCreate.call(systemActor, { name, provider: "webhook", config });
  await channelsUpdate.call(systemActor, { id, ...change });
  return id;
}

/** A failed run of a job with a rule for each of these channels, reported. */
async function failedRun(name: string, rules: { channelId: string; repeat?: "first" }[]) {
  const job = externalJobRow(name);
  const notifications = rules.map((rule, position) => ruleRow(job.id, position, rule));
  await createJob({ job, destinationIds: [], notifications }, audit());
  return { job, fail: () => fail(job) };
}

async function fail(job: { id: string; name: string; slug: string }) {
  const { orm, t } = database();
  const now = Date.now();
  const run = runRow(job, { status: "failure", startedAt: now, finishedAt: now, executor: "external" });
  await orm.insert(t.runs).values(run);
  const { id, name, slug } = job;
  await emit(
    backupFailed.draft({
      subject: { kind: "job", id, name },
      data: {
        job: { id, name, slug },
        run: { id: run.id, status: "failure", startedAt: now, finishedAt: now, bytes: null, files: null, attempts: 1 },
      },
    }),
  );
  return run.id;
}

test("a run names the channels that were asked and disabled, as they were at that time", async () => {
  const [first, second] = [await channel("ops", { enabled: false }), await channel("night shift", { enabled: false })];
  const { job, fail } = await failedRun("shop", [{ channelId: first }, { channelId: second }]);
  const runId = await fail();
  await channelsUpdate.call(systemActor, { id: first, enabled: true, name: "renamed" });
  const { notNotified } = await runsGet.call(viewer, { id: runId });
  const reason = "A disabled channel sends nothing.";
  expect(notNotified).toEqual([
    { eventName: "Backup Failed", channelId: first, channelName: "ops", reasonCode: "channel_disabled", reason },
    {
      eventName: "Backup Failed",
      channelId: second,
      channelName: "night shift",
      reasonCode: "channel_disabled",
      reason,
    },
  ]);
  expect((await deliveriesList.call(viewer, { runId })).items).toEqual([]);

  const { orm, t } = database();
  const [alert] = (await orm.select().from(t.alerts)).filter(({ subjectId }) => subjectId === job.id);
  const { timeline } = await notificationsGet.call(viewer, { id: alert?.id ?? "" });
  expect(timeline.filter(({ kind }) => kind === "not_notified").map((step) => [step.channelName, step.reason])).toEqual(
    [
      ["ops", reason],
      ["night shift", reason],
    ],
  );
});

test("a problem that was sent already says so at its next run, and not again and again in its timeline", async () => {
  const hook = await channel("hook");
  const { job, fail } = await failedRun("wiki", [{ channelId: hook, repeat: "first" }]);
  expect((await runsGet.call(viewer, { id: await fail() })).notNotified).toEqual([]);
  expect((await runsGet.call(viewer, { id: await fail() })).notNotified).toMatchObject([
    { channelName: "hook", reasonCode: "already_notified" },
  ]);
  const { orm, t } = database();
  const [alert] = (await orm.select().from(t.alerts)).filter(({ subjectId }) => subjectId === job.id);
  const { timeline } = await notificationsGet.call(viewer, { id: alert?.id ?? "" });
  expect(timeline.map(({ kind }) => kind)).toEqual(["occurred", "notified", "occurred"]);
});

test("a run without any rule names no channel", async () => {
  const { fail } = await failedRun("quiet", []);
  expect((await runsGet.call(viewer, { id: await fail() })).notNotified).toEqual([]);
});
