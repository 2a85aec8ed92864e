import { describe, expect, it } from "vitest";
import {
  dayKey,
  formatBytes,
  formatClock,
  formatDateTime,
  formatDayTime,
  formatDuration,
  formatLatency,
  formatList,
  formatNumber,
  formatRelativeTime,
  isKnownTimezone,
} from "./format";

const BERLIN = "Europe/Berlin";
const at = (iso: string) => Date.parse(iso);
const NOW = at("2026-11-20T10:00:00+01:00");
const relative = (iso: string) => formatRelativeTime(at(iso), NOW, BERLIN);

describe("a relative time", () => {
  it.each([
    ["2026-11-20T09:59:30+01:00", "just now"],
    ["2026-11-20T10:00:30+01:00", "in under a minute"],
    ["2026-11-20T09:59:10+01:00", "1 min ago"],
    ["2026-11-20T09:48:00+01:00", "12 min ago"],
    ["2026-11-20T10:12:00+01:00", "in 12 min"],
    ["2026-11-20T07:00:00+01:00", "3 h ago"],
    ["2026-11-20T22:00:00+01:00", "in 12 h"],
    ["2026-11-19T03:14:00+01:00", "yesterday 03:14"],
    ["2026-11-21T02:00:00+01:00", "tomorrow 02:00"],
    ["2026-11-17T14:20:00+01:00", "Tue 14:20"],
    ["2026-10-20T14:20:00+02:00", "20 Oct 14:20"],
    ["2025-11-20T14:20:00+01:00", "20 Nov 2025"],
  ])("%s is %s", (iso, expected) => {
    expect(relative(iso)).toBe(expected);
  });

  it("counts calendar days of the viewer, not spans of 24 hours", () => {
    const now = at("2026-11-20T00:30:00+01:00");
    expect(formatRelativeTime(at("2026-11-19T12:00:00+01:00"), now, BERLIN)).toBe("yesterday 12:00");
    expect(formatRelativeTime(at("2026-11-19T23:50:00+01:00"), now, BERLIN)).toBe("40 min ago");
    expect(formatRelativeTime(at("2026-11-19T12:00:00+01:00"), now, "America/New_York")).toBe("13 h ago");
  });
});

it("formats the full time in the zone, on both sides of a daylight saving change", () => {
  expect(formatDateTime(at("2026-11-20T02:10:04Z"), BERLIN)).toBe("20 Nov 2026, 03:10:04 CET");
  expect(formatDateTime(at("2026-07-01T02:10:04Z"), BERLIN)).toBe("1 Jul 2026, 04:10:04 CEST");
  expect(formatDateTime(at("2026-07-01T00:00:00Z"), "UTC")).toMatch(/^1 Jul 2026, 00:00:00 (UTC|GMT)$/);
});

it("falls back to UTC for an unknown zone", () => {
  expect(isKnownTimezone("Mars/Olympus")).toBe(false);
  expect(formatClock(at("2026-11-20T02:10:04.112Z"), "Mars/Olympus")).toBe("02:10:04.112");
});

it("names the calendar day of the zone", () => {
  expect(dayKey(at("2026-11-19T23:30:00Z"), BERLIN)).toBe("2026-11-20");
  expect(dayKey(at("2026-11-19T23:30:00Z"), "UTC")).toBe("2026-11-19");
});

it("names the weekday of a time to come", () => {
  expect(formatDayTime(at("2026-11-22T01:00:00Z"), BERLIN)).toBe("Sun 22 Nov, 02:00");
});

it("formats amounts with their units", () => {
  expect([38, 999.4, 2_100, 12_400, 64_000].map(formatLatency)).toEqual([
    "38 ms",
    "999 ms",
    "2.1 s",
    "12 s",
    "1 min 4 s",
  ]);
  expect(formatDuration(252_000)).toBe("4 min 12 s");
  expect(formatBytes(8_400_000_000)).toBe("8.4 GB");
  expect(formatNumber(12_300)).toBe("12,300");
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(formatList)).toEqual(["", "a", "a and b", "a, b and c"]);
});
