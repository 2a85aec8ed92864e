import { and, asc, eq, gt, inArray, isNull, or } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import type { Tables } from "../client";
import { type Steps, step, type Tx } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

type ApiKeyRow = Tables["apiKeys"]["$inferSelect"];

/** Which valid keys of an account that loses access stay; all others are revoked. */
export interface KeyDecision {
  keep: readonly string[];
}

export const REVOKE_ALL: KeyDecision = { keep: [] };

/** The keys that such a change revoked, and those that its caller kept. */
export interface SettledKeys {
  revoked: ApiKeyRow[];
  kept: ApiKeyRow[];
}

/**
 * Revokes the valid keys of an account, in the transaction in which it is disabled, deleted or loses its role. Those that
 * are kept go with the caller's account from then on. One audit row per key.
 * @param audit the row of the change: names the caller
 * @throws AppError `invalid` for a key that is no valid one of this account, or that nobody else would have
 */
export function* settleKeysOf(tx: Tx, ownerId: string, { keep }: KeyDecision, audit: AuditInsert): Steps<SettledKeys> {
  const { apiKeys } = tx.t;
  const isValid = and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, audit.at)));
  const valid = yield* step(
    tx.orm
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.ownerId, ownerId), isValid))
      .orderBy(asc(apiKeys.id)),
  );
  const foreign = keep.find((id) => !valid.some((key) => key.id === id));
  if (foreign !== undefined) throw refusedKeep(`${foreign} is not a valid key that goes with this account.`);
  const kept = valid.filter(({ id }) => keep.includes(id));
  const revoked = valid.filter(({ id }) => !keep.includes(id));
  if (kept.length > 0) yield* handOver(tx, kept, ownerId, audit);
  if (revoked.length > 0) {
    const ids = revoked.map(({ id }) => id);
    yield* step(tx.orm.update(apiKeys).set({ revokedAt: audit.at }).where(inArray(apiKeys.id, ids)));
  }
  for (const { id, name } of valid) {
    const change = keep.includes(id) ? "kept" : "revoked";
    const detail = { change, account: audit.entityName };
    yield* writeAudit(tx, { ...audit, id: newId("aud"), entity: "api_key", entityId: id, entityName: name, detail });
  }
  if (valid.length > 0) tx.notices.push({ topic: "api-keys", ids: valid.map(({ id }) => id) });
  return { revoked, kept };
}

function* handOver(tx: Tx, kept: readonly ApiKeyRow[], ownerId: string, audit: AuditInsert): Steps<void> {
  const { apiKeys } = tx.t;
  const keeperId = yield* accountOf(tx, audit);
  if (keeperId === ownerId) {
    throw refusedKeep("Your account cannot keep keys that it loses with this change: another administrator has to.");
  }
  const ids = kept.map(({ id }) => id);
  yield* step(tx.orm.update(apiKeys).set({ ownerId: keeperId }).where(inArray(apiKeys.id, ids)));
}

/**
 * The account behind the caller of a change: a person's own, the one that an API key goes with, or null for the command.
 */
export function* accountOf(tx: Tx, { actorKind, actorId }: AuditInsert): Steps<string | null> {
  if (actorKind === "user") return actorId ?? null;
  if (actorKind !== "api_key" || !actorId) return null;
  const { apiKeys } = tx.t;
  const [key] = yield* step(
    tx.orm.select({ ownerId: apiKeys.ownerId }).from(apiKeys).where(eq(apiKeys.id, actorId)).limit(1),
  );
  return key?.ownerId ?? null;
}

function refusedKeep(sentence: string): AppError {
  return new AppError("invalid", sentence, { fields: { keepKeys: sentence } });
}
