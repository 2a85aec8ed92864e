import { messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import type { RunProgress } from "@/lib/core/run-progress";

const log = loggerOf("progress");

/** How often the figures are read and noted, milliseconds. */
const EVERY_MS = 3_000;
/** Over how long the rate is measured, milliseconds: tools report their figures every ten seconds. */
const RATE_MS = 15_000;

export type ProgressFigures = Pick<RunProgress, "bytes" | "files">;

/**
 * Notes how far a run has come, every few seconds. What it reads are counters that the work keeps anyway, so it never
 * holds up a stream; a run that is over within seconds notes nothing, and notes that fail never fail the run.
 */
export class ProgressMeter {
  /** @param save never called again before it has resolved */
  constructor(
    private readonly save: (progress: RunProgress) => Promise<unknown>,
    private readonly everyMs: number = EVERY_MS,
  ) {}

  /** Reads these figures from now on. @returns ends that, once everything is stored; to be called in any case */
  follow(read: () => ProgressFigures): () => void {
    let from = { at: performance.now(), bytes: read().bytes };
    let saving: Promise<void> | null = null;
    let isNoted = false;
    const note = (bytesPerSecond: number | null) => {
      isNoted = true;
      saving = this.save({ ...read(), bytesPerSecond, at: Date.now() })
        .catch((error: unknown) => log.debug("failed to note the progress of a run", { error: messageOf(error) }))
        .then(() => {
          saving = null;
        });
    };
    const timer = setInterval(() => {
      if (saving) return;
      const at = performance.now();
      const { bytes } = read();
      note(Math.max(0, Math.round(((bytes - from.bytes) * 1_000) / (at - from.at))));
      if (at - from.at >= RATE_MS) from = { at, bytes };
    }, this.everyMs);
    return () => {
      clearInterval(timer);
      if (isNoted) void Promise.resolve(saving).then(() => note(null));
    };
  }
}
