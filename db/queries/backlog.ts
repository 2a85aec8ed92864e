import { and, count, eq, lte, min, or } from "drizzle-orm";
import { database, databaseHandle } from "../client";

export interface Backlog {
  database: "sqlite" | "postgres";
  /** Deliveries whose time has come and that are not sent yet. */
  pending: number;
  /** When the oldest of them came due, milliseconds. */
  oldestDueAt: number | null;
}

/** What waits in the outbox. Reminders of the future do not count. */
export async function readBacklog(now: number): Promise<Backlog> {
  const { orm, t } = database();
  const isDue = and(eq(t.deliveries.status, "pending"), lte(t.deliveries.dueAt, now));
  const [row] = await orm
    .select({ pending: count(), oldestDueAt: min(t.deliveries.dueAt) })
    .from(t.deliveries)
    .where(or(isDue, eq(t.deliveries.status, "sending")));
  const oldest = row?.oldestDueAt ?? null;
  return {
    database: databaseHandle().kind,
    pending: Number(row?.pending ?? 0),
    oldestDueAt: oldest === null ? null : Number(oldest),
  };
}
