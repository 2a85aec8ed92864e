import { and, eq, isNull, lte, or } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import { includesRole, type Role } from "@/lib/core/role";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { ADMINISTRATORS } from "./administrators";
import { type AuditInsert, writeAudit } from "./audit";
import { accountOf } from "./owned-api-keys";

export type ApiKeyRow = Tables["apiKeys"]["$inferSelect"];

/**
 * Stores a new key, which goes with its maker's account.
 * @throws AppError `forbidden` when the maker lost the right to it at the same moment
 */
export function insertApiKey(row: Omit<ApiKeyRow, "ownerId">, audit: AuditInsert): Promise<ApiKeyRow> {
  return transact(ADMINISTRATORS, function* (tx) {
    const ownerId = yield* accountOf(tx, audit);
    yield* assertMayMake(tx, ownerId, row.role, audit);
    const key = { ...row, ownerId };
    yield* step(tx.orm.insert(tx.t.apiKeys).values(key));
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "api-keys", ids: [row.id] });
    return key;
  });
}

/** What the caller could do when it was let in, it may have lost since. */
function* assertMayMake(
  tx: Tx,
  ownerId: string | null,
  role: Role,
  { actorKind, actorId, at }: AuditInsert,
): Steps<void> {
  const { users, apiKeys } = tx.t;
  if (ownerId !== null) {
    const [owner] = yield* step(
      tx.orm.select({ role: users.role, status: users.status }).from(users).where(eq(users.id, ownerId)).limit(1),
    );
    if (owner?.status !== "active" || !includesRole(owner.role, role)) throw mayNotMake();
  }
  if (actorKind !== "api_key" || !actorId) return;
  const [maker] = yield* step(tx.orm.select().from(apiKeys).where(eq(apiKeys.id, actorId)).limit(1));
  const isRefused = !maker || maker.revokedAt !== null || (maker.expiresAt !== null && maker.expiresAt <= at);
  if (isRefused || !includesRole(maker.role, role)) throw mayNotMake();
}

function mayNotMake(): AppError {
  return new AppError(
    "forbidden",
    "An API key has at most the role of the account that makes it, which must be active.",
  );
}

/**
 * Revokes a key. The caller writes the audit row in the same transaction.
 * @throws AppError `not_found` when there is no such key, `conflict` when it was revoked before
 */
export function* markApiKeyRevoked(tx: Tx, id: string, now: number): Steps<ApiKeyRow> {
  const { apiKeys } = tx.t;
  const [row] = yield* step(
    tx.orm
      .update(apiKeys)
      .set({ revokedAt: now })
      .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
      .returning(),
  );
  if (!row) {
    const [known] = yield* step(tx.orm.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.id, id)));
    throw known
      ? new AppError("conflict", "This key was revoked before.")
      : new AppError("not_found", "There is no such API key.");
  }
  tx.notices.push({ topic: "api-keys", ids: [id] });
  return row;
}

/** Writes the last use, unless the stored one is less than `since` milliseconds older. */
export function touchApiKey(id: string, now: number, since: number): Promise<void> {
  return transact([], function* (tx) {
    const { apiKeys } = tx.t;
    yield* step(
      tx.orm
        .update(apiKeys)
        .set({ lastUsedAt: now })
        .where(and(eq(apiKeys.id, id), or(isNull(apiKeys.lastUsedAt), lte(apiKeys.lastUsedAt, now - since)))),
    );
  });
}
