"use server";

import { settingsNotificationsRoutingPreview } from "@/lib/services/settings/notifications-routing-preview";
import { settingsNotificationsTest } from "@/lib/services/settings/notifications-test";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import { action } from "@/lib/web/action";

export const updateNotificationsAction = action(settingsNotificationsUpdate, { refresh: ["/settings/notifications"] });
export const testEventAction = action(settingsNotificationsTest);
export const previewEventRoutingAction = action(settingsNotificationsRoutingPreview);
