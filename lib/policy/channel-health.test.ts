import { describe, expect, it } from "vitest";
import {
  afterFailure,
  afterPause,
  afterSuccess,
  type ChannelHealthState,
  gateOf,
  isRetryingLong,
  ownDelay,
  probeDelay,
  withoutImpossibleTimes,
} from "./channel-health";
import { fullBucket, refill, waitFor, windowWait } from "./rate";

const well: ChannelHealthState = {
  health: "healthy",
  retryingSince: null,
  failures: 0,
  nextProbeAt: null,
  pausedUntil: null,
  pausedSince: null,
  lastSuccessAt: null,
  lastErrorAt: null,
  lastError: null,
};
const alone = { error: "refused", isProbe: false, isAlone: true, random: 0 };
const probe = { ...alone, isProbe: true };

describe("a channel that retries", () => {
  it("is probed after 1, 2, 4, 8 s, then every 10 s for 10 min, every minute for an hour, every 5 min", () => {
    expect([1, 2, 3, 4].map((n) => probeDelay(n, 0))).toEqual([1000, 2000, 4000, 8000]);
    expect(probeDelay(5, 20_000)).toBe(10_000);
    expect(probeDelay(80, 601_000)).toBe(60_000);
    expect(probeDelay(200, 4_201_000)).toBe(300_000);
  });

  it("closes at once when nothing else says that it is well, and opens fully with one success", () => {
    const retrying = afterFailure(well, 1_000, alone);
    expect(retrying).toMatchObject({ health: "retrying", retryingSince: 1_000, nextProbeAt: 2_000 });
    expect(gateOf(retrying, 1_500)).toEqual({ kind: "closed", until: 2_000 });
    expect(gateOf(retrying, 2_000)).toEqual({ kind: "probe" });
    const again = afterFailure(retrying, 2_000, probe);
    expect(again.nextProbeAt).toBe(4_000);
    expect(gateOf(afterSuccess(again, 4_000), 4_000)).toEqual({ kind: "open" });
  });

  it("takes late answers of what was under way for no new evidence", () => {
    const retrying = afterFailure(well, 1_000, alone);
    expect(afterFailure(retrying, 1_100, alone)).toMatchObject({ failures: 1, nextProbeAt: retrying.nextProbeAt });
  });

  it("stays open while others get through: the failure is the delivery's own, until three in a row", () => {
    let queue: ChannelHealthState = { ...well, lastSuccessAt: 900 };
    queue = afterFailure(queue, 1_000, alone);
    expect(queue.health).toBe("healthy");
    queue = afterFailure(queue, 1_010, alone);
    expect(queue.health).toBe("healthy");
    queue = afterFailure(queue, 1_020, alone);
    expect(queue.health).toBe("retrying");
  });

  it("a delivery that fails by itself waits 1 s, doubling to 5 min, up to a tenth less", () => {
    expect([1, 2, 3, 20].map((n) => ownDelay(n, 0))).toEqual([1_000, 2_000, 4_000, 300_000]);
    expect(ownDelay(1, 1)).toBe(900);
  });
});

describe("a pause", () => {
  it("holds for what the service asked, at least 1 s and at most 24 h, and only grows", () => {
    const paused = afterPause(well, 0, 5_000, "slow down");
    expect(gateOf(paused, 4_999)).toMatchObject({ kind: "closed" });
    expect(gateOf(paused, 5_100)).toEqual({ kind: "open" });
    expect(afterPause(paused, 100, 10, "slow down").pausedUntil).toBe(paused.pausedUntil);
    expect(afterPause(well, 0, 10, "x").pausedUntil).toBeGreaterThanOrEqual(1_000);
    expect(afterPause(well, 0, 1e12, "x").pausedUntil).toBeLessThan(86_400_000 + 100);
  });
  it("outlives a success that was under way", () => {
    const paused = afterSuccess(afterPause(well, 0, 5_000, "x"), 10);
    expect(gateOf(paused, 1_000)).toMatchObject({ kind: "closed" });
    expect(paused.health).toBe("paused");
  });
  it("is reported to others when it is longer than 15 minutes, as retrying is", () => {
    expect(isRetryingLong(afterPause(well, 0, 16 * 60_000, "x"), 1)).toBe(true);
    expect(isRetryingLong(afterPause(well, 0, 14 * 60_000, "x"), 1)).toBe(false);
    const retrying = afterFailure(well, 0, alone);
    expect(isRetryingLong(retrying, 14 * 60_000)).toBe(false);
    expect(isRetryingLong(retrying, 16 * 60_000)).toBe(true);
  });
});

describe("a rate", () => {
  it("lets a burst through, then refills evenly", () => {
    const rate = { requests: 5, perMs: 2_000 };
    let bucket = fullBucket(rate, 0);
    bucket = { ...bucket, tokens: 0 };
    expect(waitFor(bucket, rate)).toBe(400);
    bucket = refill(bucket, rate, 400);
    expect(waitFor(bucket, rate)).toBe(0);
    expect(refill(bucket, rate, 1e9).tokens).toBe(5);
  });
});

describe("fault A18: a channel whose state was dated by a clock that was ahead", () => {
  const now = 1_800_000_000_000;
  const ahead = now + 1_461 * 86_400_000;

  it("fault A18: is probed, and not paused, when it is looked at", () => {
    const retrying = { ...well, health: "retrying" as const, retryingSince: ahead, failures: 3, nextProbeAt: ahead };
    expect(gateOf(retrying, now)).toMatchObject({ kind: "closed" });
    expect(gateOf(withoutImpossibleTimes(retrying, now), now)).toEqual({ kind: "probe" });
    const paused = { ...well, health: "paused" as const, pausedUntil: ahead, pausedSince: ahead };
    expect(gateOf(withoutImpossibleTimes(paused, now), now)).toEqual({ kind: "open" });
  });

  it("fault A18: fails as a channel does that had no success, and is reported when it fails for long", () => {
    const seen = withoutImpossibleTimes({ ...well, lastSuccessAt: ahead, lastErrorAt: ahead }, now);
    expect(seen).toMatchObject({ lastSuccessAt: now, lastErrorAt: now });
    const retrying = withoutImpossibleTimes({ ...well, retryingSince: ahead }, now);
    expect(isRetryingLong(retrying, now + 16 * 60_000)).toBe(true);
  });

  it("fault A18: keeps the longest pause and the latest probe that it can have", () => {
    const paused = afterPause(well, now, 24 * 3_600_000, "slow down");
    expect(withoutImpossibleTimes(paused, now)).toBe(paused);
    const retrying = { ...well, retryingSince: now, nextProbeAt: now + probeDelay(500, 90 * 60_000) };
    expect(withoutImpossibleTimes(retrying, now)).toBe(retrying);
  });
});

it("fault B11: within a window no span holds more than the rate, however the requests come", () => {
  const rate = { requests: 6, perMs: 60_000 };
  const times: number[] = [];
  for (let now = 0; now < 600_000; now += 700) {
    const wait = windowWait(times, rate, now);
    if (wait === 0) times.push(now);
    else expect(windowWait(times, rate, now + wait)).toBe(0);
  }
  expect(times.length).toBeGreaterThanOrEqual(58);
  for (const [index, at] of times.entries()) {
    expect(times.filter((one) => one >= at && one < at + 60_000).length).toBeLessThanOrEqual(6);
    expect(index < 6 || at - (times[index - 6] ?? 0) >= 60_000).toBe(true);
  }
});
