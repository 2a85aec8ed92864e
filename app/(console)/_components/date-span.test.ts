import { expect, test } from "vitest";
import { readDateSpan } from "./date-span";

test.each([
  ["nothing", {}, {}],
  [
    "one day",
    { from: "2026-11-20", to: "2026-11-20" },
    { from: "2026-11-19T23:00:00.000Z", until: "2026-11-20T23:00:00.000Z" },
  ],
  [
    "a day of 25 hours",
    { from: "2026-10-25", to: "2026-10-25" },
    { from: "2026-10-24T22:00:00.000Z", until: "2026-10-25T23:00:00.000Z" },
  ],
  ["an open end", { from: "2026-12-31" }, { from: "2026-12-30T23:00:00.000Z" }],
  ["the end of a year", { to: "2026-12-31" }, { until: "2026-12-31T23:00:00.000Z" }],
  ["what is no day", { from: "yesterday", to: "2026-99-99" }, {}],
])("%s", (_, search, times) => {
  expect(readDateSpan(search, "Europe/Berlin").times).toEqual(times);
});
