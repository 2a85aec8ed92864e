import { expect, test } from "vitest";
import type { Signal } from "./contract";
import { receive } from "./testing/receive";

const CHECK_INS: [line: string, signal: Signal, body?: string][] = [
  ["POST /in/api/1/cron/mymonitor/TOKEN/?status=in_progress", { state: "start" }],
  ["POST /in/api/1/cron/mymonitor/TOKEN/?status=ok", { state: "success" }],
  ["POST /in/api/1/cron/mymonitor/TOKEN/?status=error", { state: "failure" }],
  ["POST /in/api/1/cron/mymonitor/TOKEN/?status=in_progress&environment=prod%20uction", { state: "start" }],
  ["GET /in/TOKEN/sentry/api/1/cron/mymonitor/key/?status=error", { state: "failure" }],
  ["GET /api/203069/cron/mymonitor/TOKEN?status=ok&duration=2.5", { state: "success", durationMs: 2_500 }],
  [
    "POST /in/api/1/cron/m/TOKEN/?check_in_id=83A7C03ED0A04E1B97E2E3B18D38F244&status=ok",
    { state: "success", runKey: "83a7c03ed0a04e1b97e2e3b18d38f244" },
  ],
  ["POST /in/api/1/cron/m/TOKEN/?check_in_id=00000000000000000000000000000000&status=ok", { state: "success" }],
  ["POST /in/api/1/cron/m/TOKEN/", { state: "failure" }, '{"status":"error","monitor_config":{}}'],
];

test.each(CHECK_INS)("%s", (line, signal, body) => {
  expect(receive(line, { body: body ?? "" })).toEqual({ signals: [signal], answer: { status: 202, body: "" } });
});

test.each(["", "?status=", "?status=fine", "?status=constructor"])(
  "a check-in with the query %j is refused",
  (query) => {
    const { signals, answer } = receive(`POST /in/api/1/cron/m/TOKEN/${query}`);
    expect(signals).toEqual([]);
    expect(answer.status).toBe(400);
  },
);

/** As `withMonitor` of `@sentry/node` 11.12.0 sends it, byte for byte but for the key of the DSN. */
const NODE_ENVELOPES = [
  `{"sent_at":"2026-11-27T20:22:30.640Z","sdk":{"name":"sentry.javascript.node","version":"11.12.0"},"trace":{"environment":"production","release":"r1","public_key":"aaaabbbbccccdddd1234","trace_id":"633603b5a86c4cc6afdecfa7427684aa"}}
{"type":"check_in"}
{"check_in_id":"9884c0e7fabb4e24ae2cacd759e8fe03","monitor_slug":"nightly","status":"in_progress","release":"r1","monitor_config":{"schedule":{"type":"crontab","value":"0 2 * * *"}},"contexts":{"trace":{"trace_id":"633603b5a86c4cc6afdecfa7427684aa","span_id":"accd256633b3c9c5"}}}`,
  `{"sent_at":"2026-11-27T20:22:30.750Z","sdk":{"name":"sentry.javascript.node","version":"11.12.0"},"trace":{"environment":"production","release":"r1","public_key":"aaaabbbbccccdddd1234","trace_id":"633603b5a86c4cc6afdecfa7427684aa"}}
{"type":"check_in"}
{"check_in_id":"9884c0e7fabb4e24ae2cacd759e8fe03","monitor_slug":"nightly","status":"ok","release":"r1","duration":0.08992719650268555,"contexts":{"trace":{"trace_id":"633603b5a86c4cc6afdecfa7427684aa","span_id":"858774c5986b3f4e"}}}`,
  `{"sent_at":"2026-11-27T20:22:30.959Z","sdk":{"name":"sentry.javascript.node","version":"11.12.0"}}
{"type":"session"}
{"sid":"0dea32861f344e09a3daca93284fc1d0","init":true,"started":"2026-11-27T20:22:30.603Z","timestamp":"2026-11-27T20:22:30.959Z","status":"ok","errors":1,"duration":0.35539698600769043,"attrs":{"release":"r1","environment":"production"}}`,
] as const;
const NODE = "/in/api/1/envelope/?sentry_version=7&sentry_key=TOKEN&sentry_client=sentry.javascript.node%2F11.12.0";

test.each([
  [NODE_ENVELOPES[0], [{ state: "start", runKey: "9884c0e7fabb4e24ae2cacd759e8fe03" }]],
  [NODE_ENVELOPES[1], [{ state: "success", runKey: "9884c0e7fabb4e24ae2cacd759e8fe03", durationMs: 90 }]],
  [NODE_ENVELOPES[2], []],
] as const)("what Sentry's SDK for Node sends is read: %#", (body, signals) => {
  expect(receive(`POST ${NODE}`, { body })).toEqual({
    signals,
    answer: { status: 200, body: "{}", contentType: "application/json" },
  });
});

test("an envelope names its key in a header too, and its items are as long as they say, or a line", () => {
  const payload = '{"check_in_id":"A1","status":"error",\n"monitor_slug":"x"}';
  const body = `{"event_id":"e1"}\n{"type":"attachment","length":9}\n{"type":"\n\n{"type":"check_in","length":${payload.length}}\n${payload}\n`;
  const headers = { "x-sentry-auth": "Sentry sentry_version=7, sentry_key=aaaabbbbccccdddd1234, sentry_client=x/1" };
  const { signals, answer } = receive("POST /api/7/envelope/", { headers, body });
  expect(signals).toEqual([{ state: "failure", runKey: "a1" }]);
  expect(answer).toMatchObject({ status: 200, body: '{"id":"e1"}' });
});

test("what is no envelope is refused, and a check-in that cannot be read is no success", () => {
  expect(receive(`POST ${NODE}`, { body: "status=ok" }).answer.status).toBe(400);
  expect(receive(`GET ${NODE}`).answer.status).toBe(405);
  for (const item of ['{"status":"fine"}', '{"status":"ok"', "[]"])
    expect(receive(`POST ${NODE}`, { body: `{}\n{"type":"check_in"}\n${item}` }).signals).toEqual([]);
  const many = `{}\n${'{"type":"check_in"}\n{"status":"ok"}\n'.repeat(101)}`;
  expect(receive(`POST ${NODE}`, { body: many })).toMatchObject({ signals: [], answer: { status: 413 } });
});

test("a check-in of a monitor that is called envelope is one", () => {
  expect(receive("POST /api/1/cron/envelope/TOKEN/?status=error").signals).toEqual([{ state: "failure" }]);
});
