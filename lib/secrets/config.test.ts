import { beforeAll, expect, test } from "vitest";
import { joinSecrets, maskSecrets, mergeSecrets, splitSecrets } from "./config";
import { setSecretKey } from "./key";

const FIELDS = ["token", "headers"];
const full = { url: "https://example.org", token: "t0ken", headers: { Authorization: "Bearer x", "X-Key": "k" } };

beforeAll(() => setSecretKey("k".repeat(32)));

test("pain 37: the stored form contains no secret, and is restored complete", () => {
  const { plain, sealed } = splitSecrets(full, FIELDS);
  expect(plain).toEqual({
    url: "https://example.org",
    token: { stored: true },
    headers: { Authorization: { stored: true }, "X-Key": { stored: true } },
  });
  const row = JSON.stringify({ plain, sealed });
  for (const secret of ["t0ken", "Bearer x"]) expect(row).not.toContain(secret);
  expect(joinSecrets(plain, sealed)).toEqual(full);
});

test("without secrets nothing is sealed", () => {
  expect(splitSecrets({ url: "u", token: "", headers: {} }, FIELDS)).toEqual({ plain: { url: "u" }, sealed: null });
  expect(joinSecrets({ url: "u" }, null)).toEqual({ url: "u" });
});

test("masking twice changes nothing", () => {
  const once = maskSecrets(full, FIELDS);
  expect(maskSecrets(once, FIELDS)).toEqual(once);
});

test.each([
  ["absent keeps", { url: "n" }, { ...full, url: "n" }],
  ["blank keeps", { url: "n", token: "", headers: undefined }, { ...full, url: "n" }],
  ["the mark keeps", { url: "n", token: { stored: true }, headers: { stored: true } }, { ...full, url: "n" }],
  ["null clears", { url: "n", token: null, headers: null }, { url: "n" }],
  ["a value replaces", { url: "n", token: "new" }, { ...full, url: "n", token: "new" }],
  [
    "named values follow the rule one by one",
    { url: "n", headers: { Authorization: { stored: true }, "X-New": "v" } },
    { ...full, url: "n", headers: { Authorization: "Bearer x", "X-New": "v" } },
  ],
  [
    "a mark for what was never stored is nothing",
    { url: "n", headers: { Other: { stored: true } } },
    { url: "n", token: "t0ken" },
  ],
  ["an inherited name is no stored value", { url: "n", headers: { constructor: "" } }, { url: "n", token: "t0ken" }],
])("merge: %s", (_, incoming, expected) => {
  expect(mergeSecrets(full, incoming, FIELDS)).toEqual(expected);
});

test.each([null, undefined, 5, "x", [1]])(
  "%j, stored where a configuration should be, counts as an empty one",
  (stored) => {
    expect(joinSecrets(stored as never, null)).toEqual({});
    expect(maskSecrets(stored as never, FIELDS)).toEqual({});
  },
);
