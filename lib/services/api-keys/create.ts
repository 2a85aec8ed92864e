import { z } from "zod";
import { userById } from "@/db/queries/users";
import { insertApiKey } from "@/db/stores/api-keys";
import { API_KEY_PREFIX } from "@/lib/auth/access/api-key";
import { toIso } from "@/lib/core/clock";
import { newId } from "@/lib/core/id";
import { hashToken, newToken } from "@/lib/core/token";
import { nameField, roleField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { expiresAtField, expiresInDaysField, expiryOf } from "./expiry";
import { type ApiKeyView, apiKeyView } from "./view";

export interface ApiKeyCreated extends ApiKeyView {
  /** The key itself. Shown this once; only its hash is stored. */
  key: string;
}

export const apiKeysCreate = defineVerb({
  name: "apiKeys.create",
  permission: "admin",
  changes: true,
  input: z.object({
    name: nameField,
    role: roleField,
    expiresAt: expiresAtField,
    expiresInDays: expiresInDaysField,
  }),
  async run({ actor, now, audit }, { name, role, ...expiry }): Promise<ApiKeyCreated> {
    const expiresAt = await expiryOf(expiry, actor, now);
    const key = newToken(API_KEY_PREFIX);
    const row = {
      id: newId("key"),
      name,
      role,
      keyHash: hashToken(key),
      hint: key.slice(-4),
      createdBy: actor.id,
      createdByName: actor.name,
      createdAt: now,
      lastUsedAt: null,
      expiresAt,
      revokedAt: null,
    };
    const made = await insertApiKey(row, audit("api_key", row.id, name, { role, expiresAt: toIso(expiresAt) }));
    const owner = made.ownerId === null ? null : await userById(made.ownerId);
    return { ...apiKeyView({ ...made, owner }, now), key };
  },
});
