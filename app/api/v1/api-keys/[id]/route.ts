import { apiKeysRevoke } from "@/lib/services/api-keys/revoke";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const DELETE = route(apiKeysRevoke);
export const { GET, POST, PUT, PATCH } = otherMethods("DELETE");
