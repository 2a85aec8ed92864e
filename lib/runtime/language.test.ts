import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findPhrases } from "./language";
import { filesBelow } from "./source-files";

/** `LANGUAGE_PATHS="lib/runtime docs" npx vitest run --project unit lib/runtime/language` reads these alone. */
const PATHS = (process.env.LANGUAGE_PATHS ?? "lib db app components e2e docs README.md").split(/\s+/).filter(Boolean);
const TEXTS = /\.(tsx?|mjs|md|json|css)$/;
/** They name the phrases themselves, or hold what an older version stored. */
const EXCEPTED = /^(lib\/runtime\/language(\.test)?\.ts|db\/old-versions\/.*)$/;

test("no comment, text, name or file uses a phrase that the glossary replaces", () => {
  const found = PATHS.flatMap((path) => filesBelow(path, TEXTS))
    .filter((file) => !EXCEPTED.test(file))
    .flatMap((file) => [
      ...findPhrases(file).map(({ name, instead }) => `${file} (file name): "${name}" → ${instead}`),
      ...findPhrases(readFileSync(file, "utf8")).map(
        ({ line, name, instead, text }) => `${file}:${line}: "${name}" → ${instead}: ${text}`,
      ),
    ]);
  expect(found).toEqual([]);
});

describe("refuses", () => {
  test.each([
    ["// who was told of it", "told"],
    ["const wasTold = true;", "told"],
    ["const TOLD_KEPT_MS = 5;", "told"],
    ["told.figures.catch()", "told"],
    ['{ title: "Who Was Told" }', "told"],
    ["kind: telling", "telling"],
    ["firstTellings(rows)", "telling"],
    ["// tells of a problem", "tell"],
    ["function tellPeople() {}", "tell"],
    ["// tells the others", "tell"],
    ["<p>Channels in trouble</p>", "trouble"],
    ["troubledChannels()", "trouble"],
    ["// whoever reads it", "whoever"],
    ["interface Knock {}", "knock"],
    ["app-knock.ts", "knock"],
    ["// lays down a row", "lays down"],
    ["the channel is gone for good", "gone for good"],
    ["a run that ended well", "ended well"],
    ["3 things need a look", "needs a look"],
    ["// what became of it", "what became of"],
    ["// the channel is gone for\n// good", "gone for good"],
    [" * what\n * became of it", "what became of"],
  ])("%s", (text, name) => {
    expect(findPhrases(text).map((one) => one.name)).toEqual([name]);
  });
});

describe("passes", () => {
  test.each([
    "the stretelling of a tale that was retold",
    "see the troubleshooting page",
    "one can tell apart two rows",
    "tell whether it is due",
    "knockout",
    "every run that ended",
    "// the next line\n// is fine",
  ])("%s", (text) => expect(findPhrases(text)).toEqual([]));
});
