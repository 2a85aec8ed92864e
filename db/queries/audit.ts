import { and, desc, eq, like, or } from "drizzle-orm";
import { database, type Tables } from "../client";
import { type IdSpan, isInSpan, searchInPieces } from "./in-pieces";
import { textHas } from "./name-has";

export type AuditLogRow = Tables["auditLog"]["$inferSelect"];

/** Newest first; every filter that is given must fit. */
export async function listAudit({
  span = {},
  limit,
  ...filters
}: { span?: IdSpan; limit: number } & AuditFilters): Promise<AuditLogRow[]> {
  if (filters.q === undefined) return await auditOfSpan(filters, span, limit);
  const table = database().t.auditLog;
  return await searchInPieces({ table, id: table.id }, span, limit, (piece, most) => auditOfSpan(filters, piece, most));
}

interface AuditFilters {
  /** Searched for in the names of the actor and of what was changed. */
  q?: string;
  entity?: string;
  entityId?: string;
  actorId?: string;
  verb?: string;
  /** Names of verbs with % for any letters: one of them must fit. */
  verbs?: readonly string[];
}

async function auditOfSpan(page: AuditFilters, span: IdSpan, limit: number): Promise<AuditLogRow[]> {
  const { orm, t } = database();
  const { auditLog } = t;
  return await orm
    .select()
    .from(auditLog)
    .where(
      and(
        isInSpan(auditLog.id, span),
        page.q ? or(textHas(auditLog.entityName, page.q), textHas(auditLog.actorName, page.q)) : undefined,
        page.entity ? eq(auditLog.entity, page.entity) : undefined,
        page.entityId ? eq(auditLog.entityId, page.entityId) : undefined,
        page.actorId ? eq(auditLog.actorId, page.actorId) : undefined,
        page.verb ? eq(auditLog.verb, page.verb) : undefined,
        page.verbs ? or(...page.verbs.map((pattern) => like(auditLog.verb, pattern))) : undefined,
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(limit);
}
