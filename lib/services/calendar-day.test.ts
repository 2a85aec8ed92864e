import { expect, test } from "vitest";
import { startOfDay } from "./calendar-day";

test.each<[zone: string, now: string, start: string]>([
  ["UTC", "2026-11-21T13:00:00Z", "2026-11-21T00:00:00Z"],
  ["UTC", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z"],
  ["UTC", "2026-11-20T23:59:59.999Z", "2026-11-20T00:00:00Z"],
  ["Europe/Zurich", "2026-11-21T23:30:00Z", "2026-11-21T23:00:00Z"],
  ["Asia/Kathmandu", "2026-11-21T18:20:00Z", "2026-11-21T18:15:00Z"],
  ["Pacific/Kiritimati", "2026-11-21T09:59:00Z", "2026-11-20T10:00:00Z"],
  // 25 and 23 hours long.
  ["Europe/Zurich", "2026-10-25T22:59:00Z", "2026-10-24T22:00:00Z"],
  ["Europe/Zurich", "2026-03-29T21:59:00Z", "2026-03-28T23:00:00Z"],
  // Clocks went from 24:00 to 1:00: the day has no midnight.
  ["Africa/Cairo", "2024-04-26T12:00:00Z", "2024-04-25T22:00:00Z"],
  ["Nowhere/At all", "2026-11-21T13:00:00Z", "2026-11-21T00:00:00Z"],
])("in %s the day of %s began at %s", (zone, now, start) => {
  expect(new Date(startOfDay(Date.parse(now), zone)).toISOString()).toBe(new Date(start).toISOString());
});
