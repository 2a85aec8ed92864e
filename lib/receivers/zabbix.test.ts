import { describe, expect, test } from "vitest";
import { receive } from "./testing/receive";

const call = (body: unknown, headers = {}) =>
  receive("POST /in/TOKEN/zabbix/api_jsonrpc.php", {
    headers: { "content-type": "application/json-rpc", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

test("a push with an API key", () => {
  const body = '{"jsonrpc":"2.0","method":"history.push","params":{"itemid":55105,"value":"fail"},"id":1}';
  const { signals, answer } = call(body, { authorization: "Bearer zk" });
  expect(signals).toEqual([{ state: "failure" }]);
  expect(JSON.parse(answer.body)).toEqual({
    jsonrpc: "2.0",
    result: { response: "success", data: [{ itemid: "55105" }] },
    id: 1,
  });
});

test("sign-in, push, sign-out", () => {
  const login = call({ jsonrpc: "2.0", method: "user.login", params: { username: "u", password: "p" }, id: 1 });
  expect(login.signals).toEqual([]);
  expect(JSON.parse(login.answer.body)).toEqual({
    jsonrpc: "2.0",
    result: expect.stringMatching(/^[0-9a-f]{32}$/),
    id: 1,
  });
  const params = { host: "borg-server", key: "borg.status", value: "STARTED" };
  // 1.9.0 sends the session beside the parameters
  const push = call({ jsonrpc: "2.0", method: "history.push", params, auth: "session-token-1", id: 1 });
  expect(push.signals).toEqual([{ state: "start" }]);
  const logout = call({ jsonrpc: "2.0", method: "user.logout", params: [], id: 1 });
  expect(logout.signals).toEqual([]);
  expect(JSON.parse(logout.answer.body)).toEqual({ jsonrpc: "2.0", result: true, id: 1 });
});

test.each([
  ["start", "start"],
  ["finish", "success"],
  ["fail", "failure"],
  ["FAILED", "failure"],
  ["STARTED", "start"],
  [0, "unknown"],
  ["odd", "unknown"],
])("the value %j", (value, state) => {
  const { signals } = call({ jsonrpc: "2.0", method: "history.push", params: { itemid: 1, value }, id: 1 });
  expect(signals).toEqual([state === "unknown" ? { state, message: String(value) } : { state }]);
});

test("several values, with their times", () => {
  const params = [
    { host: "h", key: "k", value: "start", clock: 1_795_188_482, ns: 5 },
    { host: "h", key: "k", value: "fail", clock: 1_795_188_490 },
  ];
  expect(call({ jsonrpc: "2.0", method: "history.push", params, id: "a" }).signals).toEqual([
    { state: "start", startedAt: 1_795_188_482_000 },
    { state: "failure", finishedAt: 1_795_188_490_000 },
  ]);
});

test("more values than anything sends are refused as a whole", () => {
  const many = (count: number) => Array.from({ length: count }, () => ({ itemid: 1, value: "fail" }));
  const one = (count: number) => ({ jsonrpc: "2.0", method: "history.push", params: many(count), id: 1 });
  expect(call(one(100)).signals).toHaveLength(100);
  for (const body of [one(101), [one(60), one(60)], Array.from({ length: 101 }, () => one(1))]) {
    const { signals, answer } = call(body);
    expect(signals).toEqual([]);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { data: expect.stringMatching(/more than 100/i) } });
  }
});

describe("the reply is one object", () => {
  test.each([
    ["", null],
    ["[", null],
    ["[]", null],
    ["null", null],
    ["{}", null],
    [[{ jsonrpc: "2.0", method: "history.push", params: { value: "fail" }, id: 7 }], 7],
    [{ jsonrpc: "2.0", method: "host.get", params: {}, id: "x" }, "x"],
    [{ jsonrpc: "2.0", method: "history.push", params: [], id: 2 }, 2],
    [{ jsonrpc: "2.0", method: "history.push", params: {}, id: 3 }, 3],
  ])("%j", (body, id) => {
    const { answer } = call(body);
    expect(answer.status).toBe(200);
    const value: unknown = JSON.parse(answer.body);
    expect(Array.isArray(value)).toBe(false);
    expect(value).toMatchObject({ jsonrpc: "2.0", id });
  });
});
