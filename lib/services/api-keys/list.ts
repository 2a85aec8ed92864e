import { listApiKeys } from "@/db/queries/api-keys";
import { flagField, idField, pageInput, pageOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { apiKeyView } from "./view";

export const apiKeysList = defineVerb({
  name: "apiKeys.list",
  permission: "admin",
  changes: false,
  input: pageInput.extend({
    owner: idField.optional().meta({ description: "Only keys that go with this account" }),
    validOnly: flagField.default(false).meta({ description: "Without revoked and expired keys" }),
  }),
  async run({ now }, { cursor, limit, owner, validOnly }) {
    const rows = await listApiKeys({ cursor, limit: limit + 1, owner, validAt: validOnly ? now : undefined });
    return pageOf(rows, limit, (row) => apiKeyView(row, now));
  },
});
