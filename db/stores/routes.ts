import { asc, eq, inArray } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import { bumpRouting } from "./settings";

export type RouteRow = Tables["routes"]["$inferSelect"];

/** Taken by every change of a route, and by what removes something that routes name. */
export const ROUTES_LOCK = "routes";

/** Locks for `transact` around a change of a route: none of the channels that it names is removed meanwhile. */
function locksOf({ channelIds = [] }: Pick<Partial<RouteRow>, "channelIds">): string[] {
  return [ROUTES_LOCK, ...channelIds.map((id) => `channel:${id}`)];
}

/** @throws AppError `conflict` when the name is taken, `invalid` when something that it names is gone */
export function insertRoute(row: RouteRow, audit: AuditInsert): Promise<void> {
  return transact(locksOf(row), function* (tx) {
    yield* assertNamedExist(tx, row);
    yield* step(tx.orm.insert(tx.t.routes).values(row));
    yield* recordChange(tx, audit);
  }).catch(nameTakenOr);
}

/** @returns false when it is gone @throws as `insertRoute` */
export function updateRoute(id: string, changes: Partial<RouteRow>, audit: AuditInsert): Promise<boolean> {
  return transact(locksOf(changes), function* (tx) {
    const { routes: r } = tx.t;
    yield* assertNamedExist(tx, changes);
    const rows = yield* step(tx.orm.update(r).set(changes).where(eq(r.id, id)).returning({ id: r.id }));
    if (rows.length === 0) return false;
    yield* recordChange(tx, audit);
    return true;
  }).catch(nameTakenOr);
}

/** @returns false when it is gone */
export function deleteRoute(id: string, audit: AuditInsert): Promise<boolean> {
  return transact([ROUTES_LOCK], function* (tx) {
    const { routes: r } = tx.t;
    const rows = yield* step(tx.orm.delete(r).where(eq(r.id, id)).returning({ id: r.id }));
    if (rows.length === 0) return false;
    yield* recordChange(tx, audit);
    return true;
  });
}

/** Routes that name a channel. */
export function* routesWithChannel(tx: Tx, channelId: string): Steps<{ id: string; name: string }[]> {
  const { routes: r } = tx.t;
  const rows = yield* step(
    tx.orm.select({ id: r.id, name: r.name, channelIds: r.channelIds }).from(r).orderBy(asc(r.position)),
  );
  return rows.filter(({ channelIds }) => channelIds.includes(channelId));
}

function* assertNamedExist(
  tx: Tx,
  { channelIds = [], escalationPolicyId }: Pick<Partial<RouteRow>, "channelIds" | "escalationPolicyId">,
): Steps<void> {
  const { channels, escalationPolicies } = tx.t;
  const fields: Record<string, string> = {};
  if (channelIds.length > 0) {
    const found = yield* step(
      tx.orm.select({ id: channels.id }).from(channels).where(inArray(channels.id, channelIds)),
    );
    if (found.length < channelIds.length) fields.channels = "One of these channels does not exist any more.";
  }
  if (escalationPolicyId) {
    const found = yield* step(
      tx.orm
        .select({ id: escalationPolicies.id })
        .from(escalationPolicies)
        .where(eq(escalationPolicies.id, escalationPolicyId)),
    );
    if (found.length === 0) fields.escalationPolicyId = "There is no such escalation policy.";
  }
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}

function* recordChange(tx: Tx, audit: AuditInsert): Steps<void> {
  yield* bumpRouting(tx);
  yield* writeAudit(tx, audit);
  tx.notices.push({ topic: "routing" });
}

function nameTakenOr(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const sentence = "Another route has this name.";
  throw new AppError("conflict", sentence, { fields: { name: sentence } });
}
