import { destinationsTest } from "@/lib/services/destinations/verbs";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(destinationsTest);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
