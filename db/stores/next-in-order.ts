import { and, type Column, eq, isNull, lt, lte, notExists, notInArray, or, type Placeholder, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Orm, Tables } from "../connection";

type Deliveries = Tables["deliveries"];

/**
 * Whether a delivery is the first of its order: of those that share an order key only the oldest may go, and one
 * that is to be sent later, such as a reminder, keeps nothing back.
 * @param one the delivery in the query around it: the table, or an alias of it
 */
export function isNextInOrder(
  orm: Orm,
  d: Deliveries,
  one: { orderKey: Column; id: Column },
  now: number | Placeholder,
) {
  const ahead = alias(d, "ahead");
  return or(
    isNull(one.orderKey),
    notExists(
      orm
        .select({ one: sql`1` })
        .from(ahead)
        .where(
          and(
            eq(ahead.orderKey, one.orderKey),
            lt(ahead.id, one.id),
            sql`${ahead.status} in ('pending', 'sending', 'held')`,
            or(
              lte(ahead.dueAt, now),
              and(
                notInArray(ahead.kind, ["reminder", "escalation"]),
                or(isNull(ahead.notBefore), lte(ahead.notBefore, now)),
              ),
            ),
          ),
        ),
    ),
  );
}
