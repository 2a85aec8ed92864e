import { z } from "zod";
import { idsSince } from "@/lib/core/id";

/** Input of every list: after which row, and how many. Also parses query strings. */
export const pageInput = z.object({
  cursor: z
    .string()
    .max(120, "This is not a cursor of this list.")
    .regex(/^[\w.:-]{1,120}$/, "This is not a cursor of this list.")
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const spanTime = z.iso
  .datetime({ offset: true, error: "Enter a time, as in 2026-03-05T14:00:00Z." })
  .max(40, "Enter a time, as in 2026-03-05T14:00:00Z.")
  .optional();

/** What narrows a list to a span of time. */
export const spanInput = {
  /** From this time on. */
  from: spanTime,
  /** Before this time. */
  until: spanTime,
};

/** Input of lists that are searched and narrowed to a span of time. */
export const searchInput = pageInput.extend({
  /** Searched for in the names and titles. */
  q: z.string().trim().max(100).optional(),
  ...spanInput,
});

/**
 * The ids of a page of a list that is narrowed to a span of time, and what is searched for.
 * @param prefix of the ids, which hold the time of their row
 */
export function searchOf(prefix: string, { q, cursor, from, until }: Partial<z.output<typeof searchInput>>) {
  const end = until && idsSince(prefix, Date.parse(until));
  return {
    q: q || undefined,
    span: {
      before: cursor && end ? (cursor < end ? cursor : end) : (cursor ?? end),
      since: from && idsSince(prefix, Date.parse(from)),
    },
  };
}

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
