import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { CRONITOR_KEY, startCronitor } from "@/e2e/support/services/cronitor";
import type { JobState } from "@/lib/core/job";
import type { RenderContext, SendResult } from "./contract";
import { cronitor, telemetryUrl } from "./cronitor";

const trial = startTrial(startCronitor);

const RID = "5f0c1c1e-6f2b-4d0a-9a53-1b0f3a1d2c4e";
const configOf = (extra: Record<string, unknown> = {}) =>
  cronitor.parse({ pingUrl: `${trial.server.url}/p/${CRONITOR_KEY}/nightly`, ...extra });
function deliver(
  context: Partial<RenderContext> = {},
  extra: Record<string, unknown> = {},
  more = {},
): Promise<SendResult> {
  const config = configOf(extra);
  return trial.deliver(cronitor, config, more, context);
}
const during = (state: JobState) => ({ run: sampleRun({ state }) });
const last = () => trial.server.events.at(-1);

describe("a run's course", () => {
  test.each([
    ["start", "run"],
    ["success", "complete"],
    ["warning", "complete"],
    ["failure", "fail"],
    ["missed", "fail"],
  ] as const)("%s is sent as %s, all in one series", async (state, expected) => {
    expect(await deliver(during(state), {}, { title: "T", message: "M" })).toMatchObject({ kind: "sent", status: 200 });
    expect(last()).toEqual({
      monitor: "nightly",
      state: expected,
      series: RID,
      message: "T\nM",
      host: "backup.example.org",
    });
  });
  test("a warning counts as a failure where the switch says so", async () => {
    await deliver(during("warning"), { warningIsFailure: true });
    expect(last()?.state).toBe("fail");
  });
  test("a Test is sent as ok, and the advice explains it", async () => {
    const outcome = await deliver({ run: undefined }, {}, { isTest: true });
    expect(outcome).toMatchObject({ kind: "sent", advice: expect.stringMatching(/wrong keys/) });
    expect(last()).toMatchObject({ state: "ok", series: null });
  });
  test("pain 12: a wrong key is answered like a right one, so the advice of a Test says where to check", async () => {
    const before = trial.server.events.length;
    const pingUrl = `${trial.server.url}/p/wrong/nightly`;
    expect((await deliver({ run: undefined }, { pingUrl }, { isTest: true })).advice).toMatch(/check in Cronitor/);
    expect(trial.server.events).toHaveLength(before);
  });
});

describe("pain 38: a pasted URL is understood", () => {
  const event = { state: "fail", message: "m" };
  test.each([
    ["https://cronitor.link/p/key/nightly", "/p/key/nightly?state=fail&message=m"],
    ["https://cronitor.link/p/key/nightly/?state=complete&msg=x", "/p/key/nightly?state=fail&message=m"],
    ["https://cronitor.link/p/key/nightly/complete", "/p/key/nightly?state=fail&message=m"],
    ["https://cronitor.link/p/key/run", "/p/key/run?state=fail&message=m"],
    ["https://cronitor.link/d3x0c1/complete", "/d3x0c1?state=fail&message=m"],
    ["https://cronitor.link/d3x0c1", "/d3x0c1?state=fail&message=m"],
    ["https://cronitor.link/p/key/nightly?env=staging/complete", "/p/key/nightly?env=staging&state=fail&message=m"],
  ])("%s", (pasted, expected) => expect(telemetryUrl(pasted, event)).toBe(`https://cronitor.link${expected}`));
  test("one channel for all jobs; none without a job", async () => {
    const pingUrl = `${trial.server.url}/p/${CRONITOR_KEY}/{{job.slug}}`;
    await deliver(during("success"), { pingUrl });
    expect(last()?.monitor).toBe("media-library");
    expect(await deliver({ run: undefined }, { pingUrl }, { isTest: true })).toMatchObject({ kind: "rejected" });
    expect([cronitor.isPerJob(configOf()), cronitor.isPerJob(configOf({ pingUrl }))]).toEqual([true, false]);
  });
});

describe("pain 33, 34: any text, within an address", () => {
  test.each(Object.entries(HOSTILE_NAMES))("%s", async (_, name) => {
    const before = trial.server.events.length;
    expect(await deliver({ log: name }, {}, { title: name, message: name })).toMatchObject({ kind: "sent" });
    expect(trial.server.events).toHaveLength(before + 1);
  });
  test.each([
    ["a", 1997, false],
    ["a", 1998, false],
    ["a", 1999, true],
    ["🙂", 499, false],
    ["🙂", 500, true],
    ["e\u0301", 666, false],
    ["e\u0301", 667, true],
  ])("a message of %s × %i below a title of one letter", async (piece, count, isCut) => {
    await deliver({ run: undefined }, {}, { title: "T", message: piece.repeat(count), isTest: true });
    expect(last()?.message?.endsWith("…")).toBe(isCut);
  });
  test("both ends of a log arrive", async () => {
    await deliver({ log: `first\n${"line\n".repeat(2_000)}the error` });
    expect(last()?.message).toMatch(/first\n[\s\S]*cut …[\s\S]*the error$/);
  });
});

test("rate limits, unknown addresses, a hang and a reset", async () => {
  trial.server.failWith({ status: 429, headers: { "retry-after": "2" }, times: 1 });
  expect(await deliver()).toMatchObject({
    kind: "retry",
    afterMs: 2_000,
    advice: expect.stringMatching(/five events/),
  });
  trial.server.failWith({ status: 404, body: "Not Found", times: 1 });
  expect(await deliver()).toMatchObject({ kind: "rejected", advice: expect.stringMatching(/Copy/) });
  trial.server.hang();
  expect(await deliver()).toMatchObject({ kind: "retry" });
  trial.server.recover();
  trial.server.reset();
  expect(await deliver()).toMatchObject({ kind: "retry" });
});

test("what people paste; and no key in payload or preview", () => {
  const url = `https://cronitor.link/p/${CRONITOR_KEY}/nightly`;
  expect(cronitor.fromUrl(url)).toEqual({ pingUrl: url });
  expect(cronitor.fromUrl("https://cronitor.link/")).toBeNull();
  expect(cronitor.fromUrl("https://example.org/p/a/b")).toBeNull();
  const payload = cronitor.render(sampleNotification(), configOf(), sampleContext());
  expect(JSON.stringify([payload, cronitor.preview(payload, configOf())])).not.toContain(CRONITOR_KEY);
});
