import { deliveriesResend } from "@/lib/services/deliveries/resend";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(deliveriesResend);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
