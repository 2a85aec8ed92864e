import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";

/** A condition: the name contains the text, case-insensitively. None for no text. */
export function nameHas(column: PgColumn, text: string | undefined): SQL | undefined {
  if (!text) return undefined;
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  return sql`lower(${column}) like ${pattern} escape '\\'`;
}
