import { alertsList } from "@/lib/services/alerts/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(alertsList);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
