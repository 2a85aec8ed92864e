import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { findModuleState } from "./module-state";
import { filesBelow, isTestFile } from "./source-files";

const ROOMS = ["core", "events", "policy", "providers", "dispatch", "services", "web", "auth", "secrets", "jobs"];

/** By file name and variable: state that may differ between the two copies, and why. */
const ALLOWED: Record<string, string> = {
  "next-run.ts parsed": "memo of a pure function",
  "overdue-hours.ts pauses": "memo of a function whose answer hardly changes",
  "zone.ts formats": "memo of a pure function",
  "zone.ts blocks": "memo of a pure function",
  "local-time.ts writers": "memo of a pure function",
  "template.ts cache": "memo of a pure function",
  "text.ts segmenter": "memo of a pure function, made when it is first needed",
};

test("no room that both bundles load keeps mutable state in a module", () => {
  const found = [...ROOMS.map((room) => `lib/${room}`), "db"]
    .flatMap((room) => filesBelow(room, /\.ts$/))
    .filter((file) => !isTestFile(file))
    .flatMap((file) =>
      findModuleState(file, readFileSync(file, "utf8")).map(({ name, reason }) => ({
        key: `${basename(file)} ${name}`,
        file,
        reason,
      })),
    );
  const refused = found
    .filter(({ key }) => !(key in ALLOWED))
    .map(({ key, file, reason }) => `${file}: ${key} ${reason}`);
  expect(refused).toEqual([]);
  const unused = Object.keys(ALLOWED).filter((key) => !found.some((one) => one.key === key));
  expect(unused).toEqual([]);
});

describe("finds", () => {
  test.each([
    ["let count = 0;", "count"],
    ["export let count = 0;", "count"],
    ["var count = 0;", "count"],
    ["const kept = new Map<string, number>();", "kept"],
    ["export const kept = new Set();", "kept"],
    ["const kept = new WeakMap();", "kept"],
    ["const kept = new Set(['a']); export function more() { kept.add('b'); }", "kept"],
    ["const kept: string[] = []; export const keep = (x: string) => kept.push(x);", "kept"],
    ["const kept = { at: 0 }; export function keep() { kept.at = 1; }", "kept"],
    ["const kept = { n: { at: 0 } }; export function keep() { kept.n.at++; }", "kept"],
    ["const kept: Record<string, number> = {}; export function keep() { kept['a'] = 1; }", "kept"],
    ["const kept = { a: 1 } as { a?: number }; export function drop() { delete kept.a; }", "kept"],
    ["const queue = new Queue();", "queue"],
    ["const slots = makeSlots(2);", "slots"],
    ["export class Queue { static waiting = 0; }", "waiting"],
  ])("%s", (source, name) => {
    expect(findModuleState("a.ts", source).map((one) => one.name)).toEqual([name]);
  });
});

describe("passes", () => {
  test.each([
    "const CODES = new Set([1, 2]); export const has = (n: number) => CODES.has(n);",
    "const BY_ID = new Map(LIST.map((one) => [one.id, one]));",
    "const LIST = ['a', 'b'] as const;",
    "const pattern = new RegExp('a');",
    "const kept = sharedState('a', () => new Map());",
    "const channels = topicCacheById('channels', load);",
    "export function count() { let n = 0; n++; const kept = new Map(); return kept.set(n, n); }",
    "export class Queue { static readonly limit = 1; private waiting = new Map(); }",
    "declare let count: number;",
  ])("%s", (source) => {
    expect(findModuleState("a.ts", source)).toEqual([]);
  });
});

test("gives the line", () => {
  expect(findModuleState("a.ts", "\n\nlet count = 0;\n")[0]?.line).toBe(3);
});
