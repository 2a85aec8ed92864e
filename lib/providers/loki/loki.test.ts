import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { LOKI_PASSWORD, type LokiService, startLoki } from "@/e2e/support/services/loki";
import type { JobState } from "@/lib/core/job";
import type { RenderContext, SendResult } from "../contract";
import { loki } from "./loki";

const trial = startTrial(startLoki);
let shared: LokiService;

beforeAll(async () => {
  shared = await startLoki({ tenant: "backups" });
});
afterAll(async () => {
  await shared.close();
});

const AT = Date.UTC(2026, 10, 20, 2, 10, 4);
const configOf = (extra: Record<string, unknown> = {}) =>
  loki.parse({
    url: trial.server.url,
    labels: { job: "__job_slug" },
    user: "belfry",
    password: LOKI_PASSWORD,
    ...extra,
  });
function deliver(
  context: Partial<RenderContext> = {},
  extra: Record<string, unknown> = {},
  more = {},
): Promise<SendResult> {
  const config = configOf(extra);
  return trial.deliver(loki, config, more, context);
}
const during = (state: JobState, more = {}) => ({ run: sampleRun({ state, ...more }) });
/** A stream of its own for each test: lines of another one's time would be too far behind. */
const inStream = (name: string) => ({ labels: { stream: name } });
const linesOf = (name: string, from = trial.server) => from.streams.get(`{stream=${JSON.stringify(name)}}`) ?? [];
const problem = (extra: object) =>
  loki.configSchema.safeParse({ ...(loki.example as object), ...extra }).error?.issues[0];

describe("a run's course", () => {
  test.each([
    ["start", "info", AT - 31_000],
    ["success", "info", AT],
    ["warning", "warn", AT],
    ["failure", "error", AT],
    ["missed", "error", AT],
  ] as const)("%s is a line of level %s at its own time", async (state, level, at) => {
    expect(await deliver(during(state), inStream(state), { title: "The title" })).toMatchObject({
      kind: "sent",
      status: 204,
    });
    const [entry] = linesOf(state);
    expect(entry?.at).toBe(BigInt(at) * 1_000_000n);
    expect(entry?.line).toMatch(
      new RegExp(`^level=${level} state=${state} job=media-library run=run_01 title="The title" `),
    );
  });
  test("the log's lines have their own times, strictly ascending, and the state comes last", async () => {
    const logLines = [
      { at: AT - 3_000, text: "first" },
      { at: AT - 2_000, text: "second" },
      { at: AT - 2_000, text: "same millisecond" },
      { at: AT - 2_500, text: "a clock that went back" },
      { at: AT + 500, text: "written late" },
      { at: AT + 500, text: "  " },
    ];
    await deliver(during("failure", { logLines }), inStream("order"));
    const entries = linesOf("order");
    expect(entries.map(({ line }) => line.replace(/^level=error.*/, "STATE"))).toEqual([
      "first",
      "second",
      "same millisecond",
      "a clock that went back",
      "written late",
      "STATE",
    ]);
    expect(entries.map(({ at }) => at)).toEqual([
      BigInt(AT - 3_000) * 1_000_000n,
      BigInt(AT - 2_000) * 1_000_000n,
      BigInt(AT - 2_000) * 1_000_000n + 1n,
      BigInt(AT - 2_000) * 1_000_000n + 2n,
      BigInt(AT + 500) * 1_000_000n,
      BigInt(AT + 500) * 1_000_000n + 1n,
    ]);
  });
  test("a log without times stands at the run's end", async () => {
    await deliver({ ...during("success"), log: "one\ntwo" }, inStream("plain"));
    expect(linesOf("plain").map(({ line }) => line)).toEqual(["one", "two", expect.stringMatching(/^level=info/)]);
  });
  test("a Test is a line of its own", async () => {
    await deliver({ run: undefined }, inStream("test"), { isTest: true, title: "Test: loki" });
    expect(linesOf("test")[0]?.line).toMatch(/^level=info state=test title="Test: loki"/);
  });
});

describe("labels", () => {
  test("placeholders are filled, empty ones left out", async () => {
    const labels = { a: "fixed", b: "__hostname", c: "__job", d: "__job_slug", e: "__job_id", f: "__state" };
    await deliver({}, { labels });
    expect(trial.server.requests.at(-1)?.json).toMatchObject({
      streams: [
        {
          stream: {
            a: "fixed",
            b: "backup.example.org",
            c: "media-library",
            d: "media-library",
            e: "job_01",
            f: "failure",
          },
        },
      ],
    });
    await deliver({ run: undefined }, { labels: { d: "__job_slug" } }, { isTest: true });
    expect(trial.server.requests.at(-1)?.json).toMatchObject({ streams: [{ stream: { app: "belfry" } }] });
  });
  test("without a run the job comes from the values", async () => {
    await deliver({ run: undefined, values: { job: { id: "j", name: "n", slug: "from-values" } } });
    expect(trial.server.requests.at(-1)?.json).toMatchObject({ streams: [{ stream: { job: "from-values" } }] });
    expect(loki.needsValues(configOf())).toBe(true);
    expect(loki.needsValues(configOf({ labels: { a: "b" } }))).toBe(false);
  });
  test.each([
    [{ labels: { "a-b": "x" } }, /cannot be the name/],
    [{ labels: { "": "x" } }, /cannot be the name/],
    [{ labels: { config: "__config" } }, /There is no __config\. Known are __hostname/],
    [{ labels: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`l${i}`, "x"])) }, /at most 15/],
    [{ url: "https://u:p@loki.example.org" }, /below/],
    [{ url: "loki.example.org" }, /http/],
    [{ user: "" }, /user/],
    [{ password: "" }, /password/],
    [{ tenant: "a b" }, /tenant/],
  ])("%o is refused", (extra, words) => expect(problem(extra)?.message).toMatch(words));
});

test.each([
  ["", "/loki/api/v1/push"],
  ["/", "/loki/api/v1/push"],
  ["/loki", "/loki/api/v1/push"],
  ["/sub/loki/", "/sub/loki/api/v1/push"],
  ["/loki/api/v1/push", "/loki/api/v1/push"],
  ["/in/token/loki/push", "/in/token/loki/push"],
])("a URL with the path “%s” means %s", async (path, expected) => {
  await deliver({}, { url: trial.server.url + path });
  expect(trial.server.requests.at(-1)?.path).toBe(expected);
});

describe("pain 33, 34: any text, within Loki's limits", () => {
  test.each(Object.entries(HOSTILE_NAMES))("%s", async (key, name) => {
    const job = { id: "j", name, slug: "s" };
    const logLines = [{ at: AT, text: name }];
    const labels = { stream: key, job: "__job" };
    expect(
      await deliver(during("failure", { job, logLines }), { labels }, { title: name, message: name }),
    ).toMatchObject({
      kind: "sent",
    });
  });
  test.each([
    ["a", 262_143, false],
    ["a", 262_144, false],
    ["a", 262_145, true],
    ["🙂", 65_536, false],
    ["🙂", 65_537, true],
    ["e\u0301", 87_381, false],
    ["e\u0301", 87_382, true],
  ])("a line of %s × %i", async (piece, count, isCut) => {
    const name = `line ${piece} ${count}`;
    expect(
      await deliver(during("success", { logLines: [{ at: AT, text: piece.repeat(count) }] }), inStream(name)),
    ).toMatchObject({
      kind: "sent",
    });
    expect(linesOf(name)[0]?.line.endsWith("…")).toBe(isCut);
  });
  test("of a very long log both ends arrive, and a line says what is missing", async () => {
    const logLines = Array.from({ length: 100_000 }, (_, i) => ({ at: AT - 100_000 + i, text: `line ${i} "ä"` }));
    const config = configOf(inStream("long"));
    const payload = loki.render(sampleNotification(), config, sampleContext(during("failure", { logLines })));
    expect(await loki.send(payload, config, trial.io)).toMatchObject({ kind: "sent" });
    const lines = linesOf("long").map(({ line }) => line);
    expect(lines[0]).toBe('line 0 "ä"');
    expect(lines.at(-2)).toBe('line 99999 "ä"');
    const cut = lines.findIndex((line) => /^… [\d,]+ lines cut …$/.test(line));
    expect(cut).toBeGreaterThan(1_000);
    expect(Number(/[\d,]+/.exec(lines[cut] ?? "")?.[0].replaceAll(",", "")) + lines.length - 2).toBe(100_000);
  });
});

describe("answers", () => {
  test("user, password and tenant go as headers; a missing tenant is explained", async () => {
    expect(await deliver({}, { url: shared.url, tenant: "backups" })).toMatchObject({ kind: "sent" });
    expect(await deliver({}, { url: shared.url })).toMatchObject({
      kind: "rejected",
      status: 401,
      reason: "401 Unauthorized: no org id",
      advice: expect.stringMatching(/enter the tenant/),
    });
    expect(await deliver({}, { password: "wrong" })).toMatchObject({ kind: "rejected", status: 401 });
  });
  test("lines too far behind are refused for good; where others were kept, they count", async () => {
    await deliver(during("success"), inStream("behind"));
    const early = { startedAt: AT - 9_000_000, finishedAt: AT - 8_000_000 };
    expect(await deliver(during("success", early), inStream("behind"))).toMatchObject({
      kind: "rejected",
      status: 400,
      advice: expect.stringMatching(/__job_slug/),
    });
    const logLines = [{ at: AT - 8_000_000, text: "too early" }];
    expect(await deliver(during("success", { logLines }), inStream("behind"))).toMatchObject({
      kind: "sent",
      status: 400,
      advice: expect.stringMatching(/left out 1 of 2 lines/),
    });
    expect(linesOf("behind").map(({ line }) => line)).not.toContain("too early");
  });
  test("pain 07: limits pause the channel; errors are retried", async () => {
    trial.server.failWith({
      status: 429,
      body: "Ingestion rate limit exceeded for user fake",
      headers: { "retry-after": "3" },
      times: 1,
    });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 3_000 });
    trial.server.failWith({ status: 500, body: "ingester", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 500 });
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry" });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry" });
  });
  test("fault B7: a path that any web server may not know is retried, and the right one named", async () => {
    expect(await deliver({}, { url: `${trial.server.url}/other` })).toMatchObject({
      kind: "retry",
      status: 404,
      advice: expect.stringMatching(/push URL/),
    });
  });
  test("fault B14: only an empty answer is Loki's yes", async () => {
    trial.server.failWith({ status: 200, body: { ok: true }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "rejected", reason: expect.stringMatching(/204 and nothing else/) });
  });
});

test("a custom text is in the line of the state; no password in payload or preview", async () => {
  const own = {
    title: "{{job.name}}!",
    message: "See {{link}}",
    values: { job: { name: "db" }, link: "https://x.example" },
  };
  await deliver({ own }, inStream("own"));
  expect(linesOf("own")[0]?.line).toContain('title="db!" message="See https://x.example"');
  const payload = loki.render(sampleNotification(), configOf(), sampleContext());
  expect(JSON.stringify([payload, loki.preview(payload, configOf())])).not.toContain(LOKI_PASSWORD);
});

test("what people paste", () => {
  expect(loki.fromUrl("https://123:glc_token@logs-prod-eu.grafana.net/loki/api/v1/push")).toEqual({
    url: "https://logs-prod-eu.grafana.net/loki/api/v1/push",
    user: "123",
    password: "glc_token",
  });
  expect(loki.fromUrl("https://loki.example.org/")).toBeNull();
});
