import { sourceKinds } from "@/lib/services/sources/verbs";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(sourceKinds);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
