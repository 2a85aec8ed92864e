import { sourcesTest } from "@/lib/services/sources/verbs";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(sourcesTest);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
