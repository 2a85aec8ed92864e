import { expect, it } from "vitest";
import { CRON_PRESETS, readCron, sentenceOf } from "./cron-description";

const NOW = Date.parse("2026-03-28T12:00:00Z");
const nextOf = (cron: string, timezone: string) => {
  const reading = readCron(cron, timezone, NOW);
  return reading.ok ? reading.next.map((at) => new Date(at).toISOString()) : reading.reason;
};

it("says in words what a schedule means", () => {
  expect(sentenceOf("0 2 * * *")).toBe("At 02:00, every day");
  expect(sentenceOf("gibberish")).toBe("gibberish");
});

it("shows the next three times, right across a change of the clocks", () => {
  expect(nextOf("0 2 * * *", "UTC")).toEqual([
    "2026-03-29T02:00:00.000Z",
    "2026-03-30T02:00:00.000Z",
    "2026-03-31T02:00:00.000Z",
  ]);
  // 02:00 does not exist in Berlin on 29 March 2026; afterwards the zone is two hours ahead.
  expect(nextOf("0 4 * * *", "Europe/Berlin")).toEqual([
    "2026-03-29T02:00:00.000Z",
    "2026-03-30T02:00:00.000Z",
    "2026-03-31T02:00:00.000Z",
  ]);
});

it("says what is wrong instead of failing", () => {
  expect(readCron("", "UTC", NOW)).toMatchObject({ ok: false });
  expect(readCron("61 2 * * *", "UTC", NOW)).toMatchObject({ ok: false });
  expect(readCron("* * * * * *", "UTC", NOW)).toMatchObject({ ok: false });
  expect(readCron("0 0 30 2 *", "UTC", NOW)).toEqual({ ok: false, reason: "This time never comes." });
  expect(readCron("0 2 * * *", "Mars/Olympus", NOW)).toEqual({ ok: false, reason: "Choose a time zone." });
});

it("offers presets that are schedules", () => {
  for (const { cron } of CRON_PRESETS) expect(readCron(cron, "UTC", NOW).ok).toBe(true);
});
