import type { PgTable } from "drizzle-orm/pg-core";

/**
 * Locks the rows that a query of a transaction reads until that ends, so that nobody changes them in between.
 * For PostgreSQL; on SQLite a transaction that writes is alone anyway, and its query builder knows no locks.
 * @param options `of` when more tables are joined; `skipLocked` passes over rows that another one holds
 */
export function forUpdate(query: object, options: { of?: PgTable; skipLocked?: true }): void {
  if ("for" in query && typeof query.for === "function") query.for("update", options);
}
