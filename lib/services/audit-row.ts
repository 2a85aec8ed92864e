import type { Actor, MaybeActor } from "@/lib/auth/access/actor";
import { newId } from "@/lib/core/id";

/** One row of the audit log, made by the verb and written in the transaction of its change. */
export interface AuditRow {
  id: string;
  at: number;
  actorKind: Actor["kind"];
  actorId: string | null;
  actorName: string;
  address: string | null;
  verb: string;
  entity: string | null;
  entityId: string | null;
  entityName: string | null;
  detail: Record<string, unknown> | null;
}

/** Makes the row of one call. Keep secrets out of `detail`. */
export type MakeAuditRow = (
  entity: string,
  id: string | null,
  name: string | null,
  detail?: Record<string, unknown>,
) => AuditRow;

/** What makes the rows of one call of a verb. @param now when it was called, milliseconds */
export function auditRowsOf(verb: string, actor: MaybeActor, now: number): MakeAuditRow {
  return (entity, entityId, entityName, detail) => ({
    id: newId("aud"),
    at: now,
    actorKind: actor?.kind ?? "system",
    actorId: actor?.id ?? null,
    actorName: actor?.name ?? "nobody",
    address: actor?.address ?? null,
    verb,
    entity,
    entityId,
    entityName,
    detail: detail ?? null,
  });
}
