import type { ApiKeyRow } from "@/db/stores/api-keys";
import { toIso } from "@/lib/core/clock";
import type { Role } from "@/lib/core/role";

export interface ApiKeyView {
  id: string;
  name: string;
  role: Role;
  /** The last four characters, to distinguish keys. */
  hint: string;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

export function apiKeyView(row: ApiKeyRow): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    hint: row.hint,
    createdAt: toIso(row.createdAt),
    lastUsedAt: toIso(row.lastUsedAt),
    revokedAt: toIso(row.revokedAt),
  };
}
