import { expect, test } from "vitest";
import type { ReportData } from "./report-data";
import { reportText } from "./report-text";

const at = Date.parse;
const none = { count: 0, items: [] };

function report(more: Partial<ReportData> = {}): ReportData {
  return {
    period: "daily",
    from: at("2026-11-25T23:00:00Z"),
    to: at("2026-11-26T23:00:00Z"),
    timezone: "Europe/Berlin",
    jobs: 3,
    succeeded: 0,
    warned: 0,
    failed: 0,
    canceled: 0,
    missed: 0,
    unfinished: 0,
    failures: none,
    misses: none,
    open: none,
    quiet: none,
    growth: [],
    ...more,
  };
}

test.each<[string, Partial<ReportData>, string]>([
  ["everything", { succeeded: 41, failed: 2, missed: 1 }, "Daily report: 41 succeeded, 2 failed, 1 missed"],
  ["of a week", { period: "weekly", succeeded: 7 }, "Weekly report: 7 succeeded, 0 failed, 0 missed"],
  ["warnings", { succeeded: 1, warned: 2 }, "Daily report: 1 succeeded, 2 with warnings, 0 failed, 0 missed"],
  ["only missed ones", { missed: 4 }, "Daily report: 0 succeeded, 0 failed, 4 missed"],
  ["nothing", {}, "Daily report: nothing ran"],
])("the counts in the title: %s", (_, more, title) => {
  expect(reportText(report(more)).title).toBe(title);
});

const DAY = "Thursday, 26 November 2026 (Europe/Berlin).";

test.each<[string, Partial<ReportData>, string[]]>([
  ["all well", { succeeded: 3 }, [DAY, "Success rate 100 %: 3 of 3 runs."]],
  ["never rounded up", { succeeded: 999, failed: 1 }, [DAY, "Success rate 99 %: 999 of 1,000 runs."]],
  [
    "pain 03: missed ones count",
    { succeeded: 1, missed: 1 },
    [DAY, "Success rate 50 %: 1 of 2 runs, missed ones counted."],
  ],
  ["nothing due", {}, [DAY, "Nothing ran, and nothing was due: 3 jobs are enabled."]],
  ["no job", { jobs: 0 }, [DAY, "No job is enabled."]],
  [
    "canceled and unfinished",
    { succeeded: 1, canceled: 1, unfinished: 2 },
    [DAY, "Success rate 100 %: 1 of 1 run.", "1 run was canceled.", "2 runs have not ended yet."],
  ],
  [
    "sent by hand",
    { sentBy: "Ana" },
    ["Sent by Ana, besides the schedule.", DAY, "Nothing ran, and nothing was due: 3 jobs are enabled."],
  ],
  [
    "pain 40: a week with a change of the clock",
    { period: "weekly", from: at("2026-03-22T23:00:00Z"), to: at("2026-03-29T22:00:00Z"), jobs: 1 },
    [
      "Monday, 23 March 2026 to Sunday, 29 March 2026 (Europe/Berlin, 167 hours: the clock changed).",
      "Nothing ran, and nothing was due: 1 job is enabled.",
    ],
  ],
  [
    "a zone that this machine does not know",
    { timezone: "Mars/Olympus", succeeded: 1 },
    ["Wednesday, 25 November 2026 (Mars/Olympus).", "Success rate 100 %: 1 of 1 run."],
  ],
])("the message: %s", (_, more, lines) => {
  expect(reportText(report(more)).message.split("\n")).toEqual(lines);
});

test("the lists are facts, times in the report's zone, with what is left out", () => {
  const { fields } = reportText(
    report({
      period: "weekly",
      failures: {
        count: 3,
        items: [
          { name: "shop", kind: "backup", times: 2, error: `no\nroute ${"x".repeat(200)}` },
          { name: "wiki", kind: "restore_test", times: 1 },
        ],
      },
      misses: { count: 1, items: [{ name: "mail", slots: 3 }] },
      open: { count: 1, items: [{ title: "Backup Failed: shop", since: at("2026-11-25T13:05:00Z") }] },
      quiet: {
        count: 4,
        items: [
          { what: "job", name: "old" },
          { what: "channel", name: "sms" },
          { what: "mute", name: "ops", until: at("2026-11-27T07:00:00Z") },
          { what: "silence", name: "move" },
        ],
      },
      growth: [
        { name: "shop", bytes: 8_400_000_000, before: 8_100_000_000 },
        { name: "new", bytes: 1_000, before: 0 },
      ],
    }),
  );
  expect(fields).toEqual([
    { label: "Failed", value: `shop, 2 times: no route ${"x".repeat(110)}…\nwiki (restore test)\nand 1 more` },
    { label: "Missed", value: "mail, 3 times" },
    { label: "Open alerts", value: "Backup Failed: shop, since 25 Nov 2026, 14:05" },
    {
      label: "Silenced or paused",
      value: "old: disabled\nsms: channel disabled\nops: channel muted until 27 Nov 2026, 08:00\nmove: silenced",
    },
    {
      label: "Largest growth",
      value: "shop: 8.4 GB, 300 MB more than the week before\nnew: 1 kB, nothing the week before",
    },
  ]);
});
