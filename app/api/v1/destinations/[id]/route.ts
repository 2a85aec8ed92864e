import { destinationsDelete } from "@/lib/services/destinations/delete";
import { destinationsGet } from "@/lib/services/destinations/get";
import { destinationsUpdate } from "@/lib/services/destinations/update";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(destinationsGet);
export const PATCH = route(destinationsUpdate);
export const DELETE = route(destinationsDelete);
export const { POST, PUT } = otherMethods("GET, PATCH, DELETE");
