import { eventsList } from "@/lib/services/events/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(eventsList);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
