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
