import { isStorageFault } from "@/db/faults";
import { isAppError, messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { untilAborted } from "./until-aborted";

const log = loggerOf("runner");

/** How long one try may take, milliseconds. */
const TRY_MS = 10_000;
/** How long is tried when Belfry stops and the database does not answer, milliseconds, and one such try. */
const STOP_PATIENCE_MS = 2_000;
const STOPPING_TRY_MS = 1_500;

/** True when the database cannot be written or reached at the moment: the same is worth trying again. */
export function canPass(error: unknown): boolean {
  return (isAppError(error) && error.code === "unavailable") || isStorageFault(error);
}

/**
 * Writes what must not be lost: a database that cannot be written now is tried until it can.
 * @param isStopping whether Belfry stops; then it is tried for two seconds
 * @param tryMs how long one try may take, milliseconds
 * @throws any error that trying again would not mend, also that one try hung
 */
export async function untilStored<T>(
  write: () => Promise<T>,
  isStopping: () => boolean,
  tryMs: number = TRY_MS,
): Promise<T> {
  let stoppedAt: number | null = null;
  for (let delay = 250; ; delay = Math.min(delay * 2, 10_000)) {
    try {
      return await withinTime(write, isStopping() ? Math.min(tryMs, STOPPING_TRY_MS) : tryMs);
    } catch (error) {
      if (isStopping()) stoppedAt ??= Date.now();
      if (!canPass(error) || (stoppedAt !== null && Date.now() - stoppedAt > STOP_PATIENCE_MS)) throw error;
      log.error("failed to store the state of a run, retrying", { error: messageOf(error) });
      await new Promise((resolve) => setTimeout(resolve, isStopping() ? 250 : delay));
    }
  }
}

async function withinTime<T>(write: () => Promise<T>, limitMs: number): Promise<T> {
  const limit = new AbortController();
  const late = new Error(`No answer within ${limitMs / 1_000} s.`);
  const timer = setTimeout(() => limit.abort(late), limitMs);
  try {
    return await untilAborted(limit.signal, write);
  } finally {
    clearTimeout(timer);
  }
}
