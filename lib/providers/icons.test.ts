import { expect, test } from "vitest";
import { iconOf } from "./icons";
import { pickerLabelsOf } from "./picker-labels";
import { allProviders } from "./registry";

const NEUTRAL = iconOf("nobody drew this");

test.each(allProviders().map(({ id }) => id))("%s has a mark of its own", (id) => {
  const { path } = iconOf(id);
  expect(path).not.toBe(NEUTRAL.path);
  // Path data and nothing else: it stands in an attribute.
  expect(path).toMatch(/^[Mm][\d\s.,a-zA-Z-]+$/);
  expect(path.length).toBeLessThan(3000);
});

test.each(allProviders().map(({ id }) => id))("%s says in a few words what it is", (id) => {
  const { line, aliases } = pickerLabelsOf(id);
  // More than that does not fit beside two others.
  expect(line).toMatch(/^\w.{5,27}$/);
  expect(aliases.length).toBeGreaterThan(0);
});

test("no two services share a mark", () => {
  const paths = allProviders().map(({ id }) => iconOf(id).path);
  expect(new Set(paths).size).toBe(paths.length);
});

test.each(["", "constructor", "__proto__", "toString"])("an unknown id “%s” gets the neutral glyph", (id) => {
  expect(iconOf(id)).toEqual(NEUTRAL);
});
