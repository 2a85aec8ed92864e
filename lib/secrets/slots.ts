import { AppError } from "@/lib/core/errors";

/**
 * Lets at most `size` of something run at once; the others wait in line, at most `maxWaiting` of them.
 * @returns runs the work in its turn; rejects with AppError `limit` when the line is full
 */
export function makeSlots(size: number, maxWaiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const line: (() => void)[] = [];
  return async (work) => {
    if (running >= size) {
      if (line.length >= maxWaiting) {
        throw new AppError("limit", "Too many people are signing in at once. Try again in a moment.", {
          retryAfterSeconds: 5,
        });
      }
      await new Promise<void>((turn) => line.push(turn));
    } else running++;
    try {
      return await work();
    } finally {
      const next = line.shift();
      // The slot passes on to the next in line.
      if (next) next();
      else running--;
    }
  };
}
