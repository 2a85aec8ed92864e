import { expect, test } from "vitest";
import { type TrendBackup, trendOf } from "./trend-of";

const copy = (runId: string, more: Partial<TrendBackup> = {}): TrendBackup => ({
  runId,
  bytes: 10,
  rawBytes: 100,
  contents: { files: 5 },
  suspicion: null,
  acceptedAt: null,
  createdAt: "2026-03-01T02:00:00.000Z",
  ...more,
});

test("copies of a backup are one, the oldest comes first, and what was read counts, not how it was packed", () => {
  const { points } = trendOf([
    copy("run_3", { bytes: 9 }),
    copy("run_3", { bytes: 7 }),
    copy("run_1", { rawBytes: 40 }),
  ]);
  expect(points).toMatchObject([
    { runId: "run_1", bytes: 40, files: 5, isSuspect: false },
    { runId: "run_3", bytes: 100 },
  ]);
});

test("where one was stored without its size before packing, all are compared by what is stored", () => {
  const { points, isBeforeCompression } = trendOf([copy("run_2"), copy("run_1", { rawBytes: null, bytes: 8 })]);
  expect(points.map(({ bytes }) => bytes)).toEqual([8, 10]);
  expect(isBeforeCompression).toBe(false);
});

test("a suspect backup is marked until a person accepted it", () => {
  const { points } = trendOf([
    copy("run_3", { suspicion: "Far fewer files.", acceptedAt: "2026-03-02T02:00:00.000Z" }),
    copy("run_2", { suspicion: "Far fewer files." }),
    copy("run_1", { contents: null }),
  ]);
  expect(points.map(({ isSuspect, files }) => [isSuspect, files])).toEqual([
    [false, null],
    [true, 5],
    [false, 5],
  ]);
});
