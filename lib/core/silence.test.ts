import { expect, it, test } from "vitest";
import { nextSilence, type SilenceSpan, silenceEnd, UNTIL_ENDED } from "./silence";

const at = (text: string) => Date.parse(text);
const ONCE: SilenceSpan = {
  startsAt: at("2026-11-27T10:00:00Z"),
  endsAt: at("2026-11-27T12:00:00Z"),
  recurring: null,
};
const SATURDAYS: SilenceSpan = {
  startsAt: 0,
  endsAt: null,
  recurring: { cron: "0 2 * * 6", timezone: "Europe/Berlin", minutes: 180 },
};

it.each<[string, SilenceSpan, string, number | null]>([
  ["before it starts", ONCE, "2026-11-27T09:59:59Z", null],
  ["at its start", ONCE, "2026-11-27T10:00:00Z", at("2026-11-27T12:00:00Z")],
  ["at its end", ONCE, "2026-11-27T12:00:00Z", null],
  ["without an end", { ...ONCE, endsAt: null }, "2027-11-27T12:00:00Z", UNTIL_ENDED],
  ["recurring, before", SATURDAYS, "2026-11-28T00:59:00Z", null],
  ["recurring, on", SATURDAYS, "2026-11-28T01:00:00Z", at("2026-11-28T04:00:00Z")],
  ["recurring, over", SATURDAYS, "2026-11-28T04:00:00Z", null],
  ["recurring, ended before", { ...SATURDAYS, endsAt: at("2026-11-27T00:00:00Z") }, "2026-11-28T01:30:00Z", null],
  [
    "recurring, ended in the middle",
    { ...SATURDAYS, endsAt: at("2026-11-28T02:00:00Z") },
    "2026-11-28T01:30:00Z",
    at("2026-11-28T02:00:00Z"),
  ],
])("a silence %s", (_, span, moment, expected) => {
  expect(silenceEnd(span, at(moment))).toBe(expected);
});

test("recurrences without a gap are one span", () => {
  const hours: SilenceSpan = {
    ...SATURDAYS,
    recurring: { cron: "0 1-3 * * *", timezone: "UTC", minutes: 60 },
  };
  expect(silenceEnd(hours, at("2026-11-28T01:30:00Z"))).toBe(at("2026-11-28T04:00:00Z"));
});

test("a stored schedule that makes no sense silences nobody, and breaks nothing", () => {
  for (const recurring of [
    { cron: "0 2 * * 6", timezone: "Mars/Base", minutes: 180 },
    { cron: "often", timezone: "UTC", minutes: 180 },
  ]) {
    expect(silenceEnd({ ...SATURDAYS, recurring }, at("2026-11-28T01:30:00Z"))).toBeNull();
    expect(nextSilence({ ...SATURDAYS, recurring }, at("2026-11-28T01:30:00Z"))).toBeNull();
  }
});

test("when it is on next", () => {
  expect(nextSilence(ONCE, at("2026-11-27T09:00:00Z"))).toBe(ONCE.startsAt);
  expect(nextSilence(ONCE, at("2026-11-27T11:00:00Z"))).toBeNull();
  expect(nextSilence(ONCE, at("2026-11-27T13:00:00Z"))).toBeNull();
  expect(nextSilence(SATURDAYS, at("2026-11-27T13:00:00Z"))).toBe(at("2026-11-28T01:00:00Z"));
});
