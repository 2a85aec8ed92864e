import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { exportedNames } from "./exported-names";
import { filesBelow, isTestFile } from "./source-files";

/** Names that a framework or a registry prescribes, by the files that must use them. */
const PRESCRIBED: [file: RegExp, names: RegExp][] = [
  [
    /^app\//,
    /^(default|metadata|viewport|dynamic|runtime|revalidate|generateMetadata|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/,
  ],
  [/^lib\/providers\//, /^config$/],
];

test("an exported name means one thing", () => {
  const files = ["lib", "db", "components", "app"]
    .flatMap((folder) => filesBelow(folder, /\.tsx?$/))
    .filter((file) => !isTestFile(file) && !isSecondDialect(file));
  const filesOfName = new Map<string, string[]>();
  for (const file of files) {
    // A type and a value of one name in one file are one thing.
    for (const name of new Set(exportedNames(file, readFileSync(file, "utf8")))) {
      if (PRESCRIBED.some(([path, names]) => path.test(file) && names.test(name))) continue;
      filesOfName.set(name, [...(filesOfName.get(name) ?? []), file]);
    }
  }
  const repeated = [...filesOfName]
    .filter(([, own]) => own.length > 1)
    .map(([name, own]) => `${name}: ${own.join(", ")}`);
  expect(repeated.sort()).toEqual([]);
});

/** The two schemas have the same names by design; one of them counts. */
function isSecondDialect(file: string): boolean {
  return file === "db/schema/postgres.ts";
}

describe("finds", () => {
  test.each([
    ["export const a = 1, b = 2;", ["a", "b"]],
    ["export function a() {}", ["a"]],
    ["export class A {}", ["A"]],
    ["export interface A {}", ["A"]],
    ["export type A = string;", ["A"]],
    ["export const { a, b: c } = make();", ["a", "c"]],
    ["const a = 1; export { a as b };", ["b"]],
  ])("%s", (source, names) => expect(exportedNames("a.ts", source)).toEqual(names));
});

describe("passes over", () => {
  test.each([
    'export { a } from "./a";',
    'export * from "./a";',
    'import { a } from "./a"; export { a };',
    "const a = 1; export default a;",
    "const a = 1;",
  ])("%s", (source) => expect(exportedNames("a.ts", source)).toEqual([]));
});
