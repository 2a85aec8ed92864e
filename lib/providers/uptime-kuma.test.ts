import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { PUSH_TOKEN, startUptimeKuma, type UptimeKumaService } from "@/e2e/support/services/uptime-kuma";
import type { JobState } from "@/lib/core/job";
import type { RenderContext, SendResult } from "./contract";
import { createHttp } from "./kit/http";
import { createMail } from "./kit/mail";
import { heartbeatUrl, uptimeKuma } from "./uptime-kuma";

const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
/** Only where no answer will come is there no patience. */
let hurry: { timeoutMs?: number } = {};
const io = {
  http: { request: (input: Parameters<typeof http.request>[0]) => http.request({ ...input, ...hurry }) },
  mail: createMail({ egress: "any" }),
};
let server: UptimeKumaService;
let newer: UptimeKumaService;

beforeAll(async () => {
  server = await startUptimeKuma(404);
  newer = await startUptimeKuma(500);
});
afterEach(() => {
  hurry = {};
  server.recover();
});
afterAll(async () => {
  await http.close();
  await server.close();
  await newer.close();
});

const configOf = (extra: Record<string, unknown> = {}) =>
  uptimeKuma.parse({ pushUrl: `${server.url}/api/push/${PUSH_TOKEN}`, ...extra });
function tell(
  context: Partial<RenderContext> = {},
  extra: Record<string, unknown> = {},
  more = {},
): Promise<SendResult> {
  const config = configOf(extra);
  return uptimeKuma.send(uptimeKuma.render(sampleNotification(more), config, sampleContext(context)), config, io);
}
const during = (state: JobState, more = {}) => ({ run: sampleRun({ state, ...more }) });
const last = () => server.heartbeats.at(-1);

describe("a run's course", () => {
  test.each([
    ["start", "up", "start", null],
    ["success", "up", "T\nM", 31_000],
    ["warning", "up", "T\nM", 31_000],
    ["failure", "down", "T\nM", null],
    ["missed", "down", "T\nM", null],
  ] as const)("%s is told as %s", async (state, status, msg, ping) => {
    expect(await tell(during(state), {}, { title: "T", message: "M" })).toMatchObject({ kind: "sent", status: 200 });
    expect(last()).toEqual({ status, msg, ping });
  });
  test("a warning counts as a failure where the switch says so", async () => {
    await tell(during("warning"), { warningIsFailure: true });
    expect(last()?.status).toBe("down");
  });
  test("a Test shows as up, and that is said", async () => {
    expect(await tell({ run: undefined }, {}, { isTest: true, title: "Test: kuma", message: "" })).toMatchObject({
      kind: "sent",
      advice: expect.stringMatching(/shows as up/),
    });
    expect(last()).toEqual({ status: "up", msg: "Test: kuma", ping: null });
  });
  test.each([
    [86_400_000, 86_400_000],
    [86_400_001, null],
    [0, 0],
  ])("a run of %i ms is told with ping %s", async (duration, ping) => {
    expect(await tell(during("success", { startedAt: 1_000, finishedAt: 1_000 + duration }))).toMatchObject({
      kind: "sent",
    });
    expect(last()?.ping).toBe(ping);
  });
});

describe("pain 38: a pasted query never makes a failure read as up", () => {
  test.each(["?status=up&msg=OK&ping=", "?status=up", "/?status=up#x", "/"])("with %s", async (tail) => {
    await tell(during("failure"), { pushUrl: `${server.url}/api/push/${PUSH_TOKEN}${tail}` });
    expect(last()?.status).toBe("down");
    expect(server.requests.at(-1)?.query.getAll("status")).toEqual(["down"]);
  });
  test("the address is the pasted one with a query of ours", () => {
    expect(heartbeatUrl("https://k.example.org/sub/api/push/t/?status=up", { status: "down", msg: "a b&c" })).toBe(
      "https://k.example.org/sub/api/push/t?status=down&msg=a+b%26c",
    );
  });
  test("the job may be named", async () => {
    const pushUrl = `${server.url}/api/push/{{job.slug}}`;
    await tell(during("success"), { pushUrl });
    expect(server.requests.at(-1)?.path).toBe("/api/push/media-library");
    expect(await tell({ run: undefined }, { pushUrl }, { isTest: true })).toMatchObject({ kind: "rejected" });
    expect([uptimeKuma.isPerJob(configOf()), uptimeKuma.isPerJob(configOf({ pushUrl }))]).toEqual([true, false]);
  });
});

describe("pain 33, 34: any text, within an address", () => {
  test.each(Object.entries(HOSTILE_NAMES))("%s", async (_, name) => {
    expect(await tell({ log: name }, {}, { title: name, message: name })).toMatchObject({ kind: "sent" });
  });
  test.each([
    ["a", 997, false],
    ["a", 998, false],
    ["a", 999, true],
    ["🙂", 249, false],
    ["🙂", 250, true],
    ["e\u0301", 332, false],
    ["e\u0301", 333, true],
  ])("a message of %s × %i below a title of one letter", async (piece, count, isCut) => {
    await tell({ run: undefined }, {}, { title: "T", message: piece.repeat(count), isTest: true });
    expect(last()?.msg.endsWith("…")).toBe(isCut);
  });
});

describe("answers", () => {
  test("an unknown token is refused in both generations' words", async () => {
    for (const [url, status] of [
      [server.url, 404],
      [newer.url, 500],
    ] as const)
      expect(await tell({}, { pushUrl: `${url}/api/push/other` })).toMatchObject({
        kind: "rejected",
        status,
        reason: expect.stringMatching(/Monitor not found or not active\.$/),
        advice: expect.stringMatching(/no active push monitor/),
      });
  });
  test("pain 12: 200 with ok:false is no success; other trouble is tried again", async () => {
    server.failWith({ status: 200, body: { ok: false, msg: "no" }, times: 1 });
    expect(await tell()).toMatchObject({ kind: "rejected", status: 200, reason: "200 OK: no" });
    server.failWith({ status: 500, body: { ok: false, msg: "SQLITE_BUSY" }, times: 1 });
    expect(await tell()).toMatchObject({ kind: "retry", status: 500 });
    server.failWith({ status: 429, headers: { "retry-after": "4" }, times: 1 });
    expect(await tell()).toMatchObject({ kind: "retry", afterMs: 4_000 });
  });
  test("a hang and a reset are tried again", async () => {
    hurry = { timeoutMs: 400 };
    server.hang();
    expect(await tell()).toMatchObject({ kind: "retry" });
    server.recover();
    hurry = {};
    server.reset();
    expect(await tell()).toMatchObject({ kind: "retry" });
  });
});

test("what people paste; and no token in payload or preview", () => {
  const url = `https://kuma.example.org/api/push/${PUSH_TOKEN}?status=up&msg=OK&ping=`;
  expect(uptimeKuma.fromUrl(url)).toEqual({ pushUrl: url });
  expect(uptimeKuma.fromUrl("https://kuma.example.org/status/x")).toBeNull();
  const payload = uptimeKuma.render(sampleNotification(), configOf(), sampleContext());
  expect(JSON.stringify([payload, uptimeKuma.preview(payload, configOf())])).not.toContain(PUSH_TOKEN);
});
