import { expect, it } from "vitest";
import { shortError, tookMs, triggerText } from "./run-labels";

it("says who asked for a run", () => {
  expect(triggerText({ trigger: "schedule", actorName: null })).toBe("by schedule");
  expect(triggerText({ trigger: "manual", actorName: "Ana" })).toBe("by Ana");
  expect(triggerText({ trigger: "api", actorName: "ci" })).toBe("through the API, ci");
});

it("counts a run that is still going up to now, and one that waits not at all", () => {
  const startedAt = "2026-11-21T02:00:00.000Z";
  const now = Date.parse("2026-11-21T02:05:00.000Z");
  expect(tookMs({ startedAt, finishedAt: null }, now)).toBe(300_000);
  expect(tookMs({ startedAt, finishedAt: "2026-11-21T02:01:00.000Z" }, now)).toBe(60_000);
  expect(tookMs({ startedAt: null, finishedAt: null }, now)).toBeNull();
});

it("pain 34: shows of a long error where it begins", () => {
  expect(shortError("first line\nsecond")).toBe("first line");
  expect(shortError("x".repeat(500))).toHaveLength(120);
  expect(shortError("  \n")).toBeNull();
  expect(shortError(null)).toBeNull();
});
