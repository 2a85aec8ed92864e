import { and, eq, isNull } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Labels } from "@/lib/core/label";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import { forgetDisks } from "./client-disks";
import { writeLabels } from "./labels";

export type ClientRow = Tables["clients"]["$inferSelect"];
export type ClientChanges = Partial<
  Pick<ClientRow, "name" | "intervalSeconds" | "offlineAfterMinutes" | "intermittent" | "muted">
>;

/** @throws AppError `conflict` when the name is taken */
export function insertClient(row: ClientRow, audit: AuditInsert, labels: Labels): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.insert(tx.t.clients).values(row));
    yield* writeLabels(tx, "client", row.id, labels);
    yield* recordChange(tx, row.id, audit);
  }).catch(nameTakenOr);
}

/**
 * Changes a client. Muting it ends the alert about its outage.
 * @param labels all of them; none given: they stay
 * @throws AppError `not_found`, `conflict` when the name is taken
 */
export function updateClient(
  id: string,
  changes: ClientChanges,
  audit: AuditInsert,
  labels?: Labels,
): Promise<ClientRow> {
  return transact([], function* (tx) {
    const row = yield* writeClient(tx, id, { ...changes, updatedAt: audit.at });
    if (labels) yield* writeLabels(tx, "client", id, labels);
    if (changes.muted) yield* endOutageAlert(tx, id);
    yield* recordChange(tx, id, audit);
    return row;
  }).catch(nameTakenOr);
}

/** Replaces the token: the one before is refused from now on. @throws AppError `not_found` */
export function replaceClientToken(
  id: string,
  token: Pick<ClientRow, "tokenHash" | "hint">,
  audit: AuditInsert,
): Promise<ClientRow> {
  return transact([], function* (tx) {
    const row = yield* writeClient(tx, id, { ...token, revokedAt: null, updatedAt: audit.at });
    yield* recordChange(tx, id, audit);
    return row;
  });
}

/**
 * Revokes the token. The client is not watched any more, and the alert about its outage ends.
 * @throws AppError `not_found`, `conflict` when it was revoked before
 */
export function revokeClientToken(id: string, audit: AuditInsert): Promise<ClientRow> {
  return transact([], function* (tx) {
    const { clients } = tx.t;
    const [row] = yield* step(
      tx.orm
        .update(clients)
        .set({ revokedAt: audit.at, updatedAt: audit.at })
        .where(and(eq(clients.id, id), isNull(clients.revokedAt)))
        .returning(),
    );
    if (!row) {
      const [known] = yield* step(tx.orm.select({ id: clients.id }).from(clients).where(eq(clients.id, id)));
      throw known ? new AppError("conflict", "The token of this client was revoked before.") : noSuchClient();
    }
    yield* endOutageAlert(tx, id);
    yield* recordChange(tx, id, audit);
    return row;
  });
}

/**
 * Removes a client with what it said and the alert about its outage. Its jobs stay; the monitor of client runs fails what it
 * leaves open, and what comes due. @throws AppError `not_found`
 */
export function deleteClient(id: string, audit: AuditInsert): Promise<void> {
  return transact([`client:${id}`], function* (tx) {
    const { clients, clientStates } = tx.t;
    const rows = yield* step(tx.orm.delete(clients).where(eq(clients.id, id)).returning({ id: clients.id }));
    if (rows.length === 0) throw noSuchClient();
    yield* step(tx.orm.delete(clientStates).where(eq(clientStates.clientId, id)));
    yield* forgetDisks(tx, id);
    yield* writeLabels(tx, "client", id, {});
    yield* closeAlertsOf(tx, "client", id, "subject_removed");
    yield* recordChange(tx, id, audit);
  });
}

export function noSuchClient(): AppError {
  return new AppError("not_found", "There is no such client. It may have been removed.");
}

function* writeClient(tx: Tx, id: string, changes: Partial<ClientRow>): Steps<ClientRow> {
  const { clients } = tx.t;
  const [row] = yield* step(tx.orm.update(clients).set(changes).where(eq(clients.id, id)).returning());
  if (!row) throw noSuchClient();
  return row;
}

/** The outage may be reported again, when it lasts. Locks rows in the order in which `reportOfflineChange` does. */
function* endOutageAlert(tx: Tx, id: string): Steps<void> {
  const { clientStates } = tx.t;
  yield* step(tx.orm.update(clientStates).set({ reportedAt: null }).where(eq(clientStates.clientId, id)));
  yield* closeAlertsOf(tx, "client", id, "subject_disabled");
}

function* recordChange(tx: Tx, id: string, audit: AuditInsert): Steps<void> {
  yield* writeAudit(tx, audit);
  tx.notices.push({ topic: "clients", ids: [id] });
}

function nameTakenOr(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const sentence = "Another client has this name.";
  throw new AppError("conflict", sentence, { fields: { name: sentence } });
}
