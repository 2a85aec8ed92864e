import { readFault } from "@/db/faults";
import { apiKeyByHash } from "@/db/queries/api-keys";
import { touchApiKey } from "@/db/stores/api-keys";
import { subscribe } from "@/lib/core/bus";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import type { Role } from "@/lib/core/role";
import { sharedState } from "@/lib/core/runtime";
import { hashToken } from "@/lib/core/token";
import type { Actor } from "./actor";

const log = loggerOf("auth");

export const API_KEY_PREFIX = "bfy_";

interface KnownKey {
  id: string;
  name: string;
  role: Role;
  /** Milliseconds; null: never. */
  expiresAt: number | null;
  readAt: number;
  touchedAt: number;
}

/** A key revoked by another process is refused at the latest after this. */
const TTL_MS = 1_000;
const TOUCH_EVERY_MS = 60_000;
const MAX_ENTRIES = 2_000;

const cache = sharedState("auth.apiKeys", () => {
  const state = { keys: new Map<string, KnownKey>(), touched: new Map<string, number>(), epoch: 0 };
  subscribe((notice) => {
    if (notice.topic !== "api-keys") return;
    state.keys.clear();
    state.epoch++;
  });
  return state;
});

/**
 * The key behind an `Authorization: Bearer bfy_…` header, or null. On the hot path of every machine
 * call: a known key costs one hash and one map lookup.
 * @param address the caller's address, for the audit log
 * @throws AppError `unauthenticated` for a key that has expired
 */
export async function actorOfBearer(header: string | null | undefined, address: string | null): Promise<Actor | null> {
  const key = bearerOf(header);
  if (!key) return null;
  const now = Date.now();
  const hash = hashToken(key);
  const kept = cache.keys.get(hash);
  const known = kept && now - kept.readAt < TTL_MS ? kept : await readKey(hash, now);
  if (!known) return null;
  if (known.expiresAt !== null && known.expiresAt <= now) throw expiredKey(known.name, known.expiresAt);
  if (now - known.touchedAt >= TOUCH_EVERY_MS) touch(known, now);
  return { kind: "api_key", id: known.id, name: known.name, role: known.role, address };
}

/** Only who holds the whole key gets to read this. */
function expiredKey(name: string, expiredAt: number): AppError {
  return new AppError(
    "unauthenticated",
    `The API key “${name}” expired at ${toIso(expiredAt)}. Ask an administrator for a new one.`,
  );
}

function bearerOf(header: string | null | undefined): string | null {
  if (!header || header.length > 200) return null;
  const space = header.indexOf(" ");
  if (space < 0 || header.slice(0, space).toLowerCase() !== "bearer") return null;
  const key = header.slice(space + 1).trim();
  return key.startsWith(API_KEY_PREFIX) ? key : null;
}

async function readKey(hash: string, now: number): Promise<KnownKey | null> {
  const { epoch } = cache;
  const row = await apiKeyByHash(hash).catch((error: unknown) => {
    throw readFault(error);
  });
  if (!row) {
    cache.keys.delete(hash);
    return null;
  }
  const touchedAt = Math.max(row.lastUsedAt ?? 0, cache.touched.get(row.id) ?? 0);
  const { id, name, role, expiresAt } = row;
  const known = { id, name, role, expiresAt, readAt: now, touchedAt };
  if (cache.keys.size >= MAX_ENTRIES) cache.keys.clear();
  // A key that was revoked while it was being read is not kept.
  if (epoch === cache.epoch) cache.keys.set(hash, known);
  return known;
}

/** Records the last use in the background: a request neither waits for it nor fails with it. */
function touch(known: KnownKey, now: number): void {
  known.touchedAt = now;
  cache.touched.set(known.id, now);
  if (cache.touched.size > MAX_ENTRIES) cache.touched.clear();
  touchApiKey(known.id, now, TOUCH_EVERY_MS).catch((error: unknown) =>
    log.warn("failed to record the last use of an API key", { apiKeyId: known.id, error }),
  );
}
