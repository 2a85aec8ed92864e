import { and, desc, eq, like, lt, or } from "drizzle-orm";
import { database, type Tables } from "../client";

export type AuditLogRow = Tables["auditLog"]["$inferSelect"];

/** Newest first; every filter that is given must fit. */
export async function listAudit(page: {
  cursor?: string;
  limit: number;
  entity?: string;
  entityId?: string;
  actorId?: string;
  verb?: string;
  /** Names of verbs with % for any letters: one of them must fit. */
  verbs?: readonly string[];
}): Promise<AuditLogRow[]> {
  const { orm, t } = database();
  const { auditLog } = t;
  return await orm
    .select()
    .from(auditLog)
    .where(
      and(
        page.cursor ? lt(auditLog.id, page.cursor) : undefined,
        page.entity ? eq(auditLog.entity, page.entity) : undefined,
        page.entityId ? eq(auditLog.entityId, page.entityId) : undefined,
        page.actorId ? eq(auditLog.actorId, page.actorId) : undefined,
        page.verb ? eq(auditLog.verb, page.verb) : undefined,
        page.verbs ? or(...page.verbs.map((pattern) => like(auditLog.verb, pattern))) : undefined,
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(page.limit);
}
