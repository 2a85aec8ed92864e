"use server";

import { deliveriesCancel } from "@/lib/services/deliveries/cancel";
import { deliveriesResend } from "@/lib/services/deliveries/resend";
import { action } from "@/lib/web/action";

export const resendDeliveryAction = action(deliveriesResend);
export const cancelDeliveryAction = action(deliveriesCancel);
