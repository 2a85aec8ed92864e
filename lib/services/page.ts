import { z } from "zod";

/** Every list is asked for like this: after which row, and how many. Query strings fit too. */
export const pageInput = z.object({
  cursor: z
    .string()
    .regex(/^[\w.:-]{1,120}$/, "This cursor did not come from here.")
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Every list answers like this; `nextCursor` is null on the last page. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/**
 * Makes a page of rows.
 * @param rows one more than `limit` was asked of the database, to know whether more follow
 */
export function pageOf<R extends { id: string }, T>(rows: R[], limit: number, itemOf: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limit);
  return { items: shown.map(itemOf), nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

/** An opaque id from outside. */
export const idField = z.string().regex(/^[\w-]{1,64}$/, "This is not an id.");
