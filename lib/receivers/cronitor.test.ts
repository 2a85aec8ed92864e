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
  // as its package for Node writes several metrics, and a program its own numbers
  [
    "GET /in/TOKEN/cronitor/ping/key/job?state=complete&message=50%25%20%26%20more&metric=count:3&metric=duration:12.5",
    { state: "success", message: "50% & more", durationMs: 12_500 },
  ],
  ["GET /in/TOKEN/cronitor?state=ok&metric=duration:0.30000000000000004", { state: "success", durationMs: 300 }],
  ["GET /in/TOKEN/cronitor?metric=duration:12.5/fail", { state: "failure" }],
  ["GET /in/TOKEN/cronitor?metric=error_count:1&metric=count:9", { state: "warning" }],
  ["GET /in/TOKEN/cronitor?metric=error_count:0&metric=count:9", { state: "success" }],
  // pasted with a query
  ["GET /in/TOKEN/cronitor/d3x0c1?state=complete/fail", { state: "failure" }],
  ["GET /in/TOKEN/cronitor/d3x0c1?env=prod/run", { state: "start" }],
  ["GET /in/TOKEN/cronitor/fail?state=complete", { state: "failure" }],
  ["GET /in/TOKEN/cronitor/d3x0c1?state=complete%2Ffail", { state: "failure" }],
  ["GET /in/TOKEN/cronitor/d3x0c1?state=complete%2ffail%3Fstate=complete", { state: "failure" }],
  ["GET /in/TOKEN/cronitor/d3x0c1?message=copied/fail", { state: "failure", message: "copied/fail" }],
  // an encoded sign within a text of the program's own
  [
    "GET /in/TOKEN/cronitor?state=complete&message=all%20of%20%2Fsrv%2Ffail",
    { state: "success", message: "all of /srv/fail" },
  ],
  [
    "GET /in/TOKEN/cronitor?state=run&msg=well%3Fstate=fail%2Ffail",
    { state: "start", message: "well?state=fail/fail" },
  ],
  ["GET /in/TOKEN/cronitor?state=complete&series=nas%2F2026%2Ffail", { state: "success", runKey: "nas/2026/fail" }],
  ["GET /in/TOKEN/cronitor/complete?host=nas%2Ffail&env=a%2Frun", { state: "success" }],
];

test.each(SIGNALS)("%s", (line, signal) => {
  const { signals, answer } = receive(line);
  expect(signals).toEqual([signal]);
  expect(answer).toMatchObject({ status: 200, body: "OK" });
});

test("other methods say nothing", () => {
  expect(receive("OPTIONS /in/TOKEN/cronitor/run")).toMatchObject({ signals: [], answer: { status: 405 } });
});
