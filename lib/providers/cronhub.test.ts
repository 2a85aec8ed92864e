import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { CRONHUB_MONITOR, startCronhub } from "@/e2e/support/services/cronhub";
import type { JobState } from "@/lib/core/job";
import type { RenderContext, SendResult } from "./contract";
import { cronhub, signalUrl } from "./cronhub";

const trial = startTrial(startCronhub);

const configOf = (extra: Record<string, unknown> = {}) =>
  cronhub.parse({ pingUrl: `${trial.server.url}/ping/${CRONHUB_MONITOR}`, ...extra });
function deliver(
  context: Partial<RenderContext> = {},
  extra: Record<string, unknown> = {},
  more = {},
): Promise<SendResult> {
  const config = configOf(extra);
  return trial.deliver(cronhub, config, more, context);
}
const during = (state: JobState) => ({ run: sampleRun({ state }) });
const problem = (pingUrl: string) => cronhub.configSchema.safeParse({ pingUrl }).error?.issues[0]?.message;

test.each([
  ["start", "start"],
  ["success", "finish"],
  ["warning", "finish"],
  ["failure", "fail"],
  ["missed", "fail"],
] as const)("%s is sent as %s", async (state, expected) => {
  expect(await deliver(during(state))).toMatchObject({ kind: "sent", status: 200 });
  expect(trial.server.signals.at(-1)).toBe(expected);
});

test("a warning counts as a failure when the switch is on; a Test is a plain ping, and the advice explains it", async () => {
  await deliver(during("warning"), { warningIsFailure: true });
  expect(trial.server.signals.at(-1)).toBe("fail");
  expect(await deliver({ run: undefined }, {}, { isTest: true })).toMatchObject({
    kind: "sent",
    advice: expect.stringMatching(/counts as a successful run/),
  });
  expect(trial.server.signals.at(-1)).toBe("ping");
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
    const pingUrl = `${trial.server.url}/ping/{{job.slug}}`;
    await deliver(during("success"), { pingUrl });
    expect(trial.server.requests.at(-1)?.path).toBe("/finish/media-library");
    expect(await deliver({ run: undefined }, { pingUrl }, { isTest: true })).toMatchObject({ kind: "rejected" });
  });
});

test.each(Object.entries(HOSTILE_NAMES))("pain 33: texts never reach the address (%s)", async (_, name) => {
  expect(await deliver({ log: name }, {}, { title: name, message: name })).toMatchObject({ kind: "sent" });
  expect(trial.server.requests.at(-1)?.path).toBe(`/fail/${CRONHUB_MONITOR}`);
});

test("unknown monitors, rate limits, a hang and a reset", async () => {
  expect(await deliver({}, { pingUrl: `${trial.server.url}/ping/other` })).toMatchObject({
    kind: "rejected",
    status: 404,
    reason: "404 Not Found: Monitor not found",
    advice: expect.stringMatching(/No monitor/),
  });
  trial.server.failWith({ status: 429, headers: { "retry-after": "9" }, times: 1 });
  expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 9_000 });
  trial.server.hang();
  expect(await deliver()).toMatchObject({ kind: "retry" });
  trial.server.recover();
  trial.server.reset();
  expect(await deliver()).toMatchObject({ kind: "retry" });
});

test("what people paste; and no id in payload or preview", () => {
  const url = `https://cronhub.io/ping/${CRONHUB_MONITOR}`;
  expect(cronhub.fromUrl(url)).toEqual({ pingUrl: url });
  expect(cronhub.fromUrl(`https://hc.example.org/ping/${CRONHUB_MONITOR}`)).toBeNull();
  const payload = cronhub.render(sampleNotification(), configOf(), sampleContext());
  expect(JSON.stringify([payload, cronhub.preview(payload, configOf())])).not.toContain(CRONHUB_MONITOR);
});
