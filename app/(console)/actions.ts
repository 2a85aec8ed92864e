"use server";

import { alertsResolve } from "@/lib/services/alerts/resolve";
import { action } from "@/lib/web/action";

export const resolveAlert = action(alertsResolve);
