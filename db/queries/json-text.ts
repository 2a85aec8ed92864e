import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { databaseHandle } from "../client";

/** A text within a stored JSON object, by its name; null where there is none, or the row is damaged. */
export function jsonText(column: PgColumn, name: string): SQL<string | null> {
  return databaseHandle().kind === "sqlite"
    ? sql`case when json_valid(${column}) then json_extract(${column}, ${`$.${name}`}) end`
    : sql`${column} ->> ${name}`;
}
