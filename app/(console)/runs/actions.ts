"use server";

import { runsCancel } from "@/lib/services/runs/cancel";
import { action } from "@/lib/web/action";

export const cancelRunAction = action(runsCancel);
