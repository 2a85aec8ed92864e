import { expect, test } from "vitest";
import { nextRun } from "./next-run";
import { reportSchedule, reportSpans } from "./report-times";

const iso = (at: number) => new Date(at).toISOString();
const spanOf = (period: "daily" | "weekly", at: string, zone: string) => {
  const { span, before } = reportSpans(period, Date.parse(at), zone);
  return [iso(before.from), iso(span.from), iso(span.to)];
};

test.each<[string, "daily" | "weekly", string, string, string[]]>([
  [
    "a plain day",
    "daily",
    "2026-07-10T06:00:00Z",
    "Europe/Berlin",
    ["2026-07-07T22", "2026-07-08T22", "2026-07-09T22"],
  ],
  [
    "at midnight itself",
    "daily",
    "2026-07-09T22:00:00Z",
    "Europe/Berlin",
    ["2026-07-07T22", "2026-07-08T22", "2026-07-09T22"],
  ],
  [
    "a day of 23 hours",
    "daily",
    "2026-03-30T06:00:00Z",
    "Europe/Berlin",
    ["2026-03-27T23", "2026-03-28T23", "2026-03-29T22"],
  ],
  [
    "a day of 25 hours",
    "daily",
    "2026-10-26T07:00:00Z",
    "Europe/Berlin",
    ["2026-10-23T22", "2026-10-24T22", "2026-10-25T23"],
  ],
  [
    "a day that begins at one o'clock",
    "daily",
    "2023-04-29T06:00:00Z",
    "Africa/Cairo",
    ["2023-04-26T22", "2023-04-27T22", "2023-04-28T21"],
  ],
  ["a week", "weekly", "2026-10-26T07:00:00Z", "Europe/Berlin", ["2026-10-11T22", "2026-10-18T22", "2026-10-25T23"]],
  ["a week at any day", "weekly", "2026-07-10T06:00:00Z", "UTC", ["2026-06-26T00", "2026-07-03T00", "2026-07-10T00"]],
  [
    "where the offset is no whole hour",
    "daily",
    "2026-07-10T06:00:00Z",
    "Asia/Kathmandu",
    ["2026-07-07T18:15", "2026-07-08T18:15", "2026-07-09T18:15"],
  ],
])("pain 40: the days of the zone: %s", (_, period, at, zone, expected) => {
  expect(spanOf(period, at, zone)).toEqual(expected.map((one) => expect.stringContaining(one)));
});

test("each schedule in the settings' zone, or in the reader's", () => {
  const settings = { dailyHour: 8, weeklyDay: 7, weeklyHour: 20 };
  expect(reportSchedule(settings, "daily", "Europe/Berlin")).toEqual({ cron: "0 8 * * *", timezone: "Europe/Berlin" });
  const sunday = reportSchedule({ ...settings, timezone: "UTC" }, "weekly", "Europe/Berlin");
  expect(sunday && iso(nextRun(sunday, Date.parse("2026-07-10T00:00:00Z")) ?? 0)).toBe("2026-07-12T20:00:00.000Z");
  expect(reportSchedule({ ...settings, dailyHour: null }, "daily", "UTC")).toBeNull();
  expect(reportSchedule({ ...settings, weeklyDay: null }, "weekly", "UTC")).toBeNull();
});
