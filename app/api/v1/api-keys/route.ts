import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { apiKeysList } from "@/lib/services/api-keys/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(apiKeysList);
export const POST = route(apiKeysCreate, { status: 201 });
export const { PUT, PATCH, DELETE } = otherMethods("GET, POST");
