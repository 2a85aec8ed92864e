import { and, eq, ne } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import { NOTIFICATION_SETTINGS } from "./routing";
import { bumpRouting, readSetting } from "./settings";

export type EscalationPolicyRow = Tables["escalationPolicies"]["$inferSelect"];

/** One change of a policy at a time: a name is compared with the others, and what uses a policy is read. */
export const ESCALATION_LOCK = ["escalation-policies"];

/** @throws AppError `conflict` when another policy has the name */
export function insertEscalationPolicy(row: EscalationPolicyRow, audit: AuditInsert): Promise<void> {
  return transact(ESCALATION_LOCK, function* (tx) {
    yield* assertNameFree(tx, row.id, row.name);
    yield* step(tx.orm.insert(tx.t.escalationPolicies).values(row));
    yield* publish(tx, row.id, audit);
  });
}

/**
 * Changes a policy. Steps that wait already keep their time and their recipients.
 * @returns null when there is none any more @throws AppError `conflict` when another policy has the name
 */
export function updateEscalationPolicy(
  id: string,
  change: Partial<EscalationPolicyRow>,
  audit: AuditInsert,
): Promise<EscalationPolicyRow | null> {
  return transact(ESCALATION_LOCK, function* (tx) {
    const { escalationPolicies: e } = tx.t;
    if (change.name !== undefined) yield* assertNameFree(tx, id, change.name);
    const [row] = yield* step(tx.orm.update(e).set(change).where(eq(e.id, id)).returning());
    if (!row) return null;
    yield* publish(tx, id, audit);
    return row;
  });
}

/**
 * Deletes a policy that nothing uses.
 * @returns what uses it, `job nightly`; empty when it is deleted
 */
export function deleteEscalationPolicy(id: string, audit: AuditInsert): Promise<string[]> {
  return transact(ESCALATION_LOCK, function* (tx) {
    const users = yield* usersOfPolicy(tx, id);
    if (users.length > 0) return users;
    const { escalationPolicies: e } = tx.t;
    yield* step(tx.orm.delete(e).where(eq(e.id, id)));
    yield* publish(tx, id, audit);
    return [];
  });
}

/** What uses a policy: jobs, profiles, routes and events, each with its name. */
export function* usersOfPolicy(tx: Tx, id: string): Steps<string[]> {
  const { jobNotifications: r, jobs, profileNotifications: p, profiles, routes } = tx.t;
  const ofJobs = yield* step(
    tx.orm
      .selectDistinct({ name: jobs.name })
      .from(r)
      .innerJoin(jobs, eq(jobs.id, r.jobId))
      .where(eq(r.escalationPolicyId, id)),
  );
  const ofProfiles = yield* step(
    tx.orm
      .selectDistinct({ name: profiles.name })
      .from(p)
      .innerJoin(profiles, eq(profiles.id, p.profileId))
      .where(eq(p.escalationPolicyId, id)),
  );
  const ofRoutes = yield* step(
    tx.orm.select({ name: routes.name }).from(routes).where(eq(routes.escalationPolicyId, id)),
  );
  const names = (kind: string, rows: { name: string }[]) => rows.map(({ name }) => `${kind} ${name}`);
  return [
    ...names("job", ofJobs),
    ...names("profile", ofProfiles),
    ...names("route", ofRoutes),
    ...eventsUsing(yield* readSetting(tx, NOTIFICATION_SETTINGS), id).map((type) => `event ${type}`),
  ];
}

function eventsUsing(stored: unknown, id: string): string[] {
  const events = (stored as { events?: Record<string, { escalationPolicyId?: unknown } | null> } | null)?.events ?? {};
  return Object.entries(events).flatMap(([type, setting]) => (setting?.escalationPolicyId === id ? [type] : []));
}

function* assertNameFree(tx: Tx, id: string, name: string): Steps<void> {
  const { escalationPolicies: e } = tx.t;
  const [other] = yield* step(
    tx.orm
      .select({ id: e.id })
      .from(e)
      .where(and(eq(e.name, name), ne(e.id, id)))
      .limit(1),
  );
  if (other)
    throw new AppError("conflict", `Another escalation policy is called ${name}.`, { fields: { name: "Taken." } });
}

function* publish(tx: Tx, id: string, audit: AuditInsert): Steps<void> {
  yield* bumpRouting(tx);
  yield* writeAudit(tx, audit);
  tx.notices.push({ topic: "routing", ids: [id] });
}
