import { expect, test } from "vitest";
import type { Signal } from "./contract";
import { receive } from "./testing/receive";

const SIGNALS: [line: string, signal: Signal][] = [
  ["GET /in/TOKEN/cronitor/d3x0c1/run", { state: "start" }],
  ["GET /in/TOKEN/cronitor/d3x0c1/complete", { state: "success" }],
  ["GET /in/TOKEN/cronitor/d3x0c1/fail", { state: "failure" }],
  ["GET /in/TOKEN/cronitor/run", { state: "start" }],
  ["GET /in/TOKEN/cronitor//fail", { state: "failure" }],
  ["GET /in/TOKEN/cronitor", { state: "success" }],
  ["GET /in/TOKEN/cronitor/log", { state: "success" }],
  ["GET /in/TOKEN/cronitor/p/key/job?state=run&series=a1", { state: "start", runKey: "a1" }],
  [
    "GET /in/TOKEN/cronitor?state=complete&metric=duration:12.5&status_code=0&message=all%20of%20/srv",
    { state: "success", durationMs: 12_500, exitCode: 0, message: "all of /srv" },
  ],
  ["GET /in/TOKEN/cronitor?state=fail&msg=no+space", { state: "failure", message: "no space" }],
  ["GET /in/TOKEN/cronitor?state=ok", { state: "success" }],
  ["GET /in/TOKEN/cronitor?state=odd", { state: "unknown" }],
  // pasted with a query
  ["GET /in/TOKEN/cronitor/d3x0c1?state=complete/fail", { state: "failure" }],
  ["GET /in/TOKEN/cronitor/d3x0c1?env=prod/run", { state: "start" }],
  ["GET /in/TOKEN/cronitor/fail?state=complete", { state: "failure" }],
];

test.each(SIGNALS)("%s", (line, signal) => {
  const { signals, answer } = receive(line);
  expect(signals).toEqual([signal]);
  expect(answer).toMatchObject({ status: 200, body: "OK" });
});

test("other methods say nothing", () => {
  expect(receive("OPTIONS /in/TOKEN/cronitor/run")).toMatchObject({ signals: [], answer: { status: 405 } });
});
