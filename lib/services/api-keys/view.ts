import type { OwnedApiKey } from "@/db/queries/api-keys";
import type { UserRow } from "@/db/stores/users";
import { toIso } from "@/lib/core/clock";
import type { Role } from "@/lib/core/role";

/** Keys that expire within this are marked. */
export const EXPIRY_NOTICE_MS = 7 * 86_400_000;

export const API_KEY_STATES = ["valid", "expiring", "expired", "revoked"] as const;
type ApiKeyState = (typeof API_KEY_STATES)[number];

export interface ApiKeyView {
  id: string;
  name: string;
  role: Role;
  /** The last four characters, to distinguish keys. */
  hint: string;
  /** `expiring`: valid, for seven days at most. */
  state: ApiKeyState;
  /** Name of the account, key or program that made it, at that time; null where that is not known. */
  createdBy: string | null;
  /** The account that it goes with: its maker's, or that of the administrator who kept it. Null: made or kept by the command. */
  owner: { id: string; name: string | null; status: UserRow["status"] | "deleted" } | null;
  createdAt: string;
  lastUsedAt: string | null;
  /** From then on it is refused; null: never. */
  expiresAt: string | null;
  revokedAt: string | null;
}

/** @param now milliseconds */
export function apiKeyView(row: OwnedApiKey, now: number): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    hint: row.hint,
    state: stateOf(row, now),
    createdBy: row.createdByName,
    owner: ownerOf(row),
    createdAt: toIso(row.createdAt),
    lastUsedAt: toIso(row.lastUsedAt),
    expiresAt: toIso(row.expiresAt),
    revokedAt: toIso(row.revokedAt),
  };
}

function stateOf({ expiresAt, revokedAt }: OwnedApiKey, now: number): ApiKeyState {
  if (revokedAt !== null) return "revoked";
  if (expiresAt === null || expiresAt > now + EXPIRY_NOTICE_MS) return "valid";
  return expiresAt > now ? "expiring" : "expired";
}

function ownerOf({ ownerId, owner }: OwnedApiKey): ApiKeyView["owner"] {
  if (ownerId === null) return null;
  return { id: ownerId, name: owner?.name ?? null, status: owner?.status ?? "deleted" };
}
