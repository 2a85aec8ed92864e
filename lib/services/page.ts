import { z } from "zod";

/** Input of every list: after which row, and how many. Also parses query strings. */
export const pageInput = z.object({
  cursor: z
    .string()
    .max(120, "This is not a cursor of this list.")
    .regex(/^[\w.:-]{1,120}$/, "This is not a cursor of this list.")
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Answer of every list; `nextCursor` is null on the last page. */
export interface PageOf<T> {
  items: T[];
  nextCursor: string | null;
}

/**
 * Makes a page of rows.
 * @param rows up to `limit + 1` rows: the one beyond the limit shows that more follow
 */
export function pageOf<R extends { id: string }, T>(rows: R[], limit: number, itemOf: (row: R) => T): PageOf<T> {
  const shown = rows.slice(0, limit);
  return { items: shown.map(itemOf), nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

/** An opaque id from outside. */
export const idField = z
  .string()
  .max(64, "This is not an id.")
  .regex(/^[\w-]{1,64}$/, "This is not an id.");

/** True or false, also as the text that a query has. */
export const flagField = z.union([z.boolean(), z.string().max(8).pipe(z.stringbool())]);
