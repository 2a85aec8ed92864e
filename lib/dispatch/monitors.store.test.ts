import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { database } from "@/db/client";
import { CHECK, type HealthchecksService, PING_KEY, startHealthchecks } from "@/e2e/support/services/healthchecks";
import { SENTRY_KEY, startSentry } from "@/e2e/support/services/sentry";
import { PUSH_TOKEN, startUptimeKuma } from "@/e2e/support/services/uptime-kuma";
import { newId } from "@/lib/core/id";
import { emit } from "./emit";
import { addChannel, addRule, deliveriesOf, rest, runEvent, startPipeline, until } from "./pipeline-fixture";

let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let checks: HealthchecksService;
beforeEach(async () => {
  checks = await startHealthchecks();
  pipeline = await startPipeline();
});
afterEach(async () => {
  await pipeline.stop();
  await checks.close();
});

type RunType = "backup.started" | "backup.completed" | "backup.warning" | "backup.failed";
const ALL = { states: ["start", "success", "warning", "failure"] as ("start" | "success" | "warning" | "failure")[] };

/** What a runner reports about one run, as it goes on. */
function eventOf(type: RunType, runId: string) {
  const event = runEvent(type);
  if (event.data.run) event.data.run.id = runId;
  return event;
}

async function storedRun(finishedAt: number | null): Promise<string> {
  const { orm, t } = database();
  const id = newId("run");
  await orm.insert(t.runs).values({
    id,
    kind: "backup",
    jobId: "job_a",
    name: "job a",
    status: finishedAt ? "success" : "running",
    trigger: "manual",
    params: {},
    queuedAt: 1,
    startedAt: 1,
    finishedAt,
    attempts: 1,
  });
  return id;
}

async function endRun(id: string, status: "success" | "failure"): Promise<void> {
  const { orm, t } = database();
  await orm.update(t.runs).set({ status, finishedAt: Date.now() }).where(eq(t.runs.id, id));
}

const kinds = () => checks.pings.map((ping) => ping.kind);
const monitor = (url = `${checks.url}/ping/${CHECK}`) => addChannel("checks", "healthchecks", { pingUrl: url });

describe("a monitor on a job's rule", () => {
  it("gets start, success and failure of each run, each run under its own id", async () => {
    const channel = await monitor();
    await addRule("job_a", channel, "custom", ALL);
    for (const [start, end] of [
      ["run_1", "backup.completed"],
      ["run_2", "backup.failed"],
    ] as const) {
      await emit(eventOf("backup.started", start));
      await emit(eventOf(end, start));
    }
    await until(() => checks.pings.length === 4);
    await rest(200);
    expect(kinds()).toEqual(["start", "success", "start", "fail"]);
    const rids = checks.pings.map((ping) => ping.rid);
    expect(rids[0]).toMatch(/^[0-9a-f-]{36}$/);
    for (let run = 0; run < 2; run++) expect(rids[run * 2]).toBe(rids[run * 2 + 1]);
    expect(new Set(rids).size).toBe(2);
  });

  it("fault C6: a failing job's push monitor stays down from one attempt to the next", async () => {
    const kuma = await startUptimeKuma();
    const channel = await addChannel("kuma", "uptime-kuma", { pushUrl: `${kuma.url}/api/push/${PUSH_TOKEN}` });
    await addRule("job_a", channel, "custom", ALL);
    const beats = () => kuma.heartbeats.map(({ status }) => status);
    for (const status of ["failure", "failure", "success", "success"] as const) {
      const before = beats().length;
      const run = await storedRun(null);
      await emit(eventOf("backup.started", run));
      await until(() => beats().length === before + 1);
      await endRun(run, status);
      await emit(eventOf(status === "success" ? "backup.completed" : "backup.failed", run));
      await until(() => beats().length === before + 2);
    }
    await kuma.close();
    expect(beats()).toEqual(["up", "down", "down", "down", "down", "up", "up", "up"]);
  });

  it("fault B11: after an outage no check-in is lost behind a 202, and other jobs do not wait", async () => {
    const sentry = await startSentry({ limitsRate: true });
    const pingUrl = `${sentry.url}/api/4507123456/cron/{{job.slug}}/${SENTRY_KEY}/`;
    const channel = await addChannel("sentry", "sentry", { pingUrl });
    for (const job of ["job_a", "job_b"]) await addRule(job, channel, "custom", ALL);
    sentry.failWith({ status: 503 });
    const reported = (job: string) => sentry.checkIns.filter(({ monitor }) => monitor === job).length;
    for (let run = 0; run < 9; run++) await emit(runEvent("backup.completed", "job_a"));
    await until(() => sentry.requests.length > 0);
    sentry.recover();
    await until(() => reported("job_a") === 6);
    for (let run = 0; run < 2; run++) await emit(runEvent("backup.completed", "job_b"));
    await until(() => reported("job_b") === 2);
    const waiting = async () => (await deliveriesOf(channel)).filter(({ status }) => status === "pending");
    await until(async () => (await waiting()).length === 3);
    expect(reported("job_a")).toBe(6);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    await until(() => reported("job_a") === 9);
    vi.useRealTimers();
    await sentry.close();
  });

  it("start and finish never overtake each other, and a start whose run has ended is dropped", async () => {
    const channel = await monitor();
    await addRule("job_a", channel, "custom", ALL);
    checks.failWith({ status: 503, body: "away" });
    const open = await storedRun(null);
    await emit(eventOf("backup.started", open));
    await until(() => checks.requests.length > 0);
    // The run ends while the start still waits: it would be read as a run that never ends.
    const { orm, t } = database();
    await orm.update(t.runs).set({ finishedAt: Date.now(), status: "failure" });
    await emit(eventOf("backup.failed", open));
    await rest(100);
    expect(kinds()).toEqual([]);
    checks.recover();
    await until(() => checks.pings.length === 1);
    await rest(300);
    expect(kinds()).toEqual(["fail"]);
    expect((await deliveriesOf(channel)).map(({ status, reasonCode }) => [status, reasonCode])).toEqual([
      ["canceled", "run_ended"],
      ["sent", null],
    ]);
  });

  it("pain 38: a failure is never read as a success, whatever was pasted", async () => {
    const tails = ["?create=1", "/", "/start", "/fail", "/fail?create=1"];
    for (const [index, tail] of tails.entries()) {
      const channel = await addChannel(`checks ${index}`, "healthchecks", {
        pingUrl: `${checks.url}/ping/${PING_KEY}/nightly${tail}`,
      });
      await addRule(`job_${index}`, channel, "always");
      await emit(runEvent("backup.failed", `job_${index}`));
    }
    await until(() => checks.pings.length === tails.length);
    expect(new Set(kinds())).toEqual(new Set(["fail"]));
    expect(checks.stateOf("nightly")).toBe("down");
  });

  it("one channel serves several jobs when its address names the job", async () => {
    const channel = await monitor(`${checks.url}/ping/${PING_KEY}/{{job.slug}}`);
    await addRule("job_a", channel, "always");
    const event = runEvent("backup.completed");
    if (event.data.job) event.data.job.slug = "media-library";
    await emit(event);
    await until(() => checks.pings.length === 1);
    expect(checks.pings[0]).toMatchObject({ check: "media-library", kind: "success" });
  });

  it("carries the run's log, lines with it only where the rule asks", async () => {
    const { orm, t } = database();
    const channel = await monitor();
    await addRule("job_a", channel, "custom", { ...ALL, includeLog: true });
    const id = await storedRun(1);
    await orm.insert(t.runLogs).values([
      { runId: id, seq: 1, at: 1_000, text: "first li" },
      { runId: id, seq: 2, at: 2_000, text: "ne\nsecond\n" },
    ]);
    await emit(eventOf("backup.failed", id));
    await until(() => checks.pings.length === 1);
    expect(checks.pings[0]?.body).toContain("first line\nsecond");
  });
});
