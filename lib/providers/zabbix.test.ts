import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { startZabbix, ZABBIX_TOKEN } from "@/e2e/support/services/zabbix";
import type { JobState } from "@/lib/core/job";
import type { RenderContext, SendResult } from "./contract";
import { zabbix } from "./zabbix";

const trial = startTrial(startZabbix);

const item = { host: "backup-server", key: "belfry.status" };
const byPassword = { apiKey: "", user: "belfry", password: "example-password" };
const configOf = (extra: Record<string, unknown> = {}) =>
  zabbix.parse({ url: trial.server.url, apiKey: ZABBIX_TOKEN, ...item, ...extra });
function deliver(
  context: Partial<RenderContext> = {},
  extra: Record<string, unknown> = {},
  more = {},
): Promise<SendResult> {
  const config = configOf(extra);
  return trial.deliver(zabbix, config, more, context);
}
const during = (state: JobState) => ({ run: sampleRun({ state }) });
const last = () => trial.server.values.at(-1);
const methods = (from: number) =>
  trial.server.requests.slice(from).map(({ json }) => (json as { method: string }).method);
const problem = (extra: object) =>
  zabbix.configSchema.safeParse({ ...(zabbix.example as object), ...extra }).error?.issues;

describe("a run's course", () => {
  test.each([
    ["start", "start"],
    ["success", "success"],
    ["warning", "warning"],
    ["failure", "failure"],
    ["missed", "failure"],
  ] as const)("%s is pushed as %s, with its own time", async (state, value) => {
    expect(await deliver(during(state))).toMatchObject({ kind: "sent", status: 200 });
    expect(last()).toEqual({ item: "backup-server:belfry.status", value, clock: 1_795_140_604, ns: 0 });
  });
  test.each([
    [{ failure: "2" }, "failure", 2],
    [{ failure: 2 }, "missed", 2],
    [{ failure: 2, missed: "3" }, "missed", 3],
    [{ success: "0" }, "success", 0],
    [{ warning: "-1.5" }, "warning", -1.5],
    [{ success: "007" }, "success", "007"],
    [{ success: "1e3" }, "success", "1e3"],
    [{ success: "OK 1" }, "success", "OK 1"],
    [{ failure: 2 }, "start", "start"],
  ] as const)("with values %o, %s is pushed as %o", async (values, state, value) => {
    await deliver(during(state), { values });
    expect(last()?.value).toBe(value);
  });
  test("a Test pushes the value of a success, or one of its own, and says so", async () => {
    expect(await deliver({ run: undefined }, { values: { success: 0 } }, { isTest: true })).toMatchObject({
      kind: "sent",
      advice: expect.stringMatching(/value of a success/),
    });
    expect(last()?.value).toBe(0);
    await deliver(during("failure"), { values: { test: "9" } }, { isTest: true });
    expect(last()?.value).toBe(9);
  });
  test("milliseconds become nanoseconds, so that two values of one second keep their order", async () => {
    await deliver({}, {}, { at: 1_795_140_604_123 });
    expect(last()).toMatchObject({ clock: 1_795_140_604, ns: 123_000_000 });
  });
});

describe("the wire", () => {
  test("one call with an API token, as JSON-RPC", async () => {
    const from = trial.server.requests.length;
    await deliver({}, { itemId: "10600" });
    expect(methods(from)).toEqual(["history.push"]);
    const request = trial.server.requests.at(-1);
    expect(request).toMatchObject({ method: "POST", path: "/api_jsonrpc.php" });
    expect(request?.headers).toMatchObject({
      "content-type": "application/json-rpc",
      authorization: `Bearer ${ZABBIX_TOKEN}`,
    });
    expect(request?.json).toEqual({
      jsonrpc: "2.0",
      method: "history.push",
      params: { itemid: "10600", value: "failure", clock: 1_795_140_604, ns: 0 },
      id: 1,
    });
  });
  test("login, push, logout with user and password; no session stays open, also after a refusal", async () => {
    const from = trial.server.requests.length;
    expect(await deliver({}, byPassword)).toMatchObject({ kind: "sent" });
    expect(await deliver({}, { ...byPassword, itemId: "10601" })).toMatchObject({ kind: "rejected" });
    expect(methods(from)).toEqual([...Array(2)].flatMap(() => ["user.login", "history.push", "user.logout"]));
    expect(trial.server.sessions.size).toBe(0);
  });
  test("the API's file is found below a path as well", async () => {
    for (const path of ["", "/", "/zabbix", "/zabbix/api_jsonrpc.php?x=1"]) {
      expect(await deliver({}, { url: trial.server.url + path })).toMatchObject({ kind: "sent" });
      expect(trial.server.requests.at(-1)?.path).toMatch(/^(\/zabbix)?\/api_jsonrpc\.php$/);
    }
  });
  test.each(Object.entries(HOSTILE_NAMES))("pain 33: texts never reach the value (%s)", async (_, name) => {
    expect(await deliver({ log: name }, {}, { title: name, message: name })).toMatchObject({ kind: "sent" });
    expect(last()?.value).toBe("failure");
  });
});

describe("pain 12: 200 that means no", () => {
  test("errors of the call, of the value and of the login, in Zabbix's words", async () => {
    expect(await deliver({}, { apiKey: "wrong" })).toMatchObject({
      kind: "rejected",
      status: 200,
      reason: "Zabbix says: Invalid params. Session terminated, re-login, please.",
      advice: expect.stringMatching(/API token/),
    });
    expect(await deliver({}, { host: "other" })).toMatchObject({
      kind: "rejected",
      reason: "Zabbix says: No permissions to referenced object or it does not exist.",
      advice: expect.stringMatching(/item key/),
    });
    expect(await deliver({}, { itemId: "10601" })).toMatchObject({
      kind: "rejected",
      reason: "Zabbix says: Item is disabled.",
      advice: expect.stringMatching(/Zabbix trapper/),
    });
    expect(await deliver({}, { ...byPassword, password: "wrong" })).toMatchObject({
      kind: "rejected",
      reason: expect.stringMatching(/Incorrect user name/),
      advice: expect.stringMatching(/user and password/),
    });
  });
  test("fault B14: a web page, a list, nothing, a result of something else: not Zabbix's API", async () => {
    const advice = expect.stringMatching(/ends in \/api_jsonrpc\.php/);
    expect(await deliver({}, { url: `${trial.server.url}/index.php` })).toMatchObject({ kind: "retry", advice });
    for (const body of [[1], "", "OK", { jsonrpc: "2.0", result: true, id: 1 }]) {
      trial.server.failWith({ status: 200, body, times: 1 });
      expect(await deliver()).toMatchObject({
        kind: "rejected",
        reason: expect.stringMatching(/Zabbix's API/),
        advice,
      });
    }
  });
  test("an old Zabbix is named", async () => {
    const error = { code: -32602, message: "Invalid params.", data: 'Incorrect method "history.push".' };
    trial.server.failWith({ status: 200, body: { jsonrpc: "2.0", error, id: 1 } });
    expect(await deliver()).toMatchObject({ kind: "rejected", advice: expect.stringMatching(/7\.0/) });
  });
  test("its own errors are retried", async () => {
    const failures = [
      { code: -32603, message: "Internal error.", data: "x" },
      { code: -32500, message: "Application error.", data: 'Connection to Zabbix server "localhost:10051" refused.' },
      { code: -32400, message: "System error.", data: "Error connecting to database" },
    ];
    for (const error of failures) {
      trial.server.failWith({ status: 200, body: { jsonrpc: "2.0", error, id: 1 } });
      expect(await deliver()).toMatchObject({ kind: "retry", status: 200 });
    }
  });
});

test("rate limits of a proxy, a hang and a reset are retried", async () => {
  trial.server.failWith({ status: 429, headers: { "retry-after": "5" }, times: 1 });
  expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 5_000 });
  trial.server.hang();
  expect(await deliver()).toMatchObject({ kind: "retry" });
  trial.server.recover();
  trial.server.reset();
  expect(await deliver({}, byPassword)).toMatchObject({ kind: "retry" });
});

test.each([
  [{ apiKey: "" }, "apiKey"],
  [{ apiKey: "", user: "u" }, "password"],
  [{ host: "" }, "host"],
  [{ key: "" }, "key"],
  [{ itemId: "x" }, "itemId"],
  [{ url: "https://u:p@z.example.org" }, "url"],
  [{ values: { finish: "1" } }, "values"],
])("%o is refused beside its field", (extra, path) => expect(problem(extra)?.[0]?.path[0]).toBe(path));

test("what people paste; and no token in payload or preview", () => {
  const url = "https://zabbix.example.org/zabbix/api_jsonrpc.php";
  expect(zabbix.fromUrl(url)).toEqual({ url });
  expect(zabbix.fromUrl("https://zabbix.example.org/")).toBeNull();
  const payload = zabbix.render(sampleNotification(), configOf(), sampleContext());
  expect(JSON.stringify([payload, zabbix.preview(payload, configOf())])).not.toContain(ZABBIX_TOKEN);
});
