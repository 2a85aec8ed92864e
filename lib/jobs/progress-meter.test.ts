import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RunProgress } from "@/lib/core/run-progress";
import { ProgressMeter } from "./progress-meter";
import { BorgMessages } from "./repositories/borg-messages";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("figures are noted every few seconds with their rate, and once without when everything is stored", async () => {
  const noted: RunProgress[] = [];
  const figures = { bytes: 0, files: null };
  const unfollow = new ProgressMeter(async (progress) => noted.push(progress)).follow(() => figures);
  figures.bytes = 6_000;
  await vi.advanceTimersByTimeAsync(2_999);
  expect(noted).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  figures.bytes = 30_000;
  await vi.advanceTimersByTimeAsync(3_000);
  figures.bytes = 36_000;
  unfollow();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(noted.map(({ bytes, bytesPerSecond }) => [bytes, bytesPerSecond])).toEqual([
    [6_000, 2_000],
    [30_000, 5_000],
    [36_000, null],
  ]);
});

test("the rate is that of the last seconds, not of the whole run", async () => {
  const noted: RunProgress[] = [];
  const figures = { bytes: 0, files: null };
  const unfollow = new ProgressMeter(async (progress) => noted.push(progress)).follow(() => figures);
  for (let second = 0; second < 30; second++) {
    figures.bytes += second < 15 ? 1_000 : 0;
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(noted.at(-1)).toMatchObject({ bytes: 15_000, bytesPerSecond: 0 });
  unfollow();
});

test("a run of a moment notes nothing, a slow database is not asked twice at a time, and one that fails is no matter", async () => {
  const save = vi.fn(() => new Promise<never>((_, reject) => setTimeout(() => reject(new Error("busy")), 10_000)));
  new ProgressMeter(save).follow(() => ({ bytes: 1, files: null }))();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(save).not.toHaveBeenCalled();
  const unfollow = new ProgressMeter(save).follow(() => ({ bytes: 1, files: null }));
  await vi.advanceTimersByTimeAsync(12_000);
  expect(save).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(save).toHaveBeenCalledTimes(2);
  unfollow();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(save).toHaveBeenCalledTimes(3);
});

test("borg's own figures are those of the archive that it makes", () => {
  const messages = new BorgMessages(() => undefined);
  const about = { type: "archive_progress", compressed_size: 5, deduplicated_size: 4, path: "a/b" };
  messages.add(JSON.stringify({ ...about, original_size: 1_500, nfiles: 3 }));
  messages.add(JSON.stringify({ type: "archive_progress", finished: true }));
  expect(messages.figures).toEqual({ bytes: 1_500, files: 3 });
});
