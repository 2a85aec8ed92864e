import { newId } from "@/lib/core/id";
import type { DatabaseTarget, JobIo, ScratchTarget } from "../contract";
import { RunError, startError } from "../run-error";
import { forceDropDatabase, withCleanupIo } from "./postgres-cleanup";
import { type Connection, query, queryJson, withServer } from "./postgres-client";
import type { DatabaseServer } from "./postgres-restore";
import { literal } from "./postgres-sql";

/** Every database that this file may remove begins with it; the time of its making follows. */
const PREFIX = "belfry_restore_test_";
const NAME = new RegExp(`^${PREFIX}(\\d{8})_[0-9a-z]+$`);
const LEFT_AFTER_MS = 24 * 60 * 60_000;

/** Names a database for one restore test, which the restore makes. @throws RunError when the user may not make any */
export async function scratchDatabase(
  server: DatabaseServer,
  io: JobIo,
): Promise<ScratchTarget<DatabaseTarget<DatabaseServer>>> {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const database = `${PREFIX}${day}_${newId("x").slice(2)}`;
  await withServer(server, io, async (admin) => {
    const [may] = await query(admin, "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user", io);
    if (may !== "t") {
      throw startError(
        `The user ${server.user} may not create databases, so no restore can be tested on this server.`,
        "Give it the right: ALTER ROLE … CREATEDB.",
      );
    }
    await removeOldScratch(admin, io);
  });
  const remove = () =>
    withCleanupIo(server, io, (cleanup) =>
      withServer(server, cleanup, (admin) => dropScratch(admin, database, cleanup)),
    );
  return { target: { config: server, database }, remove };
}

/** Removes those that a killed test left more than a day ago and nobody is connected to. @returns their names */
export async function removeOldScratch(admin: Connection, io: JobIo, now = Date.now()): Promise<string[]> {
  const names = await queryJson<string>(
    admin,
    `SELECT to_json(datname) FROM pg_database d WHERE starts_with(datname, ${literal(PREFIX)})
     AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)`,
    io,
  );
  const old = names.filter((name) => now - dayOf(name) > LEFT_AFTER_MS * 2);
  for (const name of old) {
    // Another installation may be removing it at this moment, or it belongs to someone else.
    await dropScratch(admin, name, io).then(
      () => io.log(`Removed ${name}, which a restore test left`),
      (error: unknown) => io.log(`${name}, which a restore test left, could not be removed: ${String(error)}`),
    );
  }
  return old;
}

/** Midnight of the day of its making, milliseconds; never, for any other name. */
function dayOf(name: string): number {
  const day = NAME.exec(name)?.[1];
  if (!day) return Number.POSITIVE_INFINITY;
  return Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`);
}

async function dropScratch(admin: Connection, database: string, io: JobIo): Promise<void> {
  if (!NAME.test(database)) throw new RunError(`${database} is no database of a restore test.`);
  await forceDropDatabase(admin, database, io);
}
