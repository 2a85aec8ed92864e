import { destinationsCreate, destinationsList } from "@/lib/services/destinations/verbs";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(destinationsList);
export const POST = route(destinationsCreate, { status: 201 });
export const { PUT, PATCH, DELETE } = otherMethods("GET, POST");
