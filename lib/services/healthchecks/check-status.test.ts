import { expect, test } from "vitest";
import type { JobHealth } from "@/lib/core/job-health";
import { checkStatus } from "./check-status";

const MINUTE = 60_000;

test.each<[JobHealth, number | null, string]>([
  ["new", null, "new"],
  ["new", -5, "new"],
  ["healthy", null, "up"],
  ["healthy", 5, "up"],
  ["warning", 5, "up"],
  ["healthy", -5, "grace"],
  ["healthy", -11, "down"],
  ["late", -11, "down"],
  ["overdue", 5, "down"],
  ["failing", 5, "down"],
  ["failing", -5, "down"],
])("%s, due in %s minutes, is %s", (health, minutes, status) => {
  const now = Date.UTC(2026, 0, 1);
  const job = { enabled: true, health, nextRunAt: minutes && now + minutes * MINUTE, graceMinutes: 10 };
  expect(checkStatus(job, now)).toBe(status);
  expect(checkStatus({ ...job, enabled: false, health: "paused" }, now)).toBe("paused");
});
