import { isConnectionLost, isDeadlock } from "./faults";

/** How long work is tried again before its caller is refused. */
const RETRY_FOR_MS = 5_000;
const RETRY_EVERY_MS = 100;

/**
 * Tries again what failed for a reason that passes: the connection was lost or cannot be made for the moment, or the
 * server ended one of two transactions that waited for each other.
 * @param attempt must be safe to repeat
 * @throws the error of the last attempt, and at once any other
 */
export async function retryPassing<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + RETRY_FOR_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const isPassing = isConnectionLost(error) || isDeadlock(error);
      if (!isPassing || performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_EVERY_MS));
  }
}
