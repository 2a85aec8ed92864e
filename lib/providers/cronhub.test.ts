import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { CRONHUB_MONITOR, type CronhubService, startCronhub } from "@/e2e/support/services/cronhub";
import type { JobState } from "@/lib/core/job";
import type { RenderContext, SendResult } from "./contract";
import { cronhub, signalUrl } from "./cronhub";
import { createHttp } from "./kit/http";
import { createMail } from "./kit/mail";

const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
/** Only where no answer will come is there no patience. */
let hurry: { timeoutMs?: number } = {};
const io = {
  http: { request: (input: Parameters<typeof http.request>[0]) => http.request({ ...input, ...hurry }) },
  mail: createMail({ egress: "any" }),
};
let server: CronhubService;

beforeAll(async () => {
  server = await startCronhub();
});
afterEach(() => {
  hurry = {};
  server.recover();
});
afterAll(async () => {
  await http.close();
  await server.close();
});

const configOf = (extra: Record<string, unknown> = {}) =>
  cronhub.parse({ pingUrl: `${server.url}/ping/${CRONHUB_MONITOR}`, ...extra });
function tell(
  context: Partial<RenderContext> = {},
  extra: Record<string, unknown> = {},
  more = {},
): Promise<SendResult> {
  const config = configOf(extra);
  return cronhub.send(cronhub.render(sampleNotification(more), config, sampleContext(context)), config, io);
}
const during = (state: JobState) => ({ run: sampleRun({ state }) });
const problem = (pingUrl: string) => cronhub.configSchema.safeParse({ pingUrl }).error?.issues[0]?.message;

test.each([
  ["start", "start"],
  ["success", "finish"],
  ["warning", "finish"],
  ["failure", "fail"],
  ["missed", "fail"],
] as const)("%s is told as %s", async (state, told) => {
  expect(await tell(during(state))).toMatchObject({ kind: "sent", status: 200 });
  expect(server.signals.at(-1)).toBe(told);
});

test("a warning counts as a failure where the switch says so; a Test is a plain ping, and says what that means", async () => {
  await tell(during("warning"), { warningIsFailure: true });
  expect(server.signals.at(-1)).toBe("fail");
  expect(await tell({ run: undefined }, {}, { isTest: true })).toMatchObject({
    kind: "sent",
    advice: expect.stringMatching(/counts as a run/),
  });
  expect(server.signals.at(-1)).toBe("ping");
});

describe("pain 38: exactly one word of the address is replaced", () => {
  test.each([
    ["https://cronhub.io/ping/abc", "https://cronhub.io/fail/abc"],
    ["https://cronhub.io/start/abc", "https://cronhub.io/fail/abc"],
    ["https://cronhub.io/finish/abc#x", "https://cronhub.io/fail/abc"],
    ["https://belfry.example.org/in/token/cronhub/start/x", "https://belfry.example.org/in/token/cronhub/fail/x"],
    ["https://m.example.org/ping/start/x", "https://m.example.org/ping/fail/x"],
    ["https://m.example.org/ping/x?team=start", "https://m.example.org/fail/x?team=start"],
    ["https://m.example.org/ping/start", "https://m.example.org/fail/start"],
  ])("%s", (pasted, expected) => expect(signalUrl(pasted, "failure")).toBe(expected));
  test.each(["https://cronhub.io/abc", "https://cronhub.io/ping/", "https://cronhub.io/"])("refuses %s", (url) =>
    expect(problem(url)).toMatch(/\/ping\//),
  );
  test("the job may be named", async () => {
    expect(problem("https://m.example.org/ping/{{job.slug}}")).toBeUndefined();
    const pingUrl = `${server.url}/ping/{{job.slug}}`;
    await tell(during("success"), { pingUrl });
    expect(server.requests.at(-1)?.path).toBe("/finish/media-library");
    expect(await tell({ run: undefined }, { pingUrl }, { isTest: true })).toMatchObject({ kind: "rejected" });
  });
});

test.each(Object.entries(HOSTILE_NAMES))("pain 33: texts never reach the address (%s)", async (_, name) => {
  expect(await tell({ log: name }, {}, { title: name, message: name })).toMatchObject({ kind: "sent" });
  expect(server.requests.at(-1)?.path).toBe(`/fail/${CRONHUB_MONITOR}`);
});

test("unknown monitors, rate limits, a hang and a reset", async () => {
  expect(await tell({}, { pingUrl: `${server.url}/ping/other` })).toMatchObject({
    kind: "rejected",
    status: 404,
    reason: "404 Not Found: Monitor not found",
    advice: expect.stringMatching(/No monitor/),
  });
  server.failWith({ status: 429, headers: { "retry-after": "9" }, times: 1 });
  expect(await tell()).toMatchObject({ kind: "retry", afterMs: 9_000 });
  hurry = { timeoutMs: 400 };
  server.hang();
  expect(await tell()).toMatchObject({ kind: "retry" });
  server.recover();
  hurry = {};
  server.reset();
  expect(await tell()).toMatchObject({ kind: "retry" });
});

test("what people paste; and no id in payload or preview", () => {
  const url = `https://cronhub.io/ping/${CRONHUB_MONITOR}`;
  expect(cronhub.fromUrl(url)).toEqual({ pingUrl: url });
  expect(cronhub.fromUrl(`https://hc.example.org/ping/${CRONHUB_MONITOR}`)).toBeNull();
  const payload = cronhub.render(sampleNotification(), configOf(), sampleContext());
  expect(JSON.stringify([payload, cronhub.preview(payload, configOf())])).not.toContain(CRONHUB_MONITOR);
});
