"use server";

import { installationStayApart, installationTakeOver } from "@/lib/services/installation/decide";
import { action } from "@/lib/web/action";

export const takeOverAction = action(installationTakeOver);
export const stayApartAction = action(installationStayApart);
