"use server";

import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { apiKeysRevoke } from "@/lib/services/api-keys/revoke";
import { action } from "@/lib/web/action";

export const createApiKey = action(apiKeysCreate);
export const revokeApiKey = action(apiKeysRevoke);
