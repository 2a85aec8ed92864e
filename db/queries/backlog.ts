import { and, count, eq, lte, min, or } from "drizzle-orm";
import { database, databaseHandle } from "../client";
import { isOneOf } from "../literal";

export interface Backlog {
  database: "sqlite" | "postgres";
  /** Deliveries that are due and not sent yet. */
  pending: number;
  /** When the oldest of them came due, milliseconds. */
  oldestDueAt: number | null;
}

/** Reads what waits in the outbox. Reminders that are not due do not count. */
export async function readBacklog(now: number): Promise<Backlog> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const [row] = await orm
    .select({ pending: count(), oldestDueAt: min(t.deliveries.dueAt) })
    .from(t.deliveries)
    .where(and(isOneOf(d.status, "pending", "sending"), or(eq(d.status, "sending"), lte(d.dueAt, now))));
  const oldest = row?.oldestDueAt ?? null;
  return {
    database: databaseHandle().kind,
    pending: Number(row?.pending ?? 0),
    oldestDueAt: oldest === null ? null : Number(oldest),
  };
}
