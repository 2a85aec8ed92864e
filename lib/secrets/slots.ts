import { AppError } from "@/lib/core/errors";

/**
 * Limits concurrency to `size`; further work waits in a queue of at most `maxWaiting`.
 * @returns a function that runs the work when a slot is free; it rejects with AppError `limit` when the queue is full
 */
export function makeSlots(size: number, maxWaiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (work) => {
    if (running >= size) {
      if (queue.length >= maxWaiting) {
        throw new AppError("limit", "Too many people are signing in at once. Try again in a moment.", {
          retryAfterSeconds: 5,
        });
      }
      await new Promise<void>((resolve) => queue.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      // The slot passes to the next in the queue.
      if (next) next();
      else running--;
    }
  };
}
