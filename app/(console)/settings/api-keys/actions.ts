"use server";

import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { apiKeysRevoke } from "@/lib/services/api-keys/revoke";
import { action } from "@/lib/web/action";

export const createApiKeyAction = action(apiKeysCreate);
export const revokeApiKeyAction = action(apiKeysRevoke);
