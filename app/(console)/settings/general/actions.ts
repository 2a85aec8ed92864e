"use server";

import { settingsGeneralUpdate } from "@/lib/services/settings/general-update";
import { action } from "@/lib/web/action";

export const updateGeneral = action(settingsGeneralUpdate);
