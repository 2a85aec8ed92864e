/**
 * Waits for work, but no longer than until the signal aborts: work that hangs cannot hold up the run that waits for it.
 * @param onLate cleans up what the work yields after the signal has aborted
 * @throws the signal's reason once it has aborted; what the work throws
 */
export async function untilAborted<T>(
  signal: AbortSignal,
  work: () => Promise<T>,
  onLate?: (value: T) => unknown,
): Promise<T> {
  signal.throwIfAborted();
  let isLate = false;
  let stopWaiting: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => {
      isLate = true;
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    stopWaiting = () => signal.removeEventListener("abort", onAbort);
  });
  const working = work();
  // Once nobody waits for it, its value is cleaned up and its error dropped.
  working.then((value) => (isLate ? onLate?.(value) : undefined)).catch(() => undefined);
  try {
    return await Promise.race([working, aborted]);
  } finally {
    stopWaiting();
  }
}

/** Does what may fail or hang without harm: waits at most so long, and never throws. @param limitMs milliseconds */
export async function upTo(limitMs: number, work: () => Promise<unknown>): Promise<void> {
  await untilAborted(AbortSignal.timeout(limitMs), work).catch(() => undefined);
}
