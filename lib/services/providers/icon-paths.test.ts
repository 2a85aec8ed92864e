import { expect, test } from "vitest";
import { BELL } from "@/lib/providers/kit/icon";
import { allProviders } from "@/lib/providers/registry";
import { iconPaths } from "./icon-paths";

test("every provider has its own icon, each listed once", () => {
  const ids = allProviders().map(({ id }) => id);
  const paths = iconPaths([...ids, ...ids]);
  expect(Object.keys(paths)).toEqual(ids);
  expect(new Set([...Object.values(paths), BELL.path]).size).toBe(ids.length + 1);
});

test.each(["", "constructor", "__proto__", "toString"])("an unknown id “%s” gets the neutral icon", (id) => {
  expect(Object.entries(iconPaths([id]))).toEqual([[id, BELL.path]]);
});
