import { Loop } from "@/lib/core/loop";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { countOpenSignals } from "./count-signals";

const TICK_MS = 1_000;

interface SignalCountingOptions {
  /** Whether this process is the one that counts: of several, the one that leads the schedule. */
  leads?: () => boolean;
  clock?: () => number;
}

/** Counts what other programs report, as soon as it arrives and once a second. A background part with `start` and `stop`. */
export class SignalCounting {
  readonly name = "signals";
  private readonly loop: Loop;
  private timer: NodeJS.Timeout | undefined;

  constructor({
    leads = () => (peekRuntimeValue("lastTickAt") ?? null) !== null,
    clock = Date.now,
  }: SignalCountingOptions = {}) {
    const options = { name: this.name, intervalMs: TICK_MS, topics: ["signals"] as const, gatherMs: 20 };
    this.loop = new Loop(options, async () => {
      if (!leads()) return;
      const { wakeAt, hasMore } = await countOpenSignals(clock());
      clearTimeout(this.timer);
      const wait = hasMore ? 0 : wakeAt === null ? TICK_MS : Math.max(0, wakeAt - clock());
      // The next look comes by itself within a second.
      if (wait < TICK_MS) this.timer = setTimeout(() => void this.loop.run(), wait);
    });
  }

  start(): Promise<void> {
    return this.loop.start();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.loop.stop();
    clearTimeout(this.timer);
  }

  /** One look. Looks never overlap. */
  tick(): Promise<void> {
    return this.loop.run();
  }
}
