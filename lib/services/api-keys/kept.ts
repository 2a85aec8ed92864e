import { z } from "zod";
import type { ApiKeyRow } from "@/db/stores/api-keys";
import type { SettledKeys } from "@/db/stores/owned-api-keys";
import { idField } from "@/lib/services/page";

/** Ids of keys that stay valid although their account loses access; one alone in a query. Unless named, all are revoked. */
export const keepKeysField = z
  .preprocess((value) => (typeof value === "string" ? [value] : value), z.array(idField).max(1_000))
  .default([])
  .meta({
    description: "Ids of API keys that stay valid and go with your account from then on; all others are revoked",
  });

/** A key that a change of an account revoked or kept. */
export interface SettledKey {
  id: string;
  name: string;
}

export interface SettledKeysView {
  revokedKeys: SettledKey[];
  keptKeys: SettledKey[];
}

export function settledKeysView({ revoked, kept }: SettledKeys): SettledKeysView {
  return { revokedKeys: revoked.map(nameOf), keptKeys: kept.map(nameOf) };
}

function nameOf({ id, name }: ApiKeyRow): SettledKey {
  return { id, name };
}
