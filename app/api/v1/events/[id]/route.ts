import { eventsGet } from "@/lib/services/events/get";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(eventsGet);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
