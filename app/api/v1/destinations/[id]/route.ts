import { destinationsDelete, destinationsGet, destinationsUpdate } from "@/lib/services/destinations/verbs";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(destinationsGet);
export const PATCH = route(destinationsUpdate);
export const DELETE = route(destinationsDelete);
export const { POST, PUT } = otherMethods("GET, PATCH, DELETE");
