import { afterEach, expect, test, vi } from "vitest";
import { publish } from "./bus";
import { Loop } from "./loop";

const loops: Loop[] = [];
afterEach(async () => {
  for (const loop of loops.splice(0)) await loop.stop();
});

function loopOf(work: () => Promise<unknown>, more: Partial<ConstructorParameters<typeof Loop>[0]> = {}): Loop {
  const loop = new Loop({ name: "test", intervalMs: 3_600_000, ...more }, work);
  loops.push(loop);
  return loop;
}

/** Work that ends when the test says so. */
function held() {
  const ends: (() => void)[] = [];
  return {
    work: () => new Promise<void>((resolve) => ends.push(resolve)),
    get begun() {
      return ends.length;
    },
    end: (at: number) => ends[at]?.(),
  };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("never runs twice at once; what is asked for meanwhile follows as one run", async () => {
  const work = held();
  const loop = loopOf(work.work);
  await loop.start();
  void loop.run();
  const last = loop.run();
  void loop.run();
  await turn();
  expect(work.begun).toBe(1);
  work.end(0);
  await turn();
  expect(work.begun).toBe(2);
  work.end(1);
  await last;
  expect(work.begun).toBe(2);
});

test("runs on a notice of its topics and on no other", async () => {
  let runs = 0;
  const loop = loopOf(
    async () => {
      runs++;
    },
    { topics: ["settings"] },
  );
  await loop.start();
  publish({ topic: "jobs" });
  await turn();
  expect(runs).toBe(0);
  publish({ topic: "settings" });
  await turn();
  expect(runs).toBe(1);
});

test("a run that throws does not end the loop", async () => {
  let runs = 0;
  const loop = loopOf(async () => {
    runs++;
    throw new Error("no");
  });
  await loop.start();
  await loop.run();
  await loop.run();
  expect(runs).toBe(2);
});

test("stop waits for the run under way, and nothing runs after it", async () => {
  const work = held();
  const loop = loopOf(work.work, { topics: ["settings"], runsAtStart: false });
  await loop.start();
  void loop.run();
  void loop.run();
  await turn();
  let isStopped = false;
  const stopped = loop.stop().then(() => {
    isStopped = true;
  });
  await turn();
  expect(isStopped).toBe(false);
  work.end(0);
  await stopped;
  publish({ topic: "settings" });
  await loop.run();
  expect(work.begun).toBe(1);
});

test("the interval may have a first run of its own, and may keep to the clock", async () => {
  vi.useFakeTimers({ now: 400 });
  try {
    const at: Record<string, number[]> = { early: [], aligned: [] };
    const note = (name: string) => async () => {
      at[name]?.push(Date.now());
    };
    await loopOf(note("early"), { intervalMs: 1_000, firstAfterMs: 100 }).start();
    await loopOf(note("aligned"), { intervalMs: 1_000, alignsToClock: true }).start();
    await vi.advanceTimersByTimeAsync(2_700);
    expect(at).toEqual({ early: [500, 1_500, 2_500], aligned: [1_000, 2_000, 3_000] });
  } finally {
    vi.useRealTimers();
  }
});

test("the same failure is logged once a minute, another one and one after a success at once", async () => {
  vi.useFakeTimers();
  const written = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  try {
    let reason: string | null = "no database";
    const loop = loopOf(async () => {
      if (reason !== null) throw new Error(reason);
    });
    const logged = async () => {
      written.mockClear();
      await loop.run();
      return written.mock.calls.length;
    };
    expect([await logged(), await logged()]).toEqual([1, 0]);
    vi.advanceTimersByTime(60_000);
    expect([await logged(), await logged()]).toEqual([1, 0]);
    reason = "no disk";
    expect([await logged(), await logged()]).toEqual([1, 0]);
    reason = null;
    expect(await logged()).toBe(0);
    reason = "no disk";
    expect(await logged()).toBe(1);
  } finally {
    vi.restoreAllMocks();
    vi.useRealTimers();
  }
});
