import { expect, test } from "vitest";
import { webhookMapping } from "@/lib/core/webhook-mapping";
import type { Signal } from "./contract";
import { receive } from "./testing/receive";
import { readMapped } from "./webhook";

const BODY = {
  data: {
    items: [
      { status: "OK", name: "first" },
      { status: "Broken", name: "last" },
    ],
    lines: ["one", "two"],
    times: { start: "2026-11-27T01:00:00Z", end: 1_795_741_500, took: "12.5" },
    count: { files: 12, bytes: "4096" },
    code: 3,
    id: 77,
    "a.b": true,
  },
};
const map = (mapping: unknown) => webhookMapping.parse(mapping);

test("every field is found by its path", () => {
  const mapping = map({
    state: { path: "data.items[-1].status", rules: [{ equals: "broken", state: "failure" }] },
    title: "data.items[1].name",
    message: "data.lines",
    runKey: "data.id",
    startedAt: "data.times.start",
    finishedAt: "data.times.end",
    durationSeconds: "data.times.took",
    bytes: "data.count.bytes",
    files: "data.count.files",
    exitCode: "data.code",
  });
  expect(readMapped(BODY, mapping)).toEqual({
    state: "failure",
    message: "last: one: two",
    log: "one\ntwo",
    runKey: "77",
    startedAt: Date.UTC(2026, 10, 27, 1),
    finishedAt: 1_795_741_500_000,
    durationMs: 12_500,
    bytes: 4_096,
    files: 12,
    exitCode: 3,
  });
});

test.each<[string, { equals: string; state: Signal["state"] }[], Signal["state"]]>([
  ["data.items[0].status", [], "success"],
  ["data.items[0].status", [{ equals: "ok", state: "warning" }], "warning"],
  ["data.items[1].status", [], "unknown"],
  ['data["a.b"]', [{ equals: "true", state: "start" }], "start"],
  ["data.code", [{ equals: "3", state: "failure" }], "failure"],
  ["data.nowhere.status", [], "unknown"],
  ["data.nowhere.status", [{ equals: "", state: "failure" }], "failure"],
  ["data.items[9]", [], "unknown"],
  ["data.lines.length", [{ equals: "2", state: "success" }], "success"],
  ["data.constructor.name", [], "unknown"],
  ["__proto__", [], "unknown"],
])("the state at %s by %j", (path, rules, state) => {
  expect(readMapped(BODY, map({ state: { path, rules } })).state).toBe(state);
});

test.each([null, 1, "text", [], [[]], {}])("a body of %j finds nothing", (body) => {
  expect(readMapped(body, map({ state: { path: "a[0].b" }, title: "a", bytes: "b.c" }))).toEqual({ state: "unknown" });
});

test.each<[string, Signal]>([
  ['{"status":"failed","title":"Nightly","message":"no space"}', { state: "failure", message: "Nightly: no space" }],
  ["status=failed&title=Nightly&message=no+space", { state: "failure", message: "Nightly: no space" }],
  ['{"event":"x"}', { state: "unknown", log: '{"event":"x"}' }],
  ["just a text", { state: "unknown", log: "just a text" }],
  ['{"status":"failed"', { state: "unknown", log: '{"status":"failed"' }],
])("without a mapping: %s", (body, signal) => {
  expect(receive("POST /in/TOKEN/webhook", { body })).toMatchObject({
    signals: [signal],
    answer: { status: 200, body: "OK" },
  });
});

test("an empty body is refused", () => {
  expect(receive("POST /in/TOKEN/webhook")).toMatchObject({ signals: [], answer: { status: 400 } });
});
