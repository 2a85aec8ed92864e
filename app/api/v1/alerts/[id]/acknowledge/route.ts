import { alertsAcknowledge } from "@/lib/services/alerts/acknowledge";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(alertsAcknowledge);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
