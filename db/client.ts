import Database from "better-sqlite3";
import { drizzle as drizzleSqlite } from "drizzle-orm/better-sqlite3";
import { drizzle as drizzlePostgres } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { peekRuntimeValue, setRuntimeValue } from "@/lib/core/runtime";
import type { CommitGroup } from "./commit-group";
import type { DatabaseConnection, Orm, PreparedStatement, Tables } from "./connection";
import { ConnectionWatch } from "./connection-watch";
import { PostgresNotices } from "./postgres-notices";
import { openPool } from "./postgres-pool";
import * as postgresTables from "./schema/postgres";
import * as sqliteTables from "./schema/sqlite";
import type { TransactionGroup } from "./transaction-group";

export type { DatabaseConnection, Tables } from "./connection";

interface HandleBase {
  /** The query builders over this handle: each bundle makes its own. */
  connections: Map<symbol, DatabaseConnection>;
}

export interface SqliteHandle extends HandleBase {
  kind: "sqlite";
  raw: Database.Database;
  file: string;
  /** The statements around every transaction. */
  control: Record<"begin" | "commit" | "savepoint" | "release", Database.Statement>;
  group: CommitGroup;
}

export interface PostgresHandle extends HandleBase {
  kind: "postgres";
  pool: pg.Pool;
  watch: ConnectionWatch;
  url: string;
  /** Names this process in its notices. */
  origin: string;
  notices: PostgresNotices;
  /** The query builders over each connection of the pool, by the tables of the bundle. */
  clients: WeakMap<pg.PoolClient, Map<Tables, DatabaseConnection>>;
  /** Work of several callers for one transaction, by the body that does it. */
  groups: Map<object, TransactionGroup>;
}

/** The one connection of the process: what both bundles share. */
export type Handle = SqliteHandle | PostgresHandle;

declare module "@/lib/core/runtime" {
  interface RuntimeValues {
    database: Handle;
  }
}

/** Names this copy of the module among the bundles of the process. */
const BUNDLE = Symbol("bundle");
/** How long SQLite may block the event loop while another program writes; then we wait without blocking. */
const SQLITE_BUSY_MS = 100;

/**
 * Opens the database of this process and makes it the one that `database()` returns.
 * @param options `url` none: SQLite in `file`, WAL, every commit synced to disk; `postgres://…`: a pool.
 * @throws AppError `unavailable` when the address is invalid
 */
export function openDatabase(options: { url?: string; file: string; poolSize?: number }): Handle {
  const handle = options.url ? openPostgres(options.url, options.poolSize ?? 10) : openSqlite(options.file);
  setRuntimeValue("database", handle);
  return handle;
}

function openSqlite(file: string): SqliteHandle {
  const raw = new Database(file, { timeout: SQLITE_BUSY_MS });
  raw.pragma("journal_mode = WAL");
  raw.pragma("synchronous = FULL");
  raw.pragma("foreign_keys = ON");
  raw.pragma("cache_size = -16000");
  raw.pragma("wal_autocheckpoint = 2000");
  const control = {
    begin: raw.prepare("BEGIN IMMEDIATE"),
    commit: raw.prepare("COMMIT"),
    savepoint: raw.prepare("SAVEPOINT body"),
    release: raw.prepare("RELEASE body"),
  };
  const group = { waiting: [], isScheduled: false, patience: null, blockedSince: null };
  return { kind: "sqlite", raw, file, control, group, connections: new Map() };
}

function openPostgres(url: string, max: number): PostgresHandle {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new AppError("unavailable", "DATABASE_URL must begin with postgres:// (leave it out to use SQLite).");
  }
  const watch = new ConnectionWatch();
  const pool = openPool(url, max, watch);
  const origin = newId("prc");
  const notices = new PostgresNotices(pool, origin);
  const own = { clients: new WeakMap(), groups: new Map(), connections: new Map() };
  return { kind: "postgres", pool, watch, url, origin, notices, ...own };
}

export function databaseHandle(): Handle {
  const handle = peekRuntimeValue("database");
  if (!handle) throw new AppError("unavailable", "The database is not open.");
  return handle;
}

/** Closes the connection; committed data is already on disk. */
export async function closeDatabase(): Promise<void> {
  const handle = peekRuntimeValue("database");
  setRuntimeValue("database", undefined);
  if (handle?.kind === "sqlite") handle.raw.close();
  else if (handle) {
    await handle.notices.flush();
    await handle.pool.end();
  }
}

/** Query builder and tables of the open database. Cheap: one object per bundle. */
export function database(): DatabaseConnection {
  const handle = databaseHandle();
  let connection = handle.connections.get(BUNDLE);
  if (!connection) {
    connection = connect(handle);
    handle.connections.set(BUNDLE, connection);
  }
  return connection;
}

function connect(handle: Handle): DatabaseConnection {
  const prepared = new Map<string, PreparedStatement>();
  return handle.kind === "sqlite"
    ? { orm: drizzleSqlite(handle.raw) as unknown as Orm, t: sqliteTables as unknown as Tables, prepared }
    : { orm: drizzlePostgres(handle.pool), t: postgresTables, prepared };
}
