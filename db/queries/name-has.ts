import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";

/** A condition: the name contains the text, case-insensitively. None for no text. */
export function nameHas(column: PgColumn, text: string | undefined): SQL | undefined {
  return text ? textHas(column, text) : undefined;
}

/** A condition: a text contains another one, case-insensitively. What the other one holds is no pattern. */
export function textHas(expression: PgColumn | SQL, text: string): SQL {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  return sql`lower(${expression}) like ${pattern} escape '\\'`;
}
