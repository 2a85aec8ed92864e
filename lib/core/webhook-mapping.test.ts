import { expect, test } from "vitest";
import { parseMappingPath, webhookMapping } from "./webhook-mapping";

test.each([
  ["status", ["status"]],
  ["data.items[0].status", ["data", "items", 0, "status"]],
  ["list[-1]", ["list", -1]],
  ["[2][3].x", [2, 3, "x"]],
  ['["a.b"].c', ["a.b", "c"]],
  ['a["b c"]', ["a", "b c"]],
  ["$", []],
  ["$.a", ["a"]],
  ["$[0]", [0]],
  ["$schema.x", ["$schema", "x"]],
  [" backup-name ", ["backup-name"]],
  ["0.1", ["0", "1"]],
])("%s", (path, steps) => expect(parseMappingPath(path)).toEqual(steps));

test.each(["", " ", ".a", "a.", "a..b", "a[", "a[x]", "a]", "a b", 'a["]', "[0]a", "a[1.5]", "a\n.b"])(
  "%j is no path",
  (path) => expect(parseMappingPath(path)).toBeNull(),
);

test("a mapping says which path is wrong", () => {
  const result = webhookMapping.safeParse({ title: "a..b", state: { path: "status" } });
  expect(result.error?.issues.map(({ path, message }) => [path, message])).toEqual([
    [["title"], expect.stringContaining("as in data.items[0].status")],
  ]);
  expect(webhookMapping.parse({ state: { path: "status" } })).toEqual({ state: { path: "status", rules: [] } });
});
