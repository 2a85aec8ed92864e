import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { CHECK, type HealthchecksService, PING_KEY } from "@/e2e/support/services/healthchecks";
import { startWatchgoose } from "@/e2e/support/services/watchgoose";
import type { RenderContext } from "./contract";
import { createHttp } from "./kit/http";
import { createMail } from "./kit/mail";
import { watchgoose } from "./watchgoose";

const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
/** Only where no answer will come is there no patience. */
let hurry: { timeoutMs?: number } = {};
const io = {
  http: { request: (input: Parameters<typeof http.request>[0]) => http.request({ ...input, ...hurry }) },
  mail: createMail({ egress: "any" }),
};
let server: HealthchecksService;

beforeAll(async () => {
  server = await startWatchgoose();
});
afterEach(() => {
  hurry = {};
  server.recover();
});
afterAll(async () => {
  await http.close();
  await server.close();
});

function tell(context: Partial<RenderContext> = {}, extra: Record<string, unknown> = {}, more = {}) {
  const config = watchgoose.parse({ pingUrl: `${server.url}/${CHECK}`, ...extra });
  return watchgoose.send(watchgoose.render(sampleNotification(more), config, sampleContext(context)), config, io);
}
const last = () => server.pings.at(-1);

test.each([
  ["start", "start"],
  ["success", "success"],
  ["warning", "success"],
  ["failure", "fail"],
  ["missed", "fail"],
] as const)("%s is told as %s, with the run's id", async (state, kind) => {
  const run = sampleRun({ state });
  expect(await tell({ run })).toMatchObject({ kind: "sent", status: 200 });
  expect(last()).toMatchObject({ check: CHECK, kind, rid: run.rid });
});

test("a Test is a log entry; a warning counts as a failure where the switch says so", async () => {
  await tell({ run: undefined }, {}, { isTest: true });
  expect(last()).toMatchObject({ kind: "log", rid: null });
  await tell({ run: sampleRun({ state: "warning" }) }, { warningIsFailure: true });
  expect(last()?.kind).toBe("fail");
});

describe("10,000 bytes are kept, and never more are sent", () => {
  test.each(Object.entries(HOSTILE_NAMES))("%s", async (_, name) => {
    expect(await tell({ log: name }, {}, { title: name, message: name })).toMatchObject({ kind: "sent" });
    expect(Buffer.byteLength(server.requests.at(-1)?.body ?? "")).toBeLessThanOrEqual(10_000);
  });
  test.each([9_998, 9_999])("a message of %i below a title of one letter", async (size) => {
    await tell({ run: undefined }, {}, { title: "T", message: "m".repeat(size), isTest: true });
    expect(last()?.body.endsWith("…")).toBe(size === 9_999);
  });
  test("both ends of a long log stay", async () => {
    await tell({ log: `first\n${"x\n".repeat(20_000)}the error` });
    expect(last()?.body).toMatch(/first\n[\s\S]*cut …[\s\S]*the error$/);
  });
});

test("unknown checks, ambiguous slugs, rate limits, trouble on the way", async () => {
  const other = `${server.url}/ping/0bf66975-d4c7-4bf5-bcc8-b8d8a82ea278`;
  expect(await tell({}, { pingUrl: other })).toMatchObject({
    kind: "rejected",
    status: 404,
    reason: "404 Not Found: not found",
  });
  expect(await tell({}, { pingUrl: `${server.url}/ping/${PING_KEY}/twice` })).toMatchObject({
    kind: "rejected",
    status: 409,
  });
  expect(await tell({}, { pingUrl: `${server.url}/ping/${PING_KEY}/busy` })).toMatchObject({
    kind: "retry",
    status: 429,
  });
  hurry = { timeoutMs: 400 };
  server.hang();
  expect(await tell()).toMatchObject({ kind: "retry" });
  server.recover();
  hurry = {};
  server.reset();
  expect(await tell()).toMatchObject({ kind: "retry" });
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
    ...io,
    http: { request },
  });
  expect(asked[0]).toMatch(new RegExp(`^https://watchgoose.com/${CHECK}/fail\\?rid=`));
});
