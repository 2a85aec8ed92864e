import { type Column, type SQL, sql } from "drizzle-orm";

/**
 * `column = 'value'` or `column in ('a', 'b')` with the values in the text of the query instead of bound parameters:
 * SQLite uses a partial index only for a query that repeats the condition of the index literally.
 * @param values enums of the program; letters and underscores only
 */
export function isOneOf(column: Column, ...values: readonly string[]): SQL {
  for (const value of values) if (!/^[a-z_]+$/.test(value)) throw new Error(`Not a literal: ${value}`);
  const list = values.map((value) => `'${value}'`).join(", ");
  return values.length === 1 ? sql`${column} = ${sql.raw(list)}` : sql`${column} in (${sql.raw(list)})`;
}
