import { destinationKinds } from "@/lib/services/destinations/verbs";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(destinationKinds);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
