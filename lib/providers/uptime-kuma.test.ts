import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { PUSH_TOKEN, startUptimeKuma, type UptimeKumaService } from "@/e2e/support/services/uptime-kuma";
import type { JobState } from "@/lib/core/job";
import type { RenderContext, SendResult } from "./contract";
import { heartbeatUrl, uptimeKuma } from "./uptime-kuma";

const trial = startTrial(() => startUptimeKuma(404));
let newer: UptimeKumaService;

beforeAll(async () => {
  newer = await startUptimeKuma(500);
});
afterAll(async () => {
  await newer.close();
});

const configOf = (extra: Record<string, unknown> = {}) =>
  uptimeKuma.parse({ pushUrl: `${trial.server.url}/api/push/${PUSH_TOKEN}`, ...extra });
function deliver(
  context: Partial<RenderContext> = {},
  extra: Record<string, unknown> = {},
  more = {},
): Promise<SendResult> {
  const config = configOf(extra);
  return trial.deliver(uptimeKuma, config, more, context);
}
const during = (state: JobState, more = {}) => ({ run: sampleRun({ state, ...more }) });
const last = () => trial.server.heartbeats.at(-1);

describe("a run's course", () => {
  test.each([
    ["start", "up", "start", null],
    ["success", "up", "T\nM", 31_000],
    ["warning", "up", "T\nM", 31_000],
    ["failure", "down", "T\nM", null],
    ["missed", "down", "T\nM", null],
  ] as const)("%s is sent as %s", async (state, status, msg, ping) => {
    expect(await deliver(during(state), {}, { title: "T", message: "M" })).toMatchObject({ kind: "sent", status: 200 });
    expect(last()).toEqual({ status, msg, ping });
  });
  test("fault C6: a new rule leaves starts out", () => {
    expect(uptimeKuma.ruleStates).toEqual(["success", "warning", "failure"]);
  });
  test.each([
    ["failure", false, "down"],
    ["missed", false, "down"],
    ["success", false, "up"],
    ["warning", false, "up"],
    ["warning", true, "down"],
    [undefined, false, "up"],
  ] as const)(
    "fault C6: a start after %s (warnings as failures: %s) repeats %s",
    async (previousState, warningIsFailure, status) => {
      const run = sampleRun({ state: "start", ...(previousState ? { previousState } : {}) });
      await deliver({ run }, { warningIsFailure });
      expect(last()).toEqual({ status, msg: "start", ping: null });
    },
  );
  test("a warning counts as a failure where the switch says so", async () => {
    await deliver(during("warning"), { warningIsFailure: true });
    expect(last()?.status).toBe("down");
  });
  test("a Test shows as up, and that is said", async () => {
    expect(await deliver({ run: undefined }, {}, { isTest: true, title: "Test: kuma", message: "" })).toMatchObject({
      kind: "sent",
      advice: expect.stringMatching(/shows as up/),
    });
    expect(last()).toEqual({ status: "up", msg: "Test: kuma", ping: null });
  });
  test.each([
    [86_400_000, 86_400_000],
    [86_400_001, null],
    [0, 0],
  ])("a run of %i ms is sent with ping %s", async (duration, ping) => {
    expect(await deliver(during("success", { startedAt: 1_000, finishedAt: 1_000 + duration }))).toMatchObject({
      kind: "sent",
    });
    expect(last()?.ping).toBe(ping);
  });
});

describe("pain 38: a pasted query never makes a failure read as up", () => {
  test.each(["?status=up&msg=OK&ping=", "?status=up", "/?status=up#x", "/"])("with %s", async (tail) => {
    await deliver(during("failure"), { pushUrl: `${trial.server.url}/api/push/${PUSH_TOKEN}${tail}` });
    expect(last()?.status).toBe("down");
    expect(trial.server.requests.at(-1)?.query.getAll("status")).toEqual(["down"]);
  });
  test("the address is the pasted one with a query of ours", () => {
    expect(heartbeatUrl("https://k.example.org/sub/api/push/t/?status=up", { status: "down", msg: "a b&c" })).toBe(
      "https://k.example.org/sub/api/push/t?status=down&msg=a+b%26c",
    );
  });
  test("the job may be named", async () => {
    const pushUrl = `${trial.server.url}/api/push/{{job.slug}}`;
    await deliver(during("success"), { pushUrl });
    expect(trial.server.requests.at(-1)?.path).toBe("/api/push/media-library");
    expect(await deliver({ run: undefined }, { pushUrl }, { isTest: true })).toMatchObject({ kind: "rejected" });
    expect([uptimeKuma.isPerJob(configOf()), uptimeKuma.isPerJob(configOf({ pushUrl }))]).toEqual([true, false]);
  });
});

describe("pain 33, 34: any text, within an address", () => {
  test.each(Object.entries(HOSTILE_NAMES))("%s", async (_, name) => {
    expect(await deliver({ log: name }, {}, { title: name, message: name })).toMatchObject({ kind: "sent" });
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
    await deliver({ run: undefined }, {}, { title: "T", message: piece.repeat(count), isTest: true });
    expect(last()?.msg.endsWith("…")).toBe(isCut);
  });
});

describe("answers", () => {
  test("an unknown token is refused in both generations' words", async () => {
    for (const [url, status] of [
      [trial.server.url, 404],
      [newer.url, 500],
    ] as const)
      expect(await deliver({}, { pushUrl: `${url}/api/push/other` })).toMatchObject({
        kind: "rejected",
        status,
        reason: expect.stringMatching(/Monitor not found or not active\.$/),
        advice: expect.stringMatching(/no active push monitor/),
      });
  });
  test.each([
    [404, "SQLITE_BUSY: database is locked", "retry"],
    [500, "SQLITE_BUSY: database is locked", "retry"],
    [404, "Knex: Timeout acquiring a connection. The pool is probably full.", "retry"],
    [200, "no", "retry"],
    [404, "Monitor not found or not active.", "rejected"],
    [500, "Monitor not found or not active.", "rejected"],
    [400, "Invalid ping value: 'x' is not a valid number", "rejected"],
    [400, "Ping value 90000000ms exceeds maximum allowed (86400000ms = 24 hours).", "rejected"],
  ])("fault B8: %i with ok:false and “%s” is %s", async (status, msg, kind) => {
    trial.server.failWith({ status, body: { ok: false, msg }, times: 1 });
    expect(await deliver()).toMatchObject({ kind, status, reason: expect.stringContaining(msg) });
  });
  test("pain 07: a limit pauses the channel", async () => {
    trial.server.failWith({ status: 429, headers: { "retry-after": "4" }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 4_000 });
  });
  test("a hang and a reset are retried", async () => {
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry" });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry" });
  });
});

test("what people paste; and no token in payload or preview", () => {
  const url = `https://kuma.example.org/api/push/${PUSH_TOKEN}?status=up&msg=OK&ping=`;
  expect(uptimeKuma.fromUrl(url)).toEqual({ pushUrl: url });
  expect(uptimeKuma.fromUrl("https://kuma.example.org/status/x")).toBeNull();
  const payload = uptimeKuma.render(sampleNotification(), configOf(), sampleContext());
  expect(JSON.stringify([payload, uptimeKuma.preview(payload, configOf())])).not.toContain(PUSH_TOKEN);
});
