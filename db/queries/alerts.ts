import { and, desc, eq, lt, ne, notInArray } from "drizzle-orm";
import type { AlertStatus } from "@/lib/core/alert";
import { database, type Tables } from "../client";
import { type ClientLimit, isAboutClients } from "./client-scope";

export type AlertRow = Tables["alerts"]["$inferSelect"];

/** Those that opened last come first. */
export async function listAlerts(page: {
  cursor?: string;
  limit: number;
  /** `open`: all but resolved ones. */
  status?: AlertStatus | "open";
  hiddenTypes: readonly string[];
  /** Only about these clients and their jobs. */
  clientIds?: ClientLimit;
}): Promise<AlertRow[]> {
  const { orm, t } = database();
  const { alerts: a } = t;
  return await orm
    .select()
    .from(a)
    .where(
      and(
        page.cursor ? lt(a.id, page.cursor) : undefined,
        page.status === "open" ? ne(a.status, "resolved") : page.status && eq(a.status, page.status),
        isAboutClients(a, page.clientIds),
        page.hiddenTypes.length > 0 ? notInArray(a.type, [...page.hiddenTypes]) : undefined,
      ),
    )
    .orderBy(desc(a.id))
    .limit(page.limit);
}

export async function findAlert(id: string): Promise<AlertRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.alerts).where(eq(t.alerts.id, id)).limit(1);
  return row ?? null;
}

/** Subjects that a type of problem is open for, with the key of its alert and when it was last seen. */
export async function openSubjects(
  type: string,
): Promise<{ subjectId: string; subjectName: string; dedupKey: string; lastAt: number }[]> {
  const { orm, t } = database();
  const { alerts: a } = t;
  return await orm
    .select({ subjectId: a.subjectId, subjectName: a.subjectName, dedupKey: a.dedupKey, lastAt: a.lastAt })
    .from(a)
    .where(and(eq(a.type, type), ne(a.status, "resolved")));
}
