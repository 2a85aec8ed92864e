import { getTableColumns } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";

/**
 * Rows as one parameter for PostgreSQL's `json_to_recordset` and `json_populate_recordset`, so that their number changes
 * neither the statement nor the round trips. Without what PostgreSQL's text cannot hold: NUL, and half a pair of UTF-16.
 */
export function jsonOf(rows: readonly object[]): string {
  return JSON.stringify(rows, (_key, value) => (typeof value === "string" ? cleaned(value) : value));
}

/** The same for rows of a table, all their columns, under the names of the columns. */
export function jsonOfTable<T extends PgTable>(table: T, rows: readonly T["$inferSelect"][]): string {
  const columns = Object.entries(getTableColumns(table));
  return jsonOf(
    rows.map((row) => Object.fromEntries(columns.map(([key, { name }]) => [name, row[key as keyof typeof row]]))),
  );
}

function cleaned(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes("\0") ? whole.replaceAll("\0", "") : whole;
}
