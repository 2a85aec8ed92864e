import { destinationsCreate } from "@/lib/services/destinations/create";
import { destinationsList } from "@/lib/services/destinations/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(destinationsList);
export const POST = route(destinationsCreate, { status: 201 });
export const { PUT, PATCH, DELETE } = otherMethods("GET, POST");
