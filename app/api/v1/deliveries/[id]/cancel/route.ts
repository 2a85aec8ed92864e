import { deliveriesCancel } from "@/lib/services/deliveries/cancel";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(deliveriesCancel);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
