import Database from "better-sqlite3";
import { drizzle as drizzleSqlite } from "drizzle-orm/better-sqlite3";
import { drizzle as drizzlePostgres, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import { AppError } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { peekRuntimeValue, setRuntimeValue } from "@/lib/core/runtime";
import { NulSafeClient } from "./nul-safe";
import * as postgresTables from "./schema/postgres";
import * as sqliteTables from "./schema/sqlite";

const log = loggerOf("db");

/** The tables of the database in use. Both dialects have the same names and types; PostgreSQL's stand for both. */
export type Tables = typeof postgresTables;
/** The query builder of the database in use. Await everything; no dialect functions outside `db/`. */
export type Orm = NodePgDatabase;

/** The one connection of the process: what both bundles share. Each makes its own query builder over it. */
export type Handle =
  | { kind: "sqlite"; raw: Database.Database; file: string }
  | { kind: "postgres"; pool: pg.Pool; url: string };

declare module "@/lib/core/runtime" {
  interface RuntimeValues {
    database: Handle;
  }
}

/** How long SQLite may block the event loop while another program writes; then we wait without blocking. */
const SQLITE_BUSY_MS = 100;

/**
 * Opens the database of this process and makes it the one that `database()` answers with.
 * @param options `url` none: SQLite in `file`, WAL, every commit synced to disk; `postgres://…`: a pool.
 * @throws AppError `unavailable` when the address is not understood
 */
export function openDatabase(options: { url?: string; file: string; poolSize?: number }): Handle {
  const handle = options.url ? openPostgres(options.url, options.poolSize ?? 10) : openSqlite(options.file);
  setRuntimeValue("database", handle);
  return handle;
}

function openSqlite(file: string): Handle {
  const raw = new Database(file, { timeout: SQLITE_BUSY_MS });
  raw.pragma("journal_mode = WAL");
  raw.pragma("synchronous = FULL");
  raw.pragma("foreign_keys = ON");
  raw.pragma("cache_size = -16000");
  raw.pragma("wal_autocheckpoint = 2000");
  return { kind: "sqlite", raw, file };
}

function openPostgres(url: string, max: number): Handle {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new AppError("unavailable", "DATABASE_URL must begin with postgres:// (leave it out to use SQLite).");
  }
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: "belfry",
    keepAlive: true,
    Client: NulSafeClient,
    connectionTimeoutMillis: 10_000,
  });
  pool.on("error", (error) => log.warn("a database connection was lost", { error }));
  return { kind: "postgres", pool, url };
}

export function databaseHandle(): Handle {
  const handle = peekRuntimeValue("database");
  if (!handle) throw new AppError("unavailable", "The database is not open.");
  return handle;
}

/** Closes the connection; what is written is already on disk. */
export async function closeDatabase(): Promise<void> {
  const handle = peekRuntimeValue("database");
  setRuntimeValue("database", undefined);
  if (handle?.kind === "sqlite") handle.raw.close();
  else await handle?.pool.end();
}

export interface Connection {
  orm: Orm;
  t: Tables;
}

let cached: { handle: Handle; connection: Connection } | undefined;

/** Query builder and tables of the open database. Cheap: one object per bundle. */
export function database(): Connection {
  const handle = databaseHandle();
  if (cached?.handle !== handle) {
    cached = {
      handle,
      connection:
        handle.kind === "sqlite"
          ? { orm: drizzleSqlite(handle.raw) as unknown as Orm, t: sqliteTables as unknown as Tables }
          : { orm: drizzlePostgres(handle.pool), t: postgresTables },
    };
  }
  return cached.connection;
}
