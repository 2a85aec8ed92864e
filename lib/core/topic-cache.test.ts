import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { publish } from "./bus";
import { topicCache, topicCacheById } from "./topic-cache";

/** Loads that end when the test says so, in any order. */
function controlledLoads<Value>() {
  const started: { id: string; resolve(value: Value): void; reject(error: Error): void }[] = [];
  const load = vi.fn((id = "") => {
    return new Promise<Value>((resolve, reject) => {
      started.push({ id, resolve, reject });
    });
  });
  return { started, load, nth: (index: number) => started[index] ?? expect.fail(`load ${index} did not start`) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("a cache by id", () => {
  test("loads once, then answers from memory", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load);
    expect(cache.fresh("a")).toBeUndefined();
    const first = cache.read("a");
    nth(0).resolve("one");
    expect(await first).toBe("one");
    expect(await cache.read("a")).toBe("one");
    expect(cache.fresh("a")).toBe("one");
    expect(load).toHaveBeenCalledTimes(1);
  });

  test("a notice before the load ends: the value is returned and not kept", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load);
    const first = cache.read("a");
    publish({ topic: "channels", ids: ["a"] });
    nth(0).resolve("stale");
    expect(await first).toBe("stale");
    expect(cache.fresh("a")).toBeUndefined();
    expect(cache.last("a")).toBeUndefined();
    const second = cache.read("a");
    nth(1).resolve("new");
    expect(await second).toBe("new");
    expect(cache.fresh("a")).toBe("new");
  });

  test("a notice for another id before the load ends: the value is kept", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load);
    const first = cache.read("a");
    publish({ topic: "channels", ids: ["b"] });
    nth(0).resolve("one");
    await first;
    expect(cache.fresh("a")).toBe("one");
  });

  test("a notice of another topic before the load ends: the value is kept", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load);
    const first = cache.read("a");
    publish({ topic: "jobs", ids: ["a"] });
    publish({ topic: "jobs" });
    nth(0).resolve("one");
    await first;
    expect(cache.fresh("a")).toBe("one");
  });

  test("a notice without ids before the load ends: no value of any id is kept", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load);
    const both = Promise.all([cache.read("a"), cache.read("b")]);
    publish({ topic: "channels" });
    nth(0).resolve("one");
    nth(1).resolve("two");
    expect(await both).toEqual(["one", "two"]);
    expect([cache.fresh("a"), cache.fresh("b")]).toEqual([undefined, undefined]);
  });

  test("two reads at once share one load", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load);
    const both = Promise.all([cache.read("a"), cache.read("a")]);
    nth(0).resolve("one");
    expect(await both).toEqual(["one", "one"]);
    expect(load).toHaveBeenCalledTimes(1);
  });

  test("loads of two ids at once are independent", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load);
    const both = Promise.all([cache.read("a"), cache.read("b")]);
    publish({ topic: "channels", ids: ["a"] });
    nth(1).resolve("two");
    nth(0).resolve("one");
    expect(await both).toEqual(["one", "two"]);
    expect([cache.fresh("a"), cache.fresh("b")]).toEqual([undefined, "two"]);
  });

  test("a notice between two reads: the second loads anew, and the first cannot overwrite it, whichever ends first", async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { load, nth } = controlledLoads<string | null>();
      const cache = topicCacheById<string>("channels", load);
      const first = cache.read("a");
      publish({ topic: "channels", ids: ["a"] });
      const second = cache.read("a");
      for (const index of order) {
        nth(index).resolve(index === 0 ? "stale" : "new");
        await (index === 0 ? first : second);
      }
      expect([await first, await second]).toEqual(["stale", "new"]);
      expect(cache.fresh("a")).toBe("new");
      expect(load).toHaveBeenCalledTimes(2);
    }
  });

  test("the failure of a load that a notice made obsolete does not disturb the one that followed", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load);
    const first = cache.read("a");
    publish({ topic: "channels", ids: ["a"] });
    const second = cache.read("a");
    nth(0).reject(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    const third = cache.read("a");
    nth(1).resolve("new");
    expect(await Promise.all([second, third])).toEqual(["new", "new"]);
    expect(load).toHaveBeenCalledTimes(2);
  });

  test("a load that fails rejects everyone who shares it, is not kept, and the next read tries again", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load);
    const both = [cache.read("a"), cache.read("a")];
    nth(0).reject(new Error("no database"));
    for (const read of both) await expect(read).rejects.toThrow("no database");
    const next = cache.read("a");
    nth(1).resolve("one");
    expect(await next).toBe("one");
    expect(cache.fresh("a")).toBe("one");
  });

  test("a load that throws at once rejects and is not kept", async () => {
    const load = vi.fn<(id: string) => Promise<string>>(() => {
      throw new Error("not open");
    });
    const cache = topicCacheById<string>("channels", load);
    await expect(cache.read("a")).rejects.toThrow("not open");
    load.mockResolvedValueOnce("one");
    expect(await cache.read("a")).toBe("one");
  });

  test("a notice after the load drops the value of its id alone", async () => {
    const cache = topicCacheById<string>("channels", async (id) => id);
    await Promise.all([cache.read("a"), cache.read("b")]);
    publish({ topic: "channels", ids: ["a"] });
    expect([cache.fresh("a"), cache.fresh("b")]).toEqual([undefined, "b"]);
    publish({ topic: "channels" });
    expect(cache.fresh("b")).toBeUndefined();
  });

  test("a notice of a clearing topic drops everything, and what is being loaded", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load, { clearedBy: ["settings"] });
    const first = cache.read("a");
    nth(0).resolve("one");
    await first;
    const second = cache.read("b");
    publish({ topic: "settings", ids: ["email"] });
    nth(1).resolve("two");
    await second;
    expect([cache.fresh("a"), cache.fresh("b")]).toEqual([undefined, undefined]);
  });

  test("what is not there is not kept", async () => {
    const load = vi.fn(async () => null as string | null);
    const cache = topicCacheById<string>("channels", load);
    expect(await cache.read("a")).toBeNull();
    expect(cache.fresh("a")).toBeUndefined();
    load.mockResolvedValueOnce("one");
    expect(await cache.read("a")).toBe("one");
  });

  test("a row that disappeared without a notice is dropped when it is read again", async () => {
    const load = vi.fn(async () => "one" as string | null);
    const cache = topicCacheById<string>("channels", load, { maxAgeMs: 1_000 });
    await cache.read("a");
    vi.advanceTimersByTime(1_000);
    load.mockResolvedValueOnce(null);
    expect(await cache.read("a")).toBeNull();
    expect(cache.last("a")).toBeUndefined();
  });

  test("an old value is read again; when that fails, it is still the last one", async () => {
    const load = vi.fn(async () => "one" as string | null);
    const cache = topicCacheById<string>("channels", load, { maxAgeMs: 1_000 });
    await cache.read("a");
    vi.advanceTimersByTime(999);
    expect(cache.fresh("a")).toBe("one");
    vi.advanceTimersByTime(1);
    expect(cache.fresh("a")).toBeUndefined();
    load.mockRejectedValueOnce(new Error("no database"));
    await expect(cache.read("a")).rejects.toThrow("no database");
    expect(cache.last("a")).toBe("one");
    load.mockResolvedValueOnce("two");
    expect(await cache.read("a")).toBe("two");
    expect(cache.fresh("a")).toBe("two");
  });

  test("fault A18: what was read while the clock was ahead grows old all the same", async () => {
    const load = vi.fn(async () => "one" as string | null);
    const cache = topicCacheById<string>("channels", load, { maxAgeMs: 1_000 });
    const now = Date.now();
    vi.setSystemTime(now + 1_461 * 86_400_000);
    await cache.read("a");
    vi.setSystemTime(now);
    vi.advanceTimersByTime(1_000);
    expect(cache.fresh("a")).toBeUndefined();
  });

  test("the age counts from the beginning of the load", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load, { maxAgeMs: 1_000 });
    const first = cache.read("a");
    vi.advanceTimersByTime(600);
    nth(0).resolve("one");
    await first;
    expect(cache.fresh("a")).toBe("one");
    vi.advanceTimersByTime(400);
    expect(cache.fresh("a")).toBeUndefined();
  });

  test("keeps no more values than its limit, the newest ones", async () => {
    const cache = topicCacheById<string>("channels", async (id) => id, { limit: 2 });
    for (const id of ["a", "b", "c"]) await cache.read(id);
    expect(["a", "b", "c"].map((id) => cache.fresh(id))).toEqual([undefined, "b", "c"]);
  });

  test("clear drops values and what is being loaded", async () => {
    const { load, nth } = controlledLoads<string | null>();
    const cache = topicCacheById<string>("channels", load);
    const first = cache.read("a");
    cache.clear();
    nth(0).resolve("one");
    await first;
    expect(cache.last("a")).toBeUndefined();
  });
});

describe("a cache of one value", () => {
  test("is dropped by any notice of its topics, whatever ids it names", async () => {
    const load = vi.fn(async () => load.mock.calls.length);
    const cache = topicCache(["settings", "users"], load);
    expect(await cache.read()).toBe(1);
    publish({ topic: "settings", ids: ["general"] });
    expect(cache.fresh()).toBeUndefined();
    expect(await cache.read()).toBe(2);
    publish({ topic: "users" });
    expect(await cache.read()).toBe(3);
    publish({ topic: "jobs" });
    expect(cache.fresh()).toBe(3);
  });

  test("a notice while it loads: the value is returned and not kept", async () => {
    const { load, nth } = controlledLoads<string>();
    const cache = topicCache<string>("settings", () => load());
    const first = cache.read();
    publish({ topic: "settings" });
    const second = cache.read();
    nth(1).resolve("new");
    await second;
    nth(0).resolve("stale");
    expect([await first, await second]).toEqual(["stale", "new"]);
    expect(cache.fresh()).toBe("new");
  });

  test("keeps a value that is null or undefined", async () => {
    const load = vi.fn(async () => null);
    const cache = topicCache("settings", load);
    expect([await cache.read(), await cache.read()]).toEqual([null, null]);
    expect(load).toHaveBeenCalledTimes(1);
  });

  test("the last value is there when it is too old and cannot be read again", async () => {
    const load = vi.fn(async () => "one");
    const cache = topicCache("settings", load, { maxAgeMs: 1_000 });
    await cache.read();
    vi.advanceTimersByTime(5_000);
    load.mockRejectedValueOnce(new Error("no database"));
    await expect(cache.read()).rejects.toThrow("no database");
    expect([cache.fresh(), cache.last()]).toEqual([undefined, "one"]);
    cache.clear();
    expect(cache.last()).toBeUndefined();
  });
});
