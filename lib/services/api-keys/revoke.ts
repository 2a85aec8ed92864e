import { z } from "zod";
import { userById } from "@/db/queries/users";
import { markApiKeyRevoked } from "@/db/stores/api-keys";
import { writeAudit } from "@/db/stores/audit";
import { transact } from "@/db/transact";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { apiKeyView } from "./view";

/** Refuses the key from now on. Its row stays, so that the audit log can name it. */
export const apiKeysRevoke = defineVerb({
  name: "apiKeys.revoke",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ now, audit }, { id }) {
    const revoked = await transact([], function* (tx) {
      const row = yield* markApiKeyRevoked(tx, id, now);
      yield* writeAudit(tx, audit("api_key", id, row.name));
      return row;
    });
    const owner = revoked.ownerId === null ? null : await userById(revoked.ownerId);
    return apiKeyView({ ...revoked, owner }, now);
  },
});
