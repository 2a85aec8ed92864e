import { expect, it } from "vitest";
import { describeTrigger, runDurationMs, shortError } from "./run-labels";

it("describes what started a run", () => {
  expect(describeTrigger({ trigger: "schedule", actorName: null })).toBe("scheduled");
  expect(describeTrigger({ trigger: "manual", actorName: "Ana" })).toBe("by Ana");
  expect(describeTrigger({ trigger: "api", actorName: "ci" })).toBe("via API, ci");
});

it("measures a running run up to now, and a queued one not at all", () => {
  const startedAt = "2026-11-21T02:00:00.000Z";
  const now = Date.parse("2026-11-21T02:05:00.000Z");
  expect(runDurationMs({ startedAt, finishedAt: null }, now)).toBe(300_000);
  expect(runDurationMs({ startedAt, finishedAt: "2026-11-21T02:01:00.000Z" }, now)).toBe(60_000);
  expect(runDurationMs({ startedAt: null, finishedAt: null }, now)).toBeNull();
});

it("pain 34: shows the beginning of a long error", () => {
  expect(shortError("first line\nsecond")).toBe("first line");
  expect(shortError("x".repeat(500))).toHaveLength(120);
  expect(shortError("  \n")).toBeNull();
  expect(shortError(null)).toBeNull();
});
