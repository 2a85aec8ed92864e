import { expect, test } from "vitest";
import { upcomingRuns } from "./upcoming-runs";

const AT = Date.UTC(2026, 10, 20, 20);
const HOUR = 3_600_000;

const job = (name: string, cron: string | null, nextRunAt: number | null, timezone: string | null = null) => ({
  id: `job_${name}`,
  name,
  cron,
  timezone,
  nextRunAt,
});

const named = (jobs: Parameters<typeof upcomingRuns>[0], until = AT + 12 * HOUR) =>
  upcomingRuns(jobs, until).runs.map(({ jobName, at }) => `${jobName} ${at.slice(11, 16)}`);

test("each run of a job is there, the soonest first, up to the moment and none beyond it", () => {
  const jobs = [
    job("often", "0 */4 * * *", AT),
    job("nightly", "30 2 * * *", AT + 6.5 * HOUR),
    job("weekly", "0 9 * * 1", AT + 13 * HOUR),
    job("by hand", null, null),
  ];
  expect(named(jobs)).toEqual(["often 20:00", "often 00:00", "nightly 02:30", "often 04:00", "often 08:00"]);
  expect(upcomingRuns(jobs, AT + 12 * HOUR).hasMore).toBe(false);
});

test("in its own zone, over the night in which the clocks are set back", () => {
  const evening = Date.UTC(2026, 9, 24, 20);
  const hourly = job("hourly", "15 * * * *", evening + HOUR / 4, "Europe/Berlin");
  expect(named([hourly], evening + 8 * HOUR)).toHaveLength(8);
});

test("jobs of every minute leave room for those of the night, and what is left out is said", () => {
  const busy = Array.from({ length: 3 }, (_, nr) => job(`busy ${nr}`, "* * * * *", AT));
  const nightly = job("nightly", "30 2 * * *", AT + 6.5 * HOUR);
  const { runs, hasMore } = upcomingRuns([...busy, nightly], AT + 12 * HOUR);
  expect([runs.length, hasMore]).toEqual([600, true]);
  expect(runs.filter(({ jobName }) => jobName === "nightly")).toHaveLength(1);
});
