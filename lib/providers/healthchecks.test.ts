import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { CHECK, type HealthchecksService, PING_KEY, startHealthchecks } from "@/e2e/support/services/healthchecks";
import type { JobState } from "@/lib/core/job";
import type { RenderContext, SendResult } from "./contract";
import { healthchecks } from "./healthchecks";
import { pingTarget } from "./kit/healthchecks-ping";

const trial = startTrial(startHealthchecks);
let own: HealthchecksService;

beforeAll(async () => {
  own = await startHealthchecks({ bodyLimit: 10_000, isHosted: false });
});
afterAll(async () => {
  await own.close();
});

const RID = "5f0c1c1e-6f2b-4d0a-9a53-1b0f3a1d2c4e";
const configOf = (extra: Record<string, unknown> = {}) =>
  healthchecks.parse({ pingUrl: `${trial.server.url}/${CHECK}`, ...extra });
function deliver(
  context: Partial<RenderContext>,
  extra: Record<string, unknown> = {},
  more: Parameters<typeof sampleNotification>[0] = {},
): Promise<SendResult> {
  const config = configOf(extra);
  return trial.deliver(healthchecks, config, more, context);
}
const during = (state: JobState) => ({ run: sampleRun({ state }) });
const last = () => trial.server.pings.at(-1);
const problem = (pingUrl: string) => healthchecks.configSchema.safeParse({ pingUrl }).error?.issues[0]?.message;

describe("a run's course", () => {
  test.each([
    ["start", "start"],
    ["success", "success"],
    ["warning", "success"],
    ["failure", "fail"],
    ["missed", "fail"],
  ] as const)("%s is sent as %s, with the run's id", async (state, kind) => {
    expect(await deliver(during(state))).toMatchObject({ kind: "sent", status: 200 });
    expect(last()).toMatchObject({ check: CHECK, kind, rid: RID });
  });
  test("a warning counts as a failure where the switch says so", async () => {
    await deliver(during("warning"), { warningIsFailure: true });
    expect(last()?.kind).toBe("fail");
  });
  test("a Test is a log entry and changes no state", async () => {
    await deliver(during("failure"));
    await deliver({ run: undefined }, {}, { isTest: true, title: "Test: hc" });
    expect(last()).toMatchObject({ kind: "log", rid: null, body: expect.stringMatching(/^Test: hc\n/) });
    await deliver(during("success"), {}, { isTest: true });
    expect(last()?.kind).toBe("log");
    expect(trial.server.stateOf(CHECK)).toBe("down");
  });
  test("the wire: POST, text, and the log below the message", async () => {
    await deliver({ ...during("failure"), log: "one\ntwo" }, {}, { title: "T", message: "M" });
    const request = trial.server.requests.at(-1);
    expect(request).toMatchObject({ method: "POST", path: `/${CHECK}/fail`, body: "T\nM\n\none\ntwo" });
    expect(request?.query.toString()).toBe(`rid=${RID}`);
    expect(request?.headers["content-type"]).toBe("text/plain; charset=utf-8");
  });
  test("lines of the run's log do as well", async () => {
    const logLines = [
      { at: 1, text: "first" },
      { at: 2, text: "second" },
    ];
    await deliver({ run: sampleRun({ logLines }) }, {}, { title: "T", message: "M" });
    expect(last()?.body).toBe("T\nM\n\nfirst\nsecond");
  });
});

describe("pain 38: a pasted URL is understood, and no failure ends at the address of a success", () => {
  const key = PING_KEY;
  test.each([
    [`https://hc-ping.com/${CHECK}`, `https://hc-ping.com/${CHECK}/fail`],
    [`https://hc-ping.com/${CHECK}/`, `https://hc-ping.com/${CHECK}/fail`],
    [`https://hc-ping.com/${CHECK}/start`, `https://hc-ping.com/${CHECK}/fail`],
    [`https://hc-ping.com/${CHECK}//log/`, `https://hc-ping.com/${CHECK}/fail`],
    [`https://hc-ping.com/${CHECK}/0`, `https://hc-ping.com/${CHECK}/fail`],
    [`https://hc-ping.com/${CHECK.toUpperCase()}`, `https://hc-ping.com/${CHECK}/fail`],
    [`https://hc-ping.com/${key}/nightly?create=1`, `https://hc-ping.com/${key}/nightly/fail?create=1`],
    [`https://hc-ping.com/${key}/nightly?create=1/start`, `https://hc-ping.com/${key}/nightly/fail?create=1`],
    [`https://hc-ping.com/${key}/nightly/fail?create=1#x`, `https://hc-ping.com/${key}/nightly/fail?create=1`],
    [`https://hc-ping.com/${key}/start`, `https://hc-ping.com/${key}/start/fail`],
    [`https://hc.example.org/sub/ping/${key}/log/log`, `https://hc.example.org/sub/ping/${key}/log/fail`],
    ["https://belfry.example.org/in/abcdef/start", "https://belfry.example.org/in/abcdef/fail"],
    [`https://u:p@hc.example.org/ping/${CHECK}?rid=old`, `https://u:p@hc.example.org/ping/${CHECK}/fail`],
  ])("%s", (pasted, expected) => {
    expect(pingTarget(pasted, { signal: "failure" })).toBe(expected);
    const ok = new URL(pingTarget(pasted, { signal: "success" }));
    expect(`${ok.pathname}/fail`).toBe(new URL(expected).pathname);
    expect(pingTarget(pasted, { signal: "failure", rid: RID })).toContain(`rid=${RID}`);
  });
  test.each([`/${CHECK}/start`, `/${PING_KEY}/fresh?create=1`, `/${PING_KEY}/fresh2?create=1/fail`])(
    "a failure through %s reads as a failure",
    async (path) => {
      expect(await deliver(during("failure"), { pingUrl: trial.server.url + path })).toMatchObject({ kind: "sent" });
      expect(last()?.kind).toBe("fail");
    },
  );
  test("create=1 makes the check that is missing", async () => {
    const pingUrl = `${trial.server.url}/ping/${PING_KEY}/made-now?create=1`;
    expect(await deliver(during("success"), { pingUrl })).toMatchObject({ kind: "sent", status: 201 });
    expect(trial.server.stateOf("made-now")).toBe("up");
  });
});

describe("one channel for all jobs", () => {
  const pingUrl = () => `${trial.server.url}/ping/${PING_KEY}/{{job.slug}}`;
  test("the job stands in the URL, encoded", async () => {
    expect(await deliver(during("success"), { pingUrl: pingUrl() })).toMatchObject({ kind: "sent" });
    expect(last()).toMatchObject({ check: "media-library", kind: "success" });
    const job = { id: "j", name: "n", slug: "a/b c?" };
    await deliver({ run: sampleRun({ job }) }, { pingUrl: pingUrl() });
    expect(trial.server.requests.at(-1)?.path).toBe(`/ping/${PING_KEY}/a%2Fb%20c%3F/fail`);
  });
  test("without a run the job comes from the values; without a job nothing is sent", async () => {
    const values = { job: { id: "j", name: "n", slug: "nightly" } };
    await deliver({ run: undefined, values }, { pingUrl: pingUrl() });
    expect(last()).toMatchObject({ check: "nightly", kind: "log" });
    const before = trial.server.requests.length;
    for (const slug of ["", "..", undefined]) {
      const context = { run: undefined, values: slug === undefined ? undefined : { job: { id: "", name: "", slug } } };
      expect(await deliver(context, { pingUrl: pingUrl() }, { isTest: true })).toMatchObject({
        kind: "rejected",
        advice: expect.stringMatching(/job's rule/),
      });
    }
    expect(trial.server.requests).toHaveLength(before);
  });
  test("only that is one: a URL without a job's name serves one job", () => {
    expect(healthchecks.isPerJob(configOf())).toBe(true);
    expect(healthchecks.isPerJob(configOf({ pingUrl: pingUrl() }))).toBe(false);
    expect(healthchecks.needsValues(configOf())).toBe(false);
    expect(healthchecks.needsValues(configOf({ pingUrl: pingUrl() }))).toBe(true);
  });
  test.each([
    ["https://hc-ping.com/k/{{run.id}}", /no \{\{run\.id\}\}/],
    ["https://hc-ping.com/k/{{#job}}x{{/job}}", /Sections/],
    ["https://hc-ping.com/k/{{job.slug", /not closed/],
    ["https://{{job.slug}}.example.org/ping", /follow the host/],
    ["hc-ping.com/abc", /https:\/\//],
    ["ftp://hc-ping.com/abc", /https:\/\//],
    ["", /Enter/],
  ])("refuses %s", (pingUrl, words) => expect(problem(pingUrl)).toMatch(words));
  test("a bare UUID is taken", () => expect(problem(CHECK)).toBeUndefined());
});

describe("pain 33, 34: any text, to the limit in bytes, with both ends of the log", () => {
  test.each(Object.entries(HOSTILE_NAMES))("%s", async (_, name) => {
    expect(await deliver({ ...during("failure"), log: name }, {}, { title: name, message: name })).toMatchObject({
      kind: "sent",
    });
  });
  test.each([
    ["a", 4_999],
    ["a", 5_000],
    ["a", 5_001],
    ["🙂", 1_250],
    ["🙂", 1_251],
    ["e\u0301", 1_667],
    ["e\u0301", 1_668],
  ])("a message of %s × %i at a limit of 5,000 bytes", async (piece, count) => {
    await deliver({ run: undefined }, { logLimit: 5_000 }, { title: "T", message: piece.repeat(count), isTest: true });
    const body = last()?.body ?? "";
    const whole = `T\n${piece.repeat(count)}`;
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(5_000);
    expect(body === whole).toBe(Buffer.byteLength(whole) <= 5_000);
    if (body !== whole) expect(body.endsWith("…")).toBe(true);
  });
  test("of 400 kB of log head and tail arrive", async () => {
    const log = `first\n${"ä line of log\n".repeat(28_000)}the error`;
    expect(await deliver({ ...during("failure"), log })).toMatchObject({ kind: "sent" });
    expect(last()?.body).toMatch(/first\n[\s\S]*kB cut …[\s\S]*the error$/);
    expect(Buffer.byteLength(last()?.body ?? "")).toBeLessThanOrEqual(100_000);
  });
  test("a server that keeps less is named, since it keeps the head only", async () => {
    const pingUrl = `${own.url}/ping/${CHECK}`;
    const log = "line\n".repeat(10_000);
    expect(await deliver({ log }, { pingUrl })).toMatchObject({ kind: "sent", advice: expect.stringMatching(/10000/) });
    const outcome = await deliver({ log }, { pingUrl, logLimit: 10_000 });
    expect(outcome).toMatchObject({ kind: "sent" });
    expect(outcome.advice).toBeUndefined();
  });
});

describe("answers", () => {
  const unknown = "0bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";
  test("pain 12: 200 with “not found” is no success", async () => {
    expect(await deliver(during("success"), { pingUrl: `${trial.server.url}/${unknown}` })).toMatchObject({
      kind: "rejected",
      status: 200,
      reason: "200 OK: OK (not found)",
      advice: expect.stringMatching(/No check/),
    });
  });
  test("404 and 409 are refused with what to do", async () => {
    expect(await deliver({}, { pingUrl: `${own.url}/ping/${unknown}` })).toMatchObject({
      kind: "rejected",
      status: 404,
      advice: expect.stringMatching(/No check/),
    });
    expect(await deliver({}, { pingUrl: `${trial.server.url}/${PING_KEY}/twice` })).toMatchObject({
      kind: "rejected",
      status: 409,
      reason: "409 Conflict: ambiguous slug",
      advice: expect.stringMatching(/Rename/),
    });
  });
  test("pain 07: rate limits are tried again, also the one that says 200", async () => {
    expect(await deliver({}, { pingUrl: `${trial.server.url}/${PING_KEY}/busy` })).toMatchObject({
      kind: "retry",
      status: 429,
    });
    const pingUrl = `${trial.server.url}/ffffffff-d4c7-4bf5-bcc8-b8d8a82ea278`;
    expect(await deliver({}, { pingUrl })).toMatchObject({ kind: "retry", status: 200, afterMs: 60_000 });
  });
  test("503, a hang and a reset are retried", async () => {
    trial.server.failWith({ status: 503, times: 1 });
    expect(await deliver({})).toMatchObject({ kind: "retry", status: 503 });
    trial.server.hang();
    expect(await deliver({})).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver({})).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

test("custom texts replace title and message", async () => {
  const own = {
    title: "{{job.name}}!",
    message: "took {{run.durationText}}",
    values: { job: { name: "db" }, run: { durationText: "4 s" } },
  };
  await deliver({ ...during("success"), own });
  expect(last()?.body).toBe("db!\ntook 4 s");
});

test("what people paste; and no URL in payload or preview", () => {
  for (const url of [
    `https://hc-ping.com/${CHECK}`,
    `https://hc-ping.com/${PING_KEY}/nightly`,
    `https://hc.example.org/ping/${CHECK}/start`,
  ])
    expect(healthchecks.fromUrl(url)).toEqual({ pingUrl: url });
  for (const url of ["https://hc-ping.com/", "https://example.org/x", `https://watchgoose.com/ping/${CHECK}`, CHECK])
    expect(healthchecks.fromUrl(url)).toBeNull();
  const payload = healthchecks.render(sampleNotification(), configOf(), sampleContext());
  expect(JSON.stringify([payload, healthchecks.preview(payload, configOf())])).not.toContain(CHECK);
});
