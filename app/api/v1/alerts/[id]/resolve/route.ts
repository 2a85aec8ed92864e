import { alertsResolve } from "@/lib/services/alerts/resolve";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(alertsResolve);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
