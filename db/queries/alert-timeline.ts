import { and, asc, desc, eq, isNotNull } from "drizzle-orm";
import { database, type Tables } from "../client";
import type { EventRow } from "./deliveries";

/** A delivery about an alert or an event, without its texts. */
export type TimelineDelivery = Pick<
  Tables["deliveries"]["$inferSelect"],
  | "id"
  | "channelName"
  | "kind"
  | "status"
  | "createdAt"
  | "dueAt"
  | "settledAt"
  | "reasonCode"
  | "refused"
  | "foldedInto"
  | "foldedCount"
>;

/** The events of an alert: the first, and the latest ones, in order. */
export async function eventsOfAlert(alertId: string, latest: number): Promise<EventRow[]> {
  const { orm, t } = database();
  const { events: e } = t;
  const isOwn = and(eq(e.alertId, alertId), isNotNull(e.alertId));
  const [first, newest] = await Promise.all([
    orm.select().from(e).where(isOwn).orderBy(asc(e.id)).limit(1),
    orm.select().from(e).where(isOwn).orderBy(desc(e.id)).limit(latest),
  ]);
  const rows = newest.reverse();
  return first[0] && first[0].id !== rows[0]?.id ? [first[0], ...rows] : rows;
}

/** The latest deliveries about an alert, or of an event, in order. */
export async function deliveriesAbout(
  about: { alertId: string } | { eventId: string },
  latest: number,
): Promise<TimelineDelivery[]> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const { id, channelName, kind, status, createdAt, dueAt, settledAt, reasonCode, refused, foldedInto, foldedCount } =
    d;
  const rows = await orm
    .select({
      id,
      channelName,
      kind,
      status,
      createdAt,
      dueAt,
      settledAt,
      reasonCode,
      refused,
      foldedInto,
      foldedCount,
    })
    .from(d)
    .where("alertId" in about ? and(eq(d.alertId, about.alertId), isNotNull(d.alertId)) : eq(d.eventId, about.eventId))
    .orderBy(desc(d.id))
    .limit(latest);
  return rows.reverse();
}

/** What the audit log has of one verb about an object, in order: what the object itself keeps only the last of. */
export async function auditRowsAbout(entity: string, entityId: string, verb: string, latest: number) {
  const { orm, t } = database();
  const { auditLog: a } = t;
  const rows = await orm
    .select({ at: a.at, actorName: a.actorName, detail: a.detail })
    .from(a)
    .where(and(eq(a.entity, entity), eq(a.entityId, entityId), eq(a.verb, verb)))
    .orderBy(desc(a.id))
    .limit(latest);
  return rows.reverse();
}
