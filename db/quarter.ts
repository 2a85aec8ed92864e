import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { QUARTER_MS } from "@/lib/core/quarter";

/** The quarter of an hour of a time, counted from 1970. @param at milliseconds */
export function quarterOf(at: SQLWrapper): SQL<number> {
  return sql<number>`${at} / ${sql.raw(String(QUARTER_MS))}`;
}
