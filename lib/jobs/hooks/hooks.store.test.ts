import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { findJob } from "@/db/queries/jobs";
import { findRun, type RunRow, readRunLog } from "@/db/queries/runs";
import { requestCancel } from "@/db/stores/cancel-run";
import { updateJob } from "@/db/stores/jobs";
import type { JobHooks } from "@/lib/core/hook";
import { setRuntimeValue } from "@/lib/core/runtime";
import { audit, type JobFixture, openJobFixture } from "../testing/job-fixture";

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(async () => {
  setRuntimeValue("hooksFile", null);
  await fixture.close();
});

/** With their status, their count and how they ended. */
const allAlerts = async () => await database().orm.select().from(database().t.alerts);
const logOf = async (runId: string) => (await readRunLog(runId)).map(({ text }) => text).join("");
const ledger = () => join(fixture.folder, "ledger");
const entries = () => (existsSync(ledger()) ? readFileSync(ledger(), "utf8").trim().split("\n") : []);

/** A hook as a Bash script, with the folder's ledger as its first argument. */
function hook(body: string, more: object = {}, args: string[] = []) {
  return { run: ["/bin/bash", "-c", body, "hook", ledger(), ...args], ...more };
}
const noting = () => hook('echo "$BELFRY_HOOK $BELFRY_MOMENT $BELFRY_STATUS" >> "$1"');

function list(hooks: Record<string, object>): string {
  const file = join(fixture.folder, "hooks.json");
  writeFileSync(file, JSON.stringify(hooks));
  chmodSync(file, 0o600);
  setRuntimeValue("hooksFile", file);
  return file;
}

const at = (hooks: Partial<JobHooks>): JobHooks => ({
  before: [],
  success: [],
  warning: [],
  failure: [],
  after: [],
  ...hooks,
});
const EVERYWHERE = at({ before: ["note"], success: ["note"], warning: ["note"], failure: ["note"], after: ["note"] });

async function jobWith(hooks: JobHooks, more: object = {}) {
  const sourceId = await fixture.source();
  return await fixture.job({ sourceId, destinationIds: [await fixture.destination("disk")], hooks, ...more });
}

async function ran(hooks: JobHooks, more: object = {}): Promise<RunRow> {
  const job = await jobWith(hooks, more);
  await fixture.runner({ retryDelayMs: () => 1 }).start();
  return await fixture.over(await fixture.queue(job));
}

test("hooks run before a backup, after its success and last, and get what they need as data", async () => {
  const data = '"$2|$BELFRY_JOB|$BELFRY_JOB_SLUG|$BELFRY_REPOSITORY|$BELFRY_SOURCE|$HOME|$(pwd)|$SECRET"';
  const body = `echo ${data} >> "$1"; echo "token is $SECRET"; echo oops >&2`;
  list({
    note: noting(),
    data: hook(body, { variables: { SECRET: "hunter2hunter2" } }, ["{job};{repository} $(id) {x}"]),
  });
  const run = await ran({ ...EVERYWHERE, success: ["note", "data"] });
  expect(run).toMatchObject({ status: "success", error: null });
  const [first, second, passed = "", last] = entries();
  expect([first, second, last]).toEqual(["note before running", "note success success", "note after success"]);
  const [argument, job, slug, repository, source, home, folder, secret] = passed.split("|");
  expect([argument, job, slug, repository]).toEqual(["job 1;disk $(id) {x}", "job 1", "job-1", "disk"]);
  expect([source?.slice(0, 7), secret]).toEqual(["source ", "hunter2hunter2"]);
  expect(home).toBe(folder);
  expect(existsSync(home ?? "")).toBe(false);
  const log = await logOf(run.id);
  expect(log).toMatch(/Hook data, after a success\n.*token is ••••\n.*oops/);
  expect(log).not.toContain("hunter2");
});

test("a hook before the backup that fails makes the run fail, and those that follow run", async () => {
  list({ note: noting(), stop: hook("echo cannot stop; exit 3") });
  const run = await ran({ ...EVERYWHERE, before: ["stop", "note"] });
  expect(run).toMatchObject({
    status: "failure",
    bytes: null,
    error: "The hook stop, which runs before the backup, failed: it ended with exit code 3.",
  });
  expect(entries()).toEqual(["note failure failure", "note after failure"]);
  expect(await logOf(run.id)).toContain("cannot stop");
  expect((await fixture.events()).map(({ type }) => type)).toEqual(["backup.started", "backup.failed"]);
});

test("each attempt has its hooks before and after; a failure is one after the last", async () => {
  list({ note: noting(), stop: hook('echo stop >> "$1"; exit 1') });
  const run = await ran({ ...EVERYWHERE, before: ["stop"] }, { retries: 1 });
  expect(run).toMatchObject({ status: "failure", attempts: 2 });
  expect(entries()).toEqual(["stop", "note after failure", "stop", "note failure failure", "note after failure"]);
});

test("exit code 75 skips: canceled with a reason, a warning for those who take them, and nothing begins or is over", async () => {
  list({ note: noting(), fail: hook("exit 1"), soft: hook("exit 75") });
  const job = await jobWith({ ...EVERYWHERE, before: ["fail"] }, { retries: 0 });
  await fixture.runner().start();
  await fixture.over(await fixture.queue(job));
  const before = await allAlerts();
  expect(before).toHaveLength(1);
  await updateJob(job.id, { job: { updatedAt: 2, hooks: { ...EVERYWHERE, before: ["soft", "note"] } } }, audit());
  const run = await fixture.over(await fixture.queue(job));
  expect(run).toMatchObject({
    status: "canceled",
    reasonCode: "skipped",
    error: "The hook soft, which runs before the backup, skipped it (exit code 75).",
  });
  expect(run.eventId).not.toBeNull();
  expect(entries()).toEqual(["note failure failure", "note after failure", "note after skipped"]);
  expect((await fixture.events()).map(({ type }) => type).slice(2)).toEqual(["backup.started", "backup.skipped"]);
  expect(await allAlerts()).toEqual(before);
});

test("a skipped backup is notified by the rules that take warnings, and by no other", async () => {
  list({ soft: hook("exit 75") });
  const now = Date.now();
  const channel = {
    provider: "webhook",
    enabled: false,
    config: { url: "http://127.0.0.1:9/" },
    secrets: null,
    subscriptions: [],
    createdAt: now,
    updatedAt: now,
  };
  const { orm, t } = database();
  await orm.insert(t.channels).values([
    { ...channel, id: "chn_warnings", name: "warnings" },
    { ...channel, id: "chn_failures", name: "failures" },
  ]);
  const rules = [
    { channelId: "chn_warnings", condition: "custom" as const, states: ["warning" as const] },
    { channelId: "chn_failures", condition: "custom" as const, states: ["failure" as const, "success" as const] },
  ];
  const sourceId = await fixture.source();
  const destinationIds = [await fixture.destination("disk")];
  const job = await fixture.job({ sourceId, destinationIds, hooks: at({ before: ["soft"] }) }, rules);
  await fixture.runner().start();
  const run = await fixture.over(await fixture.queue(job));
  const event = (await orm.select().from(t.events)).find(({ id }) => id === run.eventId);
  expect(event).toMatchObject({ type: "backup.skipped", tone: "warning" });
  // The channels are disabled, so that nothing is sent: what the rules lead to stands with the event.
  expect(event?.suppressed).toMatchObject([{ channelId: "chn_warnings", code: "channel_disabled" }]);
});

test("a hook that fails afterwards makes a warning of a success, and silences no other", async () => {
  list({ note: noting(), fail: hook("exit 9"), hang: hook("trap '' TERM; sleep 600 & wait", { timeoutSeconds: 1 }) });
  const run = await ran({ ...EVERYWHERE, success: ["fail", "hang", "note"], after: ["fail", "note"] });
  expect(run.status).toBe("warning");
  expect(run.bytes).toBeGreaterThan(0);
  expect(run.error?.split("\n")).toEqual([
    "The hook fail, which runs after a success, failed: it ended with exit code 9.",
    "The hook hang, which runs after a success, failed: it did not end within 1 s.",
    "The hook fail, which runs after every run, failed: it ended with exit code 9.",
  ]);
  expect(entries()).toEqual(["note before running", "note success success", "note after success"]);
  expect((await fixture.events()).map(({ type }) => type)).toEqual(["backup.started", "backup.warning"]);
});

test("a hook that fails afterwards is added to the error of a failure", async () => {
  list({ note: noting(), fail: hook('test -n "$BELFRY_ERROR" && test -n "$BELFRY_OUTPUT"; exit 4') });
  const sourceId = await fixture.source("sqlite", { path: join(fixture.folder, "none.db") });
  const run = await ran(at({ failure: ["fail", "note"] }), { sourceId });
  expect(run.status).toBe("failure");
  expect(run.error).toMatch(
    /does not exist.*\nThe hook fail, which runs after a failure, failed: it ended with exit code 4\.$/s,
  );
  expect(entries()).toEqual(["note failure failure"]);
});

test.each<[string, () => unknown, RegExp]>([
  ["was taken from the list", () => list({ note: noting() }), /gone \(before the backup\)\. No backup was made/],
  ["cannot be looked up: the list may be written by others", () => chmodSync(list({}), 0o666), /Others can write to/],
  ["cannot be looked up: there is no list", () => setRuntimeValue("hooksFile", null), /BELFRY_HOOKS_FILE/],
  [
    "is no program",
    () => list({ gone: { run: ["/nowhere/x"] }, note: noting() }),
    /gone.*\/nowhere\/x is not installed/,
  ],
])("a hook that %s fails the run with a sentence", async (_, prepare, sentence) => {
  prepare();
  const run = await ran(at({ before: ["gone"], after: ["note"] }));
  expect(run).toMatchObject({ status: "failure", bytes: null, error: expect.stringMatching(sentence) });
});

test("canceling ends the hook that runs before a backup, with all it started; the last hooks still run", async () => {
  list({ note: noting(), hang: hook('sleep 600 & echo $! >> "$1"; wait') });
  const job = await jobWith({ ...EVERYWHERE, before: ["hang"] });
  await fixture.runner().start();
  const runId = await fixture.queue(job);
  await expect.poll(entries).toHaveLength(1);
  await requestCancel(runId, Date.now(), "Ana", audit());
  expect(await fixture.over(runId)).toMatchObject({ status: "canceled", reasonCode: null });
  const [pid, ...after] = entries();
  expect(after).toEqual(["note after canceled"]);
  await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
});

test("what a hook prints is in the log while it runs; with a secret of several lines, when it has ended", async () => {
  const gate = () => join(fixture.folder, "gate");
  const body = `echo "half done, with $SECRET"; echo warned >&2; echo here >> "$1"; until [ -e ${gate()} ]; do sleep 0.05; done; echo done`;
  list({
    live: hook(body, { variables: { SECRET: "hunter2hunter2" } }),
    late: hook(body, { variables: { SECRET: "first-line-of-it\nsecond-line-of-it" } }),
  });
  const job = await jobWith(at({ before: ["live"] }));
  await fixture.runner({ logFlushMs: 10 }).start();
  const live = await fixture.queue(job);
  await expect.poll(() => logOf(live)).toMatch(/half done, with ••••\n.*warned/);
  expect(await findRun(live)).toMatchObject({ status: "running" });
  writeFileSync(gate(), "");
  await fixture.over(live);
  expect(await logOf(live)).toMatch(/warned\n.*done/);
  await updateJob(job.id, { job: { updatedAt: 2, hooks: at({ before: ["late"] }) } }, audit());
  const late = await fixture.queue(job);
  await fixture.over(late);
  expect(await logOf(late)).toContain("half done, with ••••");
  expect(await logOf(late)).not.toMatch(/first-line|second-line/);
});

test("Belfry stops while a hook hangs that follows a backup: the result is kept", async () => {
  list({ hang: hook('echo $$ >> "$1"; sleep 600') });
  const job = await jobWith(at({ after: ["hang"] }));
  const runner = fixture.runner();
  await runner.start();
  const runId = await fixture.queue(job);
  await expect.poll(entries).toHaveLength(1);
  await runner.stop();
  const run = await findRun(runId);
  expect(run).toMatchObject({ status: "warning", error: expect.stringContaining("Belfry was stopped") });
  expect(run?.bytes).toBeGreaterThan(0);
  expect(existsSync(`/proc/${entries()[0]}`)).toBe(false);
});

test("hooks are stored with their job", async () => {
  mkdirSync(join(fixture.folder, "x"));
  const job = await jobWith(EVERYWHERE);
  expect((await findJob(job.id))?.job.hooks).toEqual(EVERYWHERE);
});
