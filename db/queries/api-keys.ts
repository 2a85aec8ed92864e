import { and, desc, eq, gt, isNull, lt, or } from "drizzle-orm";
import { database } from "../client";
import type { ApiKeyRow } from "../stores/api-keys";
import type { UserRow } from "../stores/users";

/** The key with this hash, unless it was revoked; also when it has expired. */
export async function apiKeyByHash(keyHash: string): Promise<ApiKeyRow | null> {
  const { orm, t } = database();
  const [row] = await orm
    .select()
    .from(t.apiKeys)
    .where(and(eq(t.apiKeys.keyHash, keyHash), isNull(t.apiKeys.revokedAt)))
    .limit(1);
  return row ?? null;
}

/** The account that a key goes with; null where there is none. */
export async function accountOfKey(id: string): Promise<UserRow | null> {
  const { orm, t } = database();
  const [row] = await orm
    .select({ user: t.users })
    .from(t.apiKeys)
    .innerJoin(t.users, eq(t.users.id, t.apiKeys.ownerId))
    .where(eq(t.apiKeys.id, id))
    .limit(1);
  return row?.user ?? null;
}

/** A key with the account that it goes with; null where there is none, or it was deleted. */
export interface OwnedApiKey extends ApiKeyRow {
  owner: Pick<UserRow, "name" | "status"> | null;
}

interface ApiKeyFilter {
  cursor?: string;
  limit: number;
  /** Id of the account that it goes with. */
  owner?: string;
  /** Only keys that are neither revoked nor expired at this moment, milliseconds. */
  validAt?: number;
}

/** Newest first. */
export async function listApiKeys({ cursor, limit, owner, validAt }: ApiKeyFilter): Promise<OwnedApiKey[]> {
  const { orm, t } = database();
  const { apiKeys, users } = t;
  const isValid =
    validAt === undefined
      ? undefined
      : and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, validAt)));
  const rows = await orm
    .select({ key: apiKeys, owner: { name: users.name, status: users.status } })
    .from(apiKeys)
    .leftJoin(users, eq(users.id, apiKeys.ownerId))
    .where(and(cursor ? lt(apiKeys.id, cursor) : undefined, owner ? eq(apiKeys.ownerId, owner) : undefined, isValid))
    .orderBy(desc(apiKeys.id))
    .limit(limit);
  return rows.map(({ key, owner: account }) => ({ ...key, owner: account }));
}
