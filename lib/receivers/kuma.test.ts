import { expect, test } from "vitest";
import type { Signal } from "./contract";
import { receive } from "./testing/receive";

const PUSHES: [query: string, signal: Signal][] = [
  ["?status=up&msg=start", { state: "start" }],
  ["?status=up&msg=finish", { state: "success" }],
  ["?status=down&msg=fail", { state: "failure" }],
  ["?status=up&msg=OK&ping=", { state: "success" }],
  ["?status=up&msg=OK&ping=1234.6", { state: "success", durationMs: 1_235 }],
  ["", { state: "success" }],
  ["?status=UP", { state: "success" }],
  ["?status=pending", { state: "failure" }],
  ["?status=down&msg=no%20space%20left%0amore", { state: "failure", message: "no space left" }],
  // an address that was pasted with its query
  ["?status=up&msg=OK&ping=?status=down&msg=fail", { state: "failure" }],
  ["?status=up&msg=OK&ping=?status=up&msg=start", { state: "start" }],
  ["?status=up&msg=OK&ping=?status=up&msg=finish", { state: "success" }],
  ["?status=up&msg=OK&ping=%3Fstatus=down&msg=fail", { state: "failure" }],
  ["?status=up&msg=OK&ping=&status=down&msg=fail", { state: "failure" }],
  ["?status=up&msg=OK&ping=?msg=fail&status=down", { state: "failure" }],
  ["?status=up&msg=fail", { state: "failure" }],
  ["?msg=%E0%A4%A&ping=x", { state: "success", message: "\ufffd%A" }],
];

test.each(PUSHES)("%s", (query, signal) => {
  for (const address of ["/api/push/TOKEN", "/in/TOKEN/kuma", "/in/TOKEN/kuma/api/push/abcd1234"]) {
    const { signals, answer } = receive(`GET ${address}${query}`);
    expect(signals).toEqual([signal]);
    expect(answer).toEqual({ status: 200, body: '{"ok":true}', contentType: "application/json" });
  }
});
