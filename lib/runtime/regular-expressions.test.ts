import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { type Expression, findExpressions, repeats, slowTexts } from "./regular-expressions";
import { filesBelow, isTestFile } from "./source-files";

// The checker also comes as a program for some machines; this one is the same everywhere.
process.env.RECHECK_BACKEND = "pure";
const { check } = await import("recheck");

/**
 * Expressions that were found linear, so that a run of the tests checks new ones only: a check takes up to a minute.
 * `BELFRY_KEEP_VERDICTS=1 npx vitest run --project unit lib/runtime/regular-expressions.test.ts` writes it anew.
 */
const VERDICTS = "lib/runtime/testing/linear-expressions.json";
const MINUTES = 60_000;

/** Made of parts when the program runs, and why each of them is linear. */
const MADE: Record<string, string> = {
  "lib/jobs/sources/postgres-scratch.ts: new RegExp(`^${PREFIX}(\\\\d{8})_[0-9a-z]+$`)": "a constant in front",
  'lib/jobs/sources/postgres-sql.ts: new RegExp(`^${pattern}(?=\\\\s|$)`, "ds")': "anchored, names of a closed list",
  'lib/jobs/sources/postgres-toc.ts: new RegExp(`^(\\\\d+); \\\\d+ \\\\d+ (${LONG_TYPES.join("|")}|[A-Z]+) (\\\\S+) ?(.*)$`)':
    "anchored, each part ends at a space",
  'lib/jobs/sources/postgres-toc.ts: new RegExp(`^; +Dumped ${what} version: (\\\\d+)`, "m")': "a constant in it",
  'lib/providers/kit/mail-failure.ts: new RegExp(`\\\\b(${Object.keys(SENTENCES).join("|")})\\\\b`)':
    "words of a closed list",
  'lib/runtime/language.ts: new RegExp(`(?<![A-Za-z])(${forms})(?![A-Za-z])`, "i")': "reads this checkout only",
  'lib/secrets/redact.ts: new RegExp(sorted.map(patternOf).join("|"), "gu")': "plain texts, each of limited length",
};

/** What the checker cannot decide, and why it is linear all the same or what limits its input. */
const REVIEWED: Record<string, string> = {
  "/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g":
    "takes the checker too long; each search ends at the next dash",
  "/^([-a-zA-Z])(\\S{9})[.+*]* +(\\d+)\\/(\\d+) +\\S+ \\S+ \\S+ +((?:\\\\.|[^\\\\ ])*)/s":
    "guessed quadratic; anchored, each part ends at a space, and the last one always fits",
  "/(https?:\\/\\/[\\w\\-.~:/?#@!$&'+,;=%]+)|[\\\\`*[\\]<>~|&]|(?<![\\p{L}\\p{N}_])_+|(?<!_)_+(?![\\p{L}\\p{N}_])/gu":
    "guessed quadratic; an address that has begun always fits, and a row of underscores is tried from its first alone",
};

const files = ["app", "components", "lib", "db"]
  .flatMap((folder) => filesBelow(folder, /\.(tsx?|mjs|cjs)$/))
  .filter((file) => !isTestFile(file));
const found = files.map((file) => findExpressions(file, readFileSync(file, "utf8")));
const nameOf = ({ pattern, flags }: Expression) => `/${pattern}/${flags}`;

/** Those of the sources, and those of zod for the formats that they use. */
const expressions = [
  ...new Map(
    [
      ...found.flatMap(({ literal }) => literal),
      ...[z.regexes.email, z.regexes.base64, z.regexes.date, z.regexes.datetime({})].map(({ source, flags }) => ({
        pattern: source,
        flags,
        at: "zod",
      })),
    ]
      .filter(repeats)
      .map((expression) => [nameOf(expression), expression]),
  ).values(),
];

/** @returns what is wrong with it; null for nothing */
async function faultOf({ pattern, flags }: Expression): Promise<string | null> {
  const verdict = await check(pattern, flags, { timeout: 2 * MINUTES, randomSeed: 1 });
  if (verdict.status === "safe") return null;
  return verdict.status === "vulnerable" ? `${verdict.complexity.summary}: ${verdict.attack.pattern}` : "undecided";
}

/** Milliseconds of the processor, not of the clock: a busy machine takes longer, and counts no more. */
function costOf({ pattern, flags }: Expression, text: string): number {
  const expression = new RegExp(pattern, flags.replace("y", ""));
  const before = process.cpuUsage();
  if (expression.global) text.replace(expression, "");
  else expression.test(text);
  const { user } = process.cpuUsage(before);
  return user / 1_000;
}

const isSlow = (expression: Expression, text: string) => [1, 2, 3].every(() => costOf(expression, text) > 60);

test(
  "fault E1: every regular expression of the sources takes linear time, as a checker finds from its form",
  async () => {
    const known = new Set<string>(JSON.parse(readFileSync(VERDICTS, "utf8")));
    const faults: string[] = [];
    const linear: string[] = [];
    for (const expression of expressions) {
      const name = nameOf(expression);
      const fault = known.has(name) || name in REVIEWED ? null : await faultOf(expression);
      if (fault) faults.push(`${expression.at}: ${name}: ${fault}`);
      else if (!(name in REVIEWED)) linear.push(name);
    }
    if (process.env.BELFRY_KEEP_VERDICTS) writeFileSync(VERDICTS, `${JSON.stringify(linear.sort(), null, 2)}\n`);
    expect(faults).toEqual([]);
  },
  60 * MINUTES,
);

test("fault E1: none of them is slow on 10,000 signs of its own making", () => {
  const slow = expressions.flatMap((expression) => {
    const text = slowTexts(expression, 10_000).find((each) => isSlow(expression, each));
    return text === undefined ? [] : [`${expression.at}: ${nameOf(expression)}: ${JSON.stringify(text.slice(0, 40))}…`];
  });
  expect(slow).toEqual([]);
});

test("fault E1: what is made of parts when the program runs was looked at, one by one", () => {
  expect(found.flatMap(({ made }) => made).sort()).toEqual(Object.keys(MADE).sort());
});

test("every exception is still there", () => {
  const names = new Set(expressions.map(nameOf));
  expect(Object.keys(REVIEWED).filter((name) => !names.has(name))).toEqual([]);
});

test("both ways find the expression that once stood still for seconds", async () => {
  const once = { pattern: "[\\p{L}\\p{N}._%+'-]+@(?:[\\p{L}\\p{N}-]+\\.)+\\p{L}{2,}", flags: "gu", at: "" };
  expect(await faultOf(once)).toContain("2nd degree polynomial");
  expect(slowTexts(once, 10_000).some((text) => isSlow(once, text))).toBe(true);
  const source = 'const a = /x+y/g; new RegExp("z+"); RegExp(`q*`, "i"); new RegExp(a + b);';
  expect(findExpressions("a.ts", source)).toEqual({
    literal: [
      { pattern: "x+y", flags: "g", at: "a.ts:1" },
      { pattern: "z+", flags: "", at: "a.ts:1" },
      { pattern: "q*", flags: "i", at: "a.ts:1" },
    ],
    made: ["a.ts: new RegExp(a + b)"],
  });
});
