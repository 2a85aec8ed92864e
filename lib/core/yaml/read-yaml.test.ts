import { expect, test } from "vitest";
import type { AppError } from "@/lib/core/errors";
import { MAX_YAML, readYaml, YamlTagged } from "./read-yaml";

const problemOf = (text: string) => {
  try {
    readYaml(text);
  } catch (error) {
    return (error as AppError).message;
  }
  return null;
};
/** As JSON has it: mappings have no prototype here. */
const plain = (text: string) => JSON.parse(JSON.stringify(readYaml(text)));

test("mappings, lists, scalars, aliases and merged mappings are read as plain data", () => {
  const text = `a: &one {x: 1, y: two}\nb: *one\nc:\n  <<: *one\n  y: three\nd: [yes, true, ~, 0077, "07"]\n`;
  expect(plain(text)).toEqual({
    a: { x: 1, y: "two" },
    b: { x: 1, y: "two" },
    c: { y: "three", x: 1 },
    d: ["yes", true, null, 77, "07"],
  });
  expect(readYaml("key: 12345678901234567890123456789012")).toMatchObject({ key: "12345678901234567890123456789012" });
  expect(readYaml("# nothing\n")).toBe(null);
  expect(plain("__proto__: {polluted: true}\nconstructor: 1")).toEqual(
    JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
  );
  expect(({} as { polluted?: boolean }).polluted).toBe(undefined);
});

test("a tag is named and not followed", () => {
  expect(readYaml("a: !include /etc/common.yaml")).toMatchObject({ a: new YamlTagged("!include", "/etc/common.yaml") });
  expect(readYaml("a: !retain\n  - one")).toMatchObject({ a: new YamlTagged("!retain", "") });
});

const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefghi"].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[at]}`)}]`).join("\n")}`;

test.each([
  ["aliases of aliases", bomb, "20,000 values"],
  ["an alias of itself", "a: &a [*a]", "nested deeper"],
  ["an alias of nothing", "a: *b", "anchor"],
  ["many levels of brackets", "[".repeat(100_000), "nested deeper"],
  ["many levels of brackets in lines", "[\n".repeat(100_000), "nested deeper"],
  ["many levels of lists", `${"- ".repeat(5_000)}x`, "nested deeper"],
  [
    "many levels of mappings",
    Array.from({ length: 500 }, (_, at) => `${" ".repeat(at)}a:`).join("\n"),
    "nested deeper",
  ],
  ["many aliases", `a: &a x\nb:\n${"  - *a\n".repeat(50_000)}`, "20,000 values"],
  ["many keys", Array.from({ length: 50_000 }, (_, at) => `k${at}:`).join("\n"), "20,000 values"],
  ["a long line", `a: ${"x".repeat(30_000)}`, "A line has more"],
  [
    "many values in lines",
    Array.from({ length: 50 }, (_, at) => `k${at}: [${"a,".repeat(1_000)}a]`).join("\n"),
    "20,000 values",
  ],
  ["too much", "a: 1\n".repeat(MAX_YAML), "larger than"],
  ["a tab", "a:\n\tb: 1", "There is a tab in line 2"],
  ["a key twice", "a: 1\nb:\n  c: 1\n  c: 2", "“c” is there twice"],
  ["two documents", "a: 1\n---\nb: 1", "several documents"],
  ["a list as a key", "? [a, b]\n: 1", "A key is a list"],
  ["an open bracket", "a: [1, 2\nb: 3", "This is not YAML"],
  ["an open quote", 'a: "x', "This is not YAML"],
])("%s: refused with what is wrong", (_, text, words) => {
  expect(problemOf(text)).toContain(words);
});

test("comments count as no values: a file with each option explained is large", () => {
  const text = `${"# Explained, at length, with commas.\n".repeat(10_000)}a: 1\n`;
  expect(plain(text)).toEqual({ a: 1 });
});

test("what is wrong is named without the line itself, which may hold a secret", () => {
  expect(problemOf('password: "hunter2\nb: c')).not.toContain("hunter2");
});
