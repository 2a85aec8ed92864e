"use server";

import { alertsAcknowledge } from "@/lib/services/alerts/acknowledge";
import { alertsResolve } from "@/lib/services/alerts/resolve";
import { action } from "@/lib/web/action";

export const acknowledgeAlertAction = action(alertsAcknowledge);
export const resolveAlertAction = action(alertsResolve);
