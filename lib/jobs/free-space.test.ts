import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freeBytesNear, lackOfSpace } from "./free-space";

test("free space is that of the nearest folder that exists", async () => {
  const { blocks, bsize } = statfsSync(tmpdir());
  const free = await freeBytesNear(join(tmpdir(), "belfry-none", "deeper", "file.db"));
  expect(free).toBeGreaterThan(0);
  expect(free).toBeLessThanOrEqual(blocks * bsize);
});

test("a backup that does not fit is named with both sizes", () => {
  expect(lackOfSpace({ needed: 1_000, free: 1_000 })).toBeNull();
  expect(lackOfSpace({ needed: 45_000_000_000, free: 1_500_000 })).toBe(
    "It needs about 45 GB, and 1.5 MB are free there.",
  );
});
