import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { CHECK, PING_KEY } from "@/e2e/support/services/healthchecks";
import { startWatchgoose } from "@/e2e/support/services/watchgoose";
import type { RenderContext } from "./contract";
import { watchgoose } from "./watchgoose";

const trial = startTrial(startWatchgoose);

function deliver(context: Partial<RenderContext> = {}, extra: Record<string, unknown> = {}, more = {}) {
  const config = watchgoose.parse({ pingUrl: `${trial.server.url}/${CHECK}`, ...extra });
  return trial.deliver(watchgoose, config, more, context);
}
const last = () => trial.server.pings.at(-1);

test.each([
  ["start", "start"],
  ["success", "success"],
  ["warning", "success"],
  ["failure", "fail"],
  ["missed", "fail"],
] as const)("%s is sent as %s, with the run's id", async (state, kind) => {
  const run = sampleRun({ state });
  expect(await deliver({ run })).toMatchObject({ kind: "sent", status: 200 });
  expect(last()).toMatchObject({ check: CHECK, kind, rid: run.rid });
});

test("a Test is a log entry; a warning counts as a failure where the switch says so", async () => {
  await deliver({ run: undefined }, {}, { isTest: true });
  expect(last()).toMatchObject({ kind: "log", rid: null });
  await deliver({ run: sampleRun({ state: "warning" }) }, { warningIsFailure: true });
  expect(last()?.kind).toBe("fail");
});

describe("10,000 bytes are kept, and never more are sent", () => {
  test.each(Object.entries(HOSTILE_NAMES))("%s", async (_, name) => {
    expect(await deliver({ log: name }, {}, { title: name, message: name })).toMatchObject({ kind: "sent" });
    expect(Buffer.byteLength(trial.server.requests.at(-1)?.body ?? "")).toBeLessThanOrEqual(10_000);
  });
  test.each([9_998, 9_999])("a message of %i below a title of one letter", async (size) => {
    await deliver({ run: undefined }, {}, { title: "T", message: "m".repeat(size), isTest: true });
    expect(last()?.body.endsWith("…")).toBe(size === 9_999);
  });
  test("both ends of a long log stay", async () => {
    await deliver({ log: `first\n${"x\n".repeat(20_000)}the error` });
    expect(last()?.body).toMatch(/first\n[\s\S]*cut …[\s\S]*the error$/);
  });
});

test("unknown checks, ambiguous slugs, rate limits, network errors", async () => {
  const other = `${trial.server.url}/ping/0bf66975-d4c7-4bf5-bcc8-b8d8a82ea278`;
  expect(await deliver({}, { pingUrl: other })).toMatchObject({
    kind: "rejected",
    status: 404,
    reason: "404 Not Found: not found",
  });
  expect(await deliver({}, { pingUrl: `${trial.server.url}/ping/${PING_KEY}/twice` })).toMatchObject({
    kind: "rejected",
    status: 409,
  });
  expect(await deliver({}, { pingUrl: `${trial.server.url}/ping/${PING_KEY}/busy` })).toMatchObject({
    kind: "retry",
    status: 429,
  });
  trial.server.hang();
  expect(await deliver()).toMatchObject({ kind: "retry" });
  trial.server.recover();
  trial.server.reset();
  expect(await deliver()).toMatchObject({ kind: "retry" });
});

test("what people paste, what is refused, where a bare UUID goes", async () => {
  const url = `https://watchgoose.com/${CHECK}`;
  expect(watchgoose.fromUrl(url)).toEqual({ pingUrl: url });
  expect(watchgoose.fromUrl(`https://hc-ping.com/${CHECK}`)).toBeNull();
  expect(watchgoose.configSchema.safeParse({ pingUrl: url, logLimit: 10_001 }).success).toBe(false);
  const asked: string[] = [];
  const config = watchgoose.parse({ pingUrl: CHECK });
  const request = async (input: { url: string }) => {
    asked.push(input.url);
    return { kind: "failed" as const, reason: "not asked", isRefused: false };
  };
  await watchgoose.send(watchgoose.render(sampleNotification(), config, sampleContext()), config, {
    ...trial.io,
    http: { request },
  });
  expect(asked[0]).toMatch(new RegExp(`^https://watchgoose.com/${CHECK}/fail\\?rid=`));
});
