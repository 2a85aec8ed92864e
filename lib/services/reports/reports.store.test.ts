import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { allReportSlots } from "@/db/queries/report";
import type { Actor } from "@/lib/auth/access/actor";
import { systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { addChannel, addWebhook, startPipeline, startReceiver } from "@/lib/dispatch/pipeline-fixture";
import { jobRow, runRow } from "@/lib/jobs/testing/job-rows";
import { sendDueReports } from "@/lib/reports/send-due";
import { setSecretKey } from "@/lib/secrets/key";
import { channelsCreate } from "@/lib/services/channels/create";
import { channelsUpdate } from "@/lib/services/channels/update";
import { profileGet } from "@/lib/services/profile/get";
import { profileUpdate } from "@/lib/services/profile/update";
import { reportsPreview } from "./preview";
import { reportsSend } from "./send";

type Pipeline = Awaited<ReturnType<typeof startPipeline>>;
type Receiver = Awaited<ReturnType<typeof startReceiver>>;

let pipeline: Pipeline;
let receiver: Receiver;
beforeEach(async () => {
  setSecretKey("a key that is only used in tests, long enough");
  setRuntimeValue("dataDir", "/tmp");
  [pipeline, receiver] = [await startPipeline(), await startReceiver()];
});
afterEach(async () => {
  await receiver.stop();
  await pipeline.stop();
});

async function person(name: string, role: Actor["role"]): Promise<Actor> {
  const { orm, t } = database();
  const email = `${name}@example.org`;
  const fields = { name, email, role, timezone: "Europe/Berlin" };
  const row = { id: `usr_${name}`, ...fields, emailKey: email, status: "active" as const, passwordHash: "x" };
  await orm.insert(t.users).values({ ...row, sessionVersion: 1, createdAt: 0, updatedAt: 0 });
  return { kind: "user", id: row.id, ...fields, address: null };
}

/** A backup that ended yesterday, and one that failed. */
async function yesterday(): Promise<void> {
  const { orm, t } = database();
  const job = jobRow("shop", { sourceId: "src_1" });
  const end = Date.now() - (Date.now() % 86_400_000) - 3_600_000;
  await orm.insert(t.jobs).values(job);
  await orm
    .insert(t.runs)
    .values([
      runRow(job, { status: "success", queuedAt: end - 1, finishedAt: end, bytes: 10 }),
      runRow(job, { status: "failure", queuedAt: end - 1, finishedAt: end, error: "no route to /srv/shop" }),
    ]);
}

const DAILY = { dailyHour: 8, weeklyDay: null, weeklyHour: 8, timezone: "UTC" };
const TITLE = "Daily report: 1 succeeded, 1 failed, 0 missed";

test("a channel's reports: saved with their next times, previewed, sent at once, and changed by nobody but administrators", async () => {
  await yesterday();
  const created = await channelsCreate.call(systemActor, {
    name: "hook",
    provider: "webhook",
    config: { url: receiver.url() },
    reports: DAILY,
  });
  expect(created.reports).toMatchObject({ dailyHour: 8, weeklyDay: null, zone: "UTC", nextWeeklyAt: null });
  expect((await allReportSlots()).map(({ ownerId, period }) => [ownerId, period])).toEqual([[created.id, "daily"]]);
  const which = { period: "daily", channelId: created.id };
  const preview = await reportsPreview.call(systemActor, which);
  expect(preview).toMatchObject({ title: TITLE, timezone: "UTC", channelName: "hook", preview: { kind: "request" } });
  expect(preview.preview.body).toContain(TITLE);
  expect(receiver.received).toEqual([]);
  expect(await reportsSend.call(systemActor, which)).toEqual({ status: "sent", recipients: 1, channelName: "hook" });
  expect(receiver.received).toMatchObject([
    { type: "report.sent", title: TITLE, message: expect.stringMatching(/^Sent by Belfry, besides the schedule\./) },
  ]);
  // It is no due report: nothing is raised, and no slot moves.
  const { orm, t } = database();
  expect(await orm.select({ type: t.events.type, isTest: t.events.isTest }).from(t.events)).toEqual([
    { type: "report.sent", isTest: true },
  ]);
  await expect(reportsSend.call(await person("eva", "operator"), which)).rejects.toMatchObject({ code: "forbidden" });
  receiver.answerWith((_, response) => {
    response.writeHead(404, { "content-type": "application/json" }).end('{"error":"no such hook"}');
    return false;
  });
  await expect(reportsSend.call(systemActor, which)).rejects.toMatchObject({
    code: "delivery_failed",
    message: expect.stringContaining("no such hook"),
  });
  await channelsUpdate.call(systemActor, { id: created.id, reports: { dailyHour: 6, weeklyDay: 1 } });
  expect((await allReportSlots()).map(({ period }) => period).sort()).toEqual(["daily", "weekly"]);
  await channelsUpdate.call(systemActor, { id: created.id, enabled: false });
  expect(await allReportSlots()).toEqual([]);
  await expect(reportsSend.call(systemActor, which)).rejects.toMatchObject({
    message: "hook is disabled. Enable it first.",
  });
  await channelsUpdate.call(systemActor, { id: created.id, enabled: true });
  expect(await allReportSlots()).toHaveLength(2);
});

test("one's own reports need an Email channel, and go to the address of the profile", async () => {
  await yesterday();
  const eva = await person("eva", "viewer");
  const problem = "neither an enabled Email channel nor";
  await expect(profileUpdate.call(eva, { reports: DAILY })).rejects.toMatchObject({
    code: "invalid",
    details: { fields: { reports: expect.stringContaining(problem) } },
  });
  expect((await profileGet.call(eva, {})).reportsProblem).toContain(problem);
  await expect(reportsPreview.call(eva, { period: "daily" })).rejects.toThrow(problem);
  const server = { host: "127.0.0.1", port: 9, security: "none", from: "belfry@example.org" };
  await addChannel("mail", "email", { ...server, to: ["ops@example.org"], toAdmins: false, useSystemServer: false });
  const profile = await profileUpdate.call(eva, { reports: { dailyHour: 7 } });
  expect(profile).toMatchObject({ reportsProblem: null, reports: { dailyHour: 7, zone: "Europe/Berlin" } });
  // The zone of the profile moves them.
  const before = (await allReportSlots())[0]?.nextAt;
  await profileUpdate.call(eva, { timezone: "Asia/Tokyo" });
  expect((await allReportSlots())[0]?.nextAt).not.toBe(before);
  await profileUpdate.call(eva, { timezone: "UTC" });
  const { preview, title } = await reportsPreview.call(eva, { period: "daily" });
  expect(title).toBe(TITLE);
  expect(preview.document).toContain("shop");
  // A viewer does not read a tool's own words.
  expect(preview.document).not.toContain("/srv/shop");
  await expect(reportsSend.call(eva, { period: "weekly" })).rejects.toMatchObject({ code: "delivery_failed" });
  await profileUpdate.call(eva, { reports: null });
  expect(await allReportSlots()).toEqual([]);
  await expect(reportsPreview.call(systemActor, { period: "daily" })).rejects.toThrow("Name a channel");
});

test("pain 03: proof of life: a due report is a success for a monitor, whatever it says", async () => {
  await yesterday();
  const pings: string[] = [];
  receiver.answerWith((path, response) => {
    pings.push(path);
    response.writeHead(200, { "content-type": "text/plain" }).end("OK");
    return false;
  });
  const pingUrl = receiver.url("/4cb9a1d1-6f0e-4d0a-8f2b-0a1b2c3d4e5f");
  const { id } = await channelsCreate.call(systemActor, {
    name: "alive",
    provider: "healthchecks",
    config: { pingUrl },
    reports: DAILY,
  });
  const { preview } = await reportsPreview.call(systemActor, { period: "daily", channelId: id });
  expect(preview).toMatchObject({ kind: "monitor", title: "Success", text: expect.stringContaining(TITLE) });
  const now = Date.now();
  await sendDueReports(now + 86_400_000 - (now % 86_400_000) + 8 * 3_600_000);
  await expect.poll(() => pings, { timeout: 20_000 }).toEqual([new URL(pingUrl).pathname]);
  const named = receiver.url("/ping/{{job.slug}}");
  const refusal = { code: "invalid", details: { fields: { reports: expect.stringContaining("names a job") } } };
  await expect(channelsUpdate.call(systemActor, { id, config: { pingUrl: named } })).rejects.toMatchObject(refusal);
});

test("reports are no subscription", async () => {
  const id = await addWebhook("hook", receiver.url());
  await expect(channelsUpdate.call(systemActor, { id, events: ["report.sent"] })).rejects.toMatchObject({
    code: "invalid",
  });
});
