import { and, desc, gte, lt, type SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { database } from "../client";

/** Rows that a search looks at in one turn of the event loop. */
const PIECE = 10_000;

/** Between which ids a list is read; none: from its end, to its beginning. */
export interface IdSpan {
  /** Only ids before this one. */
  before?: string;
  /** Only ids from this one on. */
  since?: string;
}

/** The condition of a span, by the primary key. */
export function isInSpan(id: PgColumn, { before, since }: IdSpan): SQL | undefined {
  return and(before ? lt(id, before) : undefined, since ? gte(id, since) : undefined);
}

/**
 * Searches a list that only reading finds something in, newest first. On SQLite a query keeps everything else waiting, and a
 * text that occurs nowhere is compared with every row: so the list is read in pieces, between which others have their turn.
 * @param list reads the matching rows of a span, at most `limit`
 */
export async function searchInPieces<R>(
  { table, id }: { table: PgTable; id: PgColumn },
  span: IdSpan,
  limit: number,
  list: (span: IdSpan, limit: number) => Promise<R[]>,
): Promise<R[]> {
  const found: R[] = [];
  for (let before = span.before; ; ) {
    const edge = await edgeOfPiece(table, id, { ...span, before });
    found.push(...(await list({ before, since: edge ?? span.since }, limit - found.length)));
    if (edge === null || found.length >= limit) return found;
    before = edge;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The oldest id of the newest piece of a span; null when the span has no more than that. */
async function edgeOfPiece(table: PgTable, id: PgColumn, span: IdSpan): Promise<string | null> {
  const rows = await database()
    .orm.select({ id })
    .from(table)
    .where(isInSpan(id, span))
    .orderBy(desc(id))
    .limit(1)
    .offset(PIECE - 1);
  return (rows[0]?.id as string | undefined) ?? null;
}
