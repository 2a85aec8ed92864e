import { destinationsTestDraft } from "@/lib/services/destinations/verbs";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(destinationsTestDraft);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
