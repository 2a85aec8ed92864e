import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { requestRefresh, withdrawRefresh } from "./page-refresh";

let refreshes: string[] = [];
let isAnswering = true;
const refresherOf = (name: string) => ({
  isRefreshable: async () => isAnswering,
  refresh: () => void refreshes.push(name),
});

beforeEach(() => {
  vi.useFakeTimers();
  refreshes = [];
  isAnswering = true;
});
afterEach(async () => {
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
});

test("several parts that change together refresh the page once", async () => {
  for (const name of ["runs", "alerts", "jobs"]) requestRefresh(refresherOf(name));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(refreshes).toEqual(["runs"]);
});

test("a change during a refresh brings another one, after the pause", async () => {
  const runs = refresherOf("runs");
  requestRefresh(runs);
  await vi.advanceTimersByTimeAsync(700);
  expect(refreshes).toEqual(["runs"]);
  requestRefresh(runs);
  await vi.advanceTimersByTimeAsync(1);
  expect(refreshes).toEqual(["runs"]);
  await vi.advanceTimersByTimeAsync(700);
  expect(refreshes).toEqual(["runs", "runs"]);
});

test("a part that left the page takes its refresh along, and no other's", async () => {
  const [gone, alerts] = [refresherOf("gone"), refresherOf("alerts")];
  requestRefresh(gone);
  requestRefresh(alerts);
  withdrawRefresh(gone);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(refreshes).toEqual(["alerts"]);
});

test("while Belfry does not answer nothing is refreshed, and once it does the page is", async () => {
  isAnswering = false;
  requestRefresh(refresherOf("runs"));
  await vi.advanceTimersByTimeAsync(7_000);
  expect(refreshes).toEqual([]);
  isAnswering = true;
  await vi.advanceTimersByTimeAsync(2_500);
  expect(refreshes).toEqual(["runs"]);
});
