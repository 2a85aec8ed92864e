import { deliveriesGet } from "@/lib/services/deliveries/get";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(deliveriesGet);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
