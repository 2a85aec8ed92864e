import { z } from "zod";
import { type ApiKeyRow, insertApiKey } from "@/db/stores/api-keys";
import { API_KEY_PREFIX } from "@/lib/auth/access/api-key";
import { newId } from "@/lib/core/id";
import { hashToken, newToken } from "@/lib/secrets/token";
import { nameField, roleField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { type ApiKeyView, apiKeyView } from "./view";

export interface ApiKeyCreated extends ApiKeyView {
  /** The key itself. Shown this once; only its hash is stored. */
  key: string;
}

export const apiKeysCreate = defineVerb({
  name: "apiKeys.create",
  permission: "admin",
  changes: true,
  input: z.object({ name: nameField, role: roleField }),
  async run({ actor, now, audit }, { name, role }): Promise<ApiKeyCreated> {
    const key = newToken(API_KEY_PREFIX);
    const row: ApiKeyRow = {
      id: newId("key"),
      name,
      role,
      keyHash: hashToken(key),
      hint: key.slice(-4),
      createdBy: actor.id,
      createdAt: now,
      lastUsedAt: null,
      revokedAt: null,
    };
    await insertApiKey(row, audit("api_key", row.id, name, { role }));
    return { ...apiKeyView(row), key };
  },
});
