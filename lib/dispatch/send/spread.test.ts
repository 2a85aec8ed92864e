import { describe, expect, test } from "vitest";
import { elapsedSince } from "./lease-clock";
import { spreadChannels } from "./spread";

const CHANNELS = Array.from({ length: 11 }, (_, index) => `chn_${index}`);

function counts(owners: string[], channels = CHANNELS): number[] {
  const shares = [...spreadChannels(channels, owners).values()];
  return owners.map((owner) => shares.filter((one) => one === owner).length);
}

describe("fault B19: channels are spread over the workers", () => {
  test("each has an equal share, and every channel has one", () => {
    expect(counts(["a"])).toEqual([11]);
    expect(counts(["a", "b"])).toEqual([6, 5]);
    expect(counts(["a", "b", "c"])).toEqual([4, 4, 3]);
    expect(counts([])).toEqual([]);
  });

  test("a new channel moves no other", () => {
    const before = spreadChannels(CHANNELS, ["a", "b", "c"]);
    const after = spreadChannels([...CHANNELS, "chn_new"], ["a", "b", "c"]);
    for (const [id, owner] of before) expect(after.get(id)).toBe(owner);
  });
});

test("fault B16: a lease ages by whichever clock has moved further", () => {
  const moment = { wall: 1_000_000, steady: 5_000 };
  // The process was stopped; the machine slept; somebody set the clock back.
  expect(elapsedSince(moment, { wall: 1_020_000, steady: 25_000 })).toBe(20_000);
  expect(elapsedSince(moment, { wall: 1_020_000, steady: 5_001 })).toBe(20_000);
  expect(elapsedSince(moment, { wall: 900_000, steady: 25_000 })).toBe(20_000);
});
