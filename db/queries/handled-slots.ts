import { and, desc, eq, isNotNull, ne } from "drizzle-orm";
import { database } from "../client";

/** Slots of a job that became a run, and the last slots of those that were reported as missed; of the newest few. */
export async function handledSlots(jobId: string): Promise<{ taken: number[]; missedUntil: number[] }> {
  const { orm, t } = database();
  const { runs, events: e } = t;
  const taken = await orm
    .select({ dueAt: runs.dueAt })
    .from(runs)
    .where(and(eq(runs.jobId, jobId), isNotNull(runs.dueAt)))
    .orderBy(desc(runs.id))
    .limit(1_000);
  const missed = await orm
    .select({ data: e.data })
    .from(e)
    .where(and(eq(e.jobId, jobId), eq(e.type, "backup.missed"), eq(e.isTest, false)))
    .orderBy(desc(e.id))
    .limit(50);
  return {
    taken: taken.flatMap(({ dueAt }) => dueAt ?? []),
    missedUntil: missed.flatMap(({ data }) => lastDueAt(data) ?? []),
  };
}

/** Jobs with an open alert about missed slots, with the last of these slots. */
export async function openMissedSlots(): Promise<{ jobId: string; name: string; lastDueAt: number }[]> {
  const { orm, t } = database();
  const { alerts: a, events: e } = t;
  const open = await orm
    .select({ id: a.id, jobId: a.subjectId, name: a.subjectName })
    .from(a)
    .where(and(eq(a.type, "backup.missed"), eq(a.subjectKind, "job"), ne(a.status, "resolved")));
  const found: { jobId: string; name: string; lastDueAt: number }[] = [];
  for (const { id, jobId, name } of open) {
    const [latest] = await orm
      .select({ data: e.data })
      .from(e)
      .where(and(eq(e.alertId, id), eq(e.type, "backup.missed")))
      .orderBy(desc(e.id))
      .limit(1);
    const until = latest && lastDueAt(latest.data);
    if (until) found.push({ jobId, name, lastDueAt: until });
  }
  return found;
}

function lastDueAt(data: Record<string, unknown>): number | null {
  const { missed } = data as { missed?: { lastDueAt?: unknown } };
  return typeof missed?.lastDueAt === "number" ? missed.lastDueAt : null;
}
