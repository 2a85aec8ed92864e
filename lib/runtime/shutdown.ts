import type { Server } from "node:http";

const SWEEP_MS = 100;

/**
 * Takes no new connection, lets the requests under way finish, and closes the rest.
 * @param limitMs after this, connections are cut: a half-sent upload would otherwise hold the server open
 */
export async function endWithin(server: Server, limitMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await settleWithin(closed, limitMs);
  clearInterval(sweep);
  server.closeAllConnections();
}

/** Waits for a promise, at most `limitMs`. */
export async function settleWithin(promise: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}
