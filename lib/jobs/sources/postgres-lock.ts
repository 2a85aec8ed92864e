import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { JobIo } from "../contract";
import { RunError } from "../run-error";
import { type Connection, PSQL } from "./postgres-client";
import { postgresError } from "./postgres-error";
import { literal } from "./postgres-sql";

/** Belfry's own space of advisory locks: "blfy". */
const LOCK_SPACE = 0x62_6c_66_79;

/**
 * Does the work while no other restore into this database runs, from whichever process. The lock belongs to a session of the server
 * that this process holds open, so it ends with the process, however that ends.
 * @throws RunError when another restore has it
 */
export async function withRestoreLock<T>(
  admin: Connection,
  database: string,
  io: JobIo,
  work: () => Promise<T>,
): Promise<T> {
  const stdin = new PassThrough();
  const session = io.tools.start("psql", PSQL, { env: admin.env, stdin, silenceMs: null });
  session.ended.catch(() => undefined);
  try {
    stdin.write(
      `SELECT CASE WHEN pg_try_advisory_lock(${LOCK_SPACE}, hashtext(${literal(database)})) THEN 'free' ELSE 'taken' END;\n`,
    );
    const answer = await Promise.race([
      once(session.stdout, "data").then(([chunk]) => String(chunk).trim()),
      session.ended.then(({ stderr }) => Promise.reject(postgresError(stderr))),
    ]);
    if (answer !== "free") {
      throw new RunError(`Another restore into the database ${database} is running.`, {
        advice: "Wait for it, or choose another name.",
      });
    }
    return await work();
  } finally {
    session.stdout.resume();
    stdin.end();
    await session.ended.catch(() => undefined);
  }
}
