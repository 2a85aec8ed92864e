import { describe, expect, it, test } from "vitest";
import { type MatchCondition, type MatchFacts, parseWeekTime } from "@/lib/core/matching";
import { compileMatcher } from "./matching";

const FACTS: MatchFacts = {
  type: "backup.failed",
  severity: "critical",
  subject: { id: "job_1", name: "Média ✨ nightly" },
  job: { id: "job_1", name: "Média ✨ nightly", slug: "media-nightly" },
  client: null,
  channel: { id: "chn_1", name: "On-call" },
  labels: ["env:prod", "team:Blue"],
  // A Friday.
  now: Date.UTC(2026, 10, 27, 12, 0),
};

const takes = (condition: MatchCondition, facts: Partial<MatchFacts> = {}) =>
  compileMatcher({ match: "all", conditions: [condition] })({ ...FACTS, ...facts });

describe("a condition", () => {
  const table: [MatchCondition["field"], MatchCondition["op"], string, boolean][] = [
    ["job", "is", "job_1", true],
    ["job", "is", "media-nightly", true],
    ["job", "is", "MÉDIA ✨ NIGHTLY", true],
    ["job", "is", "media", false],
    ["job", "matches", "média*", true],
    ["job", "matches", "*night?y", true],
    ["job", "matches", "*night?", false],
    ["client", "is", "anything", false],
    ["event", "is", "backup.failed", true],
    ["event", "matches", "backup.*", true],
    ["event", "matches", "restore.*", false],
    ["event", "matches", "*", true],
    ["channel", "matches", "on-*", true],
    ["severity", "is", "critical", true],
    ["severity", "is", "warning", false],
    ["severity", "matches", "warning", true],
    ["label", "is", "env:prod", true],
    ["label", "is", "team:blue", true],
    ["label", "matches", "env:*", true],
    ["label", "matches", "site:*", false],
    ["name", "matches", "*✨*", true],
    ["time", "is", "Mon-Fri 08:00-18:00 Europe/Berlin", true],
    ["time", "is", "Sat,Sun 00:00-24:00 UTC", false],
    ["time", "is", "Fri-Mon 11:00-12:30", true],
    ["time", "is", "Thu 22:00-13:00 UTC", true],
  ];
  it.each(table)("%s %s %s: %s", (field, op, value, expected) => {
    expect(takes({ field, op, value })).toBe(expected);
    expect(takes({ field, op, value, not: true })).toBe(!expected);
  });

  it.each([
    ["severity", "terrible"],
    ["time", "whenever"],
  ] as const)("%s with a value that makes no sense takes nothing, inverted or not", (field, value) => {
    expect(takes({ field, op: "is", value })).toBe(false);
    expect(takes({ field, op: "is", value, not: true })).toBe(false);
  });

  it("of what an event does not have takes nothing", () => {
    expect(takes({ field: "job", op: "matches", value: "*" }, { job: null })).toBe(false);
    expect(takes({ field: "channel", op: "matches", value: "*" }, { channel: null })).toBe(false);
  });
});

test("all conditions, any condition, none", () => {
  const right: MatchCondition = { field: "event", op: "is", value: "backup.failed" };
  const wrong: MatchCondition = { field: "event", op: "is", value: "user.login" };
  expect(compileMatcher({ match: "all", conditions: [right, wrong] })(FACTS)).toBe(false);
  expect(compileMatcher({ match: "any", conditions: [right, wrong] })(FACTS)).toBe(true);
  expect(compileMatcher({ match: "any", conditions: [] })(FACTS)).toBe(true);
});

test("no pattern takes long: a hostile one against a long name", () => {
  const value = `${"*a".repeat(99)}b`;
  const subject = { id: "x", name: "a".repeat(5_000) };
  let steps = 0;
  for (; steps < 200; steps++) expect(takes({ field: "name", op: "matches", value }, { subject })).toBe(false);
  expect(steps).toBe(200);
});

test("times of the week are read as people write them, and nothing else is", () => {
  expect(parseWeekTime("mon-wed,sun 8:00-18:00")).toEqual({
    days: [1, 2, 3, 7],
    from: "8:00",
    to: "18:00",
    timezone: null,
  });
  expect(parseWeekTime("22:00-06:00 America/New_York")).toMatchObject({ timezone: "America/New_York" });
  for (const text of ["", "Mon", "25:00-26:00", "08:00-18:61", "Foo 08:00-18:00", "08:00-18:00 Mars/Base", "8-18"])
    expect(parseWeekTime(text), text).toBeNull();
});
