import { listApiKeys } from "@/db/queries/api-keys";
import { pageInput, pageOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { apiKeyView } from "./view";

export const apiKeysList = defineVerb({
  name: "apiKeys.list",
  permission: "admin",
  changes: false,
  input: pageInput,
  async run(_, { cursor, limit }) {
    return pageOf(await listApiKeys({ cursor, limit: limit + 1 }), limit, apiKeyView);
  },
});
