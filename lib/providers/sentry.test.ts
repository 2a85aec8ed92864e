import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { SENTRY_KEY, startSentry } from "@/e2e/support/services/sentry";
import type { JobState } from "@/lib/core/job";
import type { RenderContext, SendResult } from "./contract";
import { sentry } from "./sentry";

const trial = startTrial(startSentry);

const PROJECT = "4507123456";
const configOf = (extra: Record<string, unknown> = {}) =>
  sentry.parse({ pingUrl: `${trial.server.url}/api/${PROJECT}/cron/nightly/${SENTRY_KEY}/`, ...extra });
function deliver(
  context: Partial<RenderContext> = {},
  extra: Record<string, unknown> = {},
  more = {},
): Promise<SendResult> {
  const config = configOf(extra);
  return trial.deliver(sentry, config, more, context);
}
const during = (state: JobState, more = {}) => ({ run: sampleRun({ state, ...more }) });
const last = () => trial.server.checkIns.at(-1);
const problem = (pingUrl: string) => sentry.configSchema.safeParse({ pingUrl }).error?.issues[0]?.message;

describe("a run's course", () => {
  test("start and end of one run are one check-in", async () => {
    const rid = "11111111-6f2b-4d0a-9a53-1b0f3a1d2c4e";
    expect(await deliver(during("start", { rid }))).toMatchObject({ kind: "sent", status: 202 });
    expect(await deliver(during("success", { rid }))).toMatchObject({ kind: "sent" });
    expect(last()).toEqual({ monitor: "nightly", id: rid, statuses: ["in_progress", "ok"], environment: "production" });
  });
  test.each([
    ["start", "in_progress"],
    ["success", "ok"],
    ["warning", "ok"],
    ["failure", "error"],
    ["missed", "error"],
  ] as const)("%s is sent as %s", async (state, status) => {
    await deliver(during(state));
    expect(trial.server.requests.at(-1)?.query.get("status")).toBe(status);
  });
  test("a warning counts as a failure where the switch says so; the environment goes with it", async () => {
    const rid = "22222222-6f2b-4d0a-9a53-1b0f3a1d2c4e";
    await deliver(during("warning", { rid }), { warningIsFailure: true, environment: "staging" });
    expect(last()).toMatchObject({ statuses: ["error"], environment: "staging" });
  });
  test("a Test is a check-in of its own with status ok, and that is said", async () => {
    expect(await deliver({ run: undefined }, {}, { isTest: true })).toMatchObject({
      kind: "sent",
      advice: expect.stringMatching(/status “ok”/),
    });
    expect(last()).toMatchObject({ id: null, statuses: ["ok"] });
  });
});

describe("the address", () => {
  test("pain 38: a pasted status is replaced, an environment stays", async () => {
    const rid = "33333333-6f2b-4d0a-9a53-1b0f3a1d2c4e";
    const pingUrl = `${trial.server.url}/api/${PROJECT}/cron/nightly/${SENTRY_KEY}/?status=ok&environment=dev#x`;
    await deliver(during("failure", { rid }), { pingUrl });
    expect(last()).toMatchObject({ statuses: ["error"], environment: "dev" });
  });
  test("a DSN names the project, the job's slug the monitor", async () => {
    const rid = "44444444-6f2b-4d0a-9a53-1b0f3a1d2c4e";
    const dsn = `http://${SENTRY_KEY}@${trial.server.url.slice("http://".length)}/${PROJECT}`;
    expect(await deliver(during("success", { rid }), { pingUrl: dsn })).toMatchObject({ kind: "sent", status: 202 });
    expect(last()).toMatchObject({ monitor: "media-library", id: rid });
    expect(trial.server.requests.at(-1)?.headers.authorization).toBeUndefined();
    expect(sentry.isPerJob(configOf({ pingUrl: dsn }))).toBe(false);
    expect(sentry.needsValues(configOf({ pingUrl: dsn }))).toBe(true);
    expect(await deliver({ run: undefined }, { pingUrl: dsn }, { isTest: true })).toMatchObject({ kind: "rejected" });
  });
  test("a DSN below a path keeps it", async () => {
    const dsn = `http://${SENTRY_KEY}@${trial.server.url.slice("http://".length)}/sub/path/1`;
    await deliver(during("success"), { pingUrl: dsn });
    expect(trial.server.requests.at(-1)?.path).toBe(`/sub/path/api/1/cron/media-library/${SENTRY_KEY}/`);
  });
  test("{{job.slug}} may stand for the monitor", async () => {
    const rid = "55555555-6f2b-4d0a-9a53-1b0f3a1d2c4e";
    await deliver(during("success", { rid }), {
      pingUrl: `${trial.server.url}/api/${PROJECT}/cron/{{job.slug}}/${SENTRY_KEY}/`,
    });
    expect(last()).toMatchObject({ monitor: "media-library" });
    expect(sentry.isPerJob(configOf())).toBe(true);
  });
  test.each([
    "https://sentry.io/organizations/x",
    `https://o1.ingest.sentry.io/api/1/cron/slug`,
    "https://o1.ingest.sentry.io/1",
  ])("refuses %s", (url) => expect(problem(url)).toMatch(/check-in URL ends/));
  test("an environment with blanks is refused", () => {
    const issues = sentry.configSchema.safeParse({ ...(sentry.example as object), environment: "a b" }).error?.issues;
    expect(issues?.[0]).toMatchObject({ path: ["environment"] });
  });
});

test.each(Object.entries(HOSTILE_NAMES))("pain 33: texts never reach the address (%s)", async (_, name) => {
  expect(await deliver({ log: name }, {}, { title: name, message: name })).toMatchObject({ kind: "sent" });
});

describe("answers", () => {
  test("a wrong key is refused, in Sentry's words", async () => {
    const pingUrl = `${trial.server.url}/api/${PROJECT}/cron/nightly/wrong/`;
    expect(await deliver({}, { pingUrl })).toMatchObject({
      kind: "rejected",
      status: 403,
      reason: "403 Forbidden: event submission rejected with_reason: ProjectId",
      advice: expect.stringMatching(/key/),
    });
  });
  test.each([
    [{ "retry-after": "5", "x-sentry-rate-limits": "60:monitor:key, 2700:error;session:organization" }, 60_000],
    [{ "retry-after": "5", "x-sentry-rate-limits": "2700:error:organization" }, 5_000],
    [{ "x-sentry-rate-limits": "30::organization" }, 30_000],
    [{ "retry-after": "5" }, 5_000],
  ])("pain 07: %o is a pause of %i ms", async (headers, afterMs) => {
    trial.server.failWith({ status: 429, headers: headers as Record<string, string> });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 429, afterMs });
  });
  test("503, a hang and a reset are retried", async () => {
    trial.server.failWith({ status: 503, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 503 });
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry" });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry" });
  });
});

test("what people paste; and no key in payload or preview", () => {
  const url = `https://o1.ingest.sentry.io/api/1/cron/slug/${SENTRY_KEY}/`;
  const dsn = `https://${SENTRY_KEY}@o1.ingest.sentry.io/1`;
  expect(sentry.fromUrl(url)).toEqual({ pingUrl: url });
  expect(sentry.fromUrl(dsn)).toEqual({ pingUrl: dsn });
  expect(sentry.fromUrl("https://o1.ingest.sentry.io/")).toBeNull();
  expect(sentry.fromUrl("https://user:secret@hooks.example.org/backups/7")).toBeNull();
  const payload = sentry.render(sampleNotification(), configOf(), sampleContext());
  expect(JSON.stringify([payload, sentry.preview(payload, configOf())])).not.toContain(SENTRY_KEY);
});
