"use server";

import { settingsEmailTest } from "@/lib/services/settings/email-test";
import { settingsEmailUpdate } from "@/lib/services/settings/email-update";
import { action } from "@/lib/web/action";

export const updateEmailAction = action(settingsEmailUpdate);
export const updateAdminMailAction = action(settingsEmailUpdate, { refresh: ["/settings/email"] });
export const testEmailAction = action(settingsEmailTest);
