import { describe, expect, test } from "vitest";
import { UNKNOWN_CONTENTS } from "@/lib/core/backup-contents";
import { type EarlierBackup, judgePlausibility, type MeasuredBackup } from "./plausibility";

const LIMITS = { leastBytesPercent: 20, leastItemsPercent: 50, mayBeEmpty: false };

const files = (count: number, rawBytes = count * 5_000): MeasuredBackup => ({
  rawBytes,
  contents: { ...UNKNOWN_CONTENTS, files: count },
});
const tables = (count: number, filledTables = count, rawBytes = 1_000_000): MeasuredBackup => ({
  rawBytes,
  contents: { ...UNKNOWN_CONTENTS, tables: count, filledTables },
});
const seen = (backup: MeasuredBackup, times = 3, isAccepted = false): EarlierBackup[] =>
  Array.from({ length: times }, () => ({ ...backup, isAccepted }));

describe("fault A1: an emptied source", () => {
  test("is no backup, and the sentence says what there was before", () => {
    expect(judgePlausibility(files(0, 10_240), seen(files(200)), LIMITS)).toEqual({
      kind: "empty",
      reason: "The source has no files; its last backups had 200.",
    });
  });

  test("neither is an empty directory at the first run: a mount that is missing looks like that", () => {
    expect(judgePlausibility(files(0), [], LIMITS).kind).toBe("empty");
  });

  test("may be empty where a person said so", () => {
    expect(judgePlausibility(files(0), seen(files(200)), { ...LIMITS, mayBeEmpty: true }).kind).toBe("plausible");
  });

  test("a database without tables or rows, where there were some", () => {
    expect(judgePlausibility(tables(0), seen(tables(12)), LIMITS).reason).toBe(
      "The database has no tables; its last backups had 12.",
    );
    expect(judgePlausibility(tables(12, 0), seen(tables(12, 9)), LIMITS).reason).toBe(
      "The database has no tables with rows; its last backups had 9.",
    );
    expect(judgePlausibility(tables(0), [], LIMITS).kind).toBe("plausible");
    expect(judgePlausibility(tables(12, 0), seen(tables(12, 0)), LIMITS).kind).toBe("plausible");
  });
});

describe("fault A1: a source that lost most of what it had", () => {
  test("is suspect with fewer than half of its files, and the numbers are named", () => {
    expect(judgePlausibility(files(99), seen(files(200)), LIMITS)).toEqual({
      kind: "suspect",
      reason: "Far less than usual: 200 → 99 files. Usual is the median of the last 3.",
    });
    expect(judgePlausibility(files(100), seen(files(200)), LIMITS).kind).toBe("plausible");
  });

  test("is suspect with less than a fifth of its bytes", () => {
    expect(judgePlausibility(files(150, 199_999), seen(files(200)), LIMITS).reason).toContain("1 MB → 200 kB");
    expect(judgePlausibility(files(150, 200_000), seen(files(200)), LIMITS).kind).toBe("plausible");
  });

  test("a single odd backup does not move the median", () => {
    const earlier = [...seen(files(2, 100), 1), ...seen(files(200), 9)];
    expect(judgePlausibility(files(60), earlier, LIMITS).kind).toBe("suspect");
  });

  test("only the last ten count", () => {
    expect(judgePlausibility(files(60), [...seen(files(70), 10), ...seen(files(900), 30)], LIMITS).kind).toBe(
      "plausible",
    );
  });

  test("what a person accepted is the new measure", () => {
    const earlier = [...seen(files(40), 1, true), ...seen(files(200), 9)];
    expect(judgePlausibility(files(38), earlier, LIMITS).kind).toBe("plausible");
    expect(judgePlausibility(files(19), earlier, LIMITS).kind).toBe("suspect");
  });

  test("both limits belong to the job, and nothing is compared at 0", () => {
    expect(judgePlausibility(files(99), seen(files(200)), { ...LIMITS, leastItemsPercent: 40 }).kind).toBe("plausible");
    const any = { ...LIMITS, leastBytesPercent: 0, leastItemsPercent: 0 };
    expect(judgePlausibility(files(1, 10), seen(files(200)), any).kind).toBe("plausible");
  });

  test("the first backup, and one beside backups of which nothing is known, is not suspect", () => {
    expect(judgePlausibility(files(1), [], LIMITS).kind).toBe("plausible");
    expect(judgePlausibility(files(1), seen({ rawBytes: null, contents: null }), LIMITS).kind).toBe("plausible");
  });
});
