import { z } from "zod";
import { revokeApiKey } from "@/db/stores/api-keys";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { apiKeyView } from "./view";

/** The key is refused from now on; its line stays, for the log's sake. */
export const apiKeysRevoke = defineVerb({
  name: "apiKeys.revoke",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ now, audit }, { id }) {
    return apiKeyView(await revokeApiKey(id, now, (row) => audit("api_key", id, row.name)));
  },
});
