import { eventTypes } from "@/lib/services/events/types";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(eventTypes);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
