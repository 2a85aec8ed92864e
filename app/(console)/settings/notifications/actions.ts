"use server";

import { settingsNotificationsTest } from "@/lib/services/settings/notifications-test";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import { settingsNotificationsWho } from "@/lib/services/settings/notifications-who";
import { action } from "@/lib/web/action";

export const updateNotifications = action(settingsNotificationsUpdate, { refresh: ["/settings/notifications"] });
export const testEvent = action(settingsNotificationsTest);
export const whoIsTold = action(settingsNotificationsWho);
