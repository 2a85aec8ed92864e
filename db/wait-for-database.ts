import { AppError, messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { databaseHandle } from "./client";
import { isConnectionLost } from "./faults";

const log = loggerOf("db");
const RETRY_EVERY_MS = 500;

/** Of user and password in a `DATABASE_URL` (RFC 3986, section 2.1). */
export const ENCODING_ADVICE =
  "In user and password of DATABASE_URL, encode % as %25, # as %23, @ as %40, / as %2F, ? as %3F, and [ ] as %5B %5D.";

/**
 * Waits for a PostgreSQL server that comes up after this program, and says so. On SQLite there is nothing to wait for.
 * @param patienceMs how long it waits for a server that is not there yet; one that refuses is not asked again
 * @throws AppError `unavailable` with what to check when the server cannot be used
 */
export async function waitForDatabase(patienceMs: number): Promise<void> {
  const handle = databaseHandle();
  if (handle.kind === "sqlite") return;
  const { host } = new URL(handle.url);
  const seconds = Math.round(patienceMs / 1000);
  const beganAt = performance.now();
  for (let tries = 0; ; tries++) {
    try {
      const client = await handle.pool.connect();
      client.release();
      if (tries > 0) log.info("the database answers", { host, waitedMs: Math.round(performance.now() - beganAt) });
      return;
    } catch (error) {
      const isOver = performance.now() - beganAt >= patienceMs;
      if (!isConnectionLost(error) || isOver) throw unusable(error, isConnectionLost(error) ? seconds : 0);
      if (tries === 0)
        log.warn(`the database does not answer yet, waiting up to ${seconds} s for it`, {
          host,
          reason: messageOf(error),
        });
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_EVERY_MS));
  }
}

function unusable(error: unknown, waitedSeconds: number): AppError {
  const isRefused = String((error as { code?: unknown }).code).startsWith("28");
  const waited = waitedSeconds > 0 ? ` after ${waitedSeconds} s of waiting` : "";
  const sentence = `The database that DATABASE_URL names cannot be used${waited}: ${messageOf(error)}. Check address, user and password, and that PostgreSQL runs there.`;
  return new AppError("unavailable", isRefused ? `${sentence} ${ENCODING_ADVICE}` : sentence, { cause: error });
}
