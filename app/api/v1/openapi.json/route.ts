import { openApiRead } from "@/lib/services/openapi/read";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(openApiRead);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
