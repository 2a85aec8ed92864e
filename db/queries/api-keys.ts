import { and, desc, eq, isNull, lt } from "drizzle-orm";
import { database } from "../client";
import type { ApiKeyRow } from "../stores/api-keys";

/** The key with this hash, unless it was revoked. */
export async function apiKeyByHash(keyHash: string): Promise<ApiKeyRow | null> {
  const { orm, t } = database();
  const [row] = await orm
    .select()
    .from(t.apiKeys)
    .where(and(eq(t.apiKeys.keyHash, keyHash), isNull(t.apiKeys.revokedAt)))
    .limit(1);
  return row ?? null;
}

/** Newest first, revoked ones included. */
export async function listApiKeys(page: { cursor?: string; limit: number }): Promise<ApiKeyRow[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.apiKeys)
    .where(page.cursor ? lt(t.apiKeys.id, page.cursor) : undefined)
    .orderBy(desc(t.apiKeys.id))
    .limit(page.limit);
}
