import { expect, it } from "vitest";
import { CRON_PRESETS, describeCron, readCron } from "./cron-description";

const NOW = Date.parse("2026-03-28T12:00:00Z");
const nextOf = (cron: string, timezone: string) => {
  const reading = readCron(cron, timezone, NOW);
  return reading.ok ? reading.next.map((at) => new Date(at).toISOString()) : reading.reason;
};

it("describes a schedule", () => {
  expect(describeCron("0 2 * * *")).toBe("At 02:00, every day");
  expect(describeCron("gibberish")).toBe("gibberish");
});

it("computes the next three runs across a daylight saving change", () => {
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

it("explains what is invalid instead of throwing", () => {
  expect(readCron("", "UTC", NOW)).toMatchObject({ ok: false });
  expect(readCron("61 2 * * *", "UTC", NOW)).toMatchObject({ ok: false });
  expect(readCron("* * * * * *", "UTC", NOW)).toMatchObject({ ok: false });
  expect(readCron("0 0 30 2 *", "UTC", NOW)).toEqual({ ok: false, reason: "This schedule never runs." });
  expect(readCron("0 2 * * *", "Mars/Olympus", NOW)).toEqual({ ok: false, reason: "Choose a time zone." });
});

it("offers only valid presets", () => {
  for (const { cron } of CRON_PRESETS) expect(readCron(cron, "UTC", NOW).ok).toBe(true);
});
