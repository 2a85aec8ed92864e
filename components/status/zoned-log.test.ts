import { expect, it } from "vitest";
import { zonedLog } from "./zoned-log";

it("moves the times that begin lines, and nothing else", () => {
  const text = "2026-11-27T04:00:00Z Backing up\nsince 2026-11-27T04:00:00Z\n2026-11-27T23:30:00.250Z done";
  expect(zonedLog(text, "Europe/Berlin")).toBe(
    "2026-11-27 05:00:00 Backing up\nsince 2026-11-27T04:00:00Z\n2026-11-28 00:30:00 done",
  );
});

it("leaves what is no time", () => {
  expect(zonedLog("2026-99-99T99:99:99Z x", "UTC")).toBe("2026-99-99T99:99:99Z x");
});
