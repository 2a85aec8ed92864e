import { expect, test } from "vitest";
import { addItems } from "@/components/form/fields/list-items";
import { readHtml } from "@/components/markup/read-html";
import { readMarkdown } from "@/components/markup/read-markdown";
import { readMrkdwn } from "@/components/markup/read-mrkdwn";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { scheduleProblem } from "@/lib/core/cron/next-run";
import { parseJson } from "@/lib/core/parse-json";
import { escapedJson, visibleText } from "@/lib/core/terminal-text";
import { reasonOf } from "@/lib/providers/kit/classify";
import { checkTemplate, fillTemplate } from "@/lib/providers/kit/template";
import { allProviders } from "@/lib/providers/registry";
import { redactor } from "@/lib/secrets/redact";

/** The longest message that notify takes, and a quarter of it. */
const LONG = 100_000;
const QUARTER = LONG / 4;
/** Pieces of texts that somebody would write to make them slow: what stands for markup, addresses, breaks and cut signs. */
const PIECES = [
  "a",
  "a ",
  "\n",
  "_",
  "*a",
  "<",
  "<a>",
  "](",
  "a@",
  "https://a/",
  "`",
  "\\",
  "é",
  "👩‍👩‍👧",
  "{{",
  "\u0000",
  "1. ",
  "    ",
];

const costOf = (run: () => unknown) => {
  const before = process.cpuUsage();
  try {
    run();
  } catch {
    // A refusal is an answer too.
  }
  return process.cpuUsage(before).user / 1_000;
};
const of = (piece: string, length: number) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

/**
 * Texts that cost more than in proportion to their length. Quick ones are none: measured in milliseconds of the processor, and in a
 * row, since a single one may be that of a compiler or a collector of garbage.
 */
function superlinear(run: (text: string) => unknown): string[] {
  const isSlow = (piece: string) =>
    [1, 2, 3].every(() => {
      const long = costOf(() => run(of(piece, LONG)));
      return long > 150 && long > 8 * costOf(() => run(of(piece, QUARTER)));
    });
  return PIECES.filter(isSlow);
}

test.each(allProviders().map((provider) => [provider.id, provider] as const))(
  "fault E1: %s renders the longest message in a time in proportion to its length",
  (_, provider) => {
    const config = provider.parse(provider.example);
    const run = provider.wantsRun ? { run: sampleRun() } : {};
    const render = (message: string) =>
      provider.render(sampleNotification({ message }), config, sampleContext({ ...run, log: message }));
    expect(superlinear(render)).toEqual([]);
  },
);

const TEXTS: Record<string, (text: string) => unknown> = {
  "a template that is checked": (text) => checkTemplate(text, ["title"]),
  "a value in a template": (text) => fillTemplate("{{title}}", { title: text }),
  "sections of a template within each other": (text) => checkTemplate("{{#title}}".repeat(text.length / 10), ["title"]),
  "an answer of a service": (text) => reasonOf(500, `<html>${text}`),
  "a cron expression": (text) => scheduleProblem({ cron: text, timezone: "UTC" }),
  "JSON within JSON": (text) => parseJson("[".repeat(text.length / 2) + "]".repeat(text.length / 2)),
  "halves of letters in JSON": (text) => parseJson(`["${"\\ud800".repeat(text.length / 6)}"]`),
  "a line of the log": (text) => escapedJson({ text }),
  "a line of the terminal": visibleText,
  "a text with secrets": redactor([
    "a secret token",
    "aaaaaaaaaaaaaaaaaaaaaaab",
    "https://hooks.example/aaaaaaaaaaaaaaaaaaaaaaa",
  ]),
  "addresses that are pasted": (text) => addItems([], text),
  "HTML of a preview": readHtml,
  "Markdown of a preview": readMarkdown,
  "mrkdwn of a preview": readMrkdwn,
};

test.each(Object.entries(TEXTS))("fault E1: %s costs no more than in proportion to its length", (_, run) => {
  expect(superlinear(run)).toEqual([]);
});

test("what is quadratic is found", () => {
  const once = (text: string) => text.slice(0, text.length / 4).replace(/a+b/g, "");
  expect(superlinear(once)).toEqual(["a"]);
});
