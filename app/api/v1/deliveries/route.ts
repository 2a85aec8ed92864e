import { deliveriesList } from "@/lib/services/deliveries/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(deliveriesList);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
