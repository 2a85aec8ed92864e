import type { PgTable } from "drizzle-orm/pg-core";

/**
 * Locks the rows that a query reads until its transaction ends, so that no other transaction changes them in between.
 * For PostgreSQL; on SQLite only one transaction writes at a time, and its query builder has no locks.
 * @param options `of` when more tables are joined; `skipLocked` skips rows that another transaction locks
 */
export function forUpdate(query: object, options: { of?: PgTable; skipLocked?: true }): void {
  if ("for" in query && typeof query.for === "function") query.for("update", options);
}
