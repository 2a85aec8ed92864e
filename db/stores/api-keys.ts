import { and, eq, isNull, lte, or } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

export type ApiKeyRow = Tables["apiKeys"]["$inferSelect"];

export function insertApiKey(row: ApiKeyRow, audit: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.insert(tx.t.apiKeys).values(row));
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "api-keys", ids: [row.id] });
  });
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
