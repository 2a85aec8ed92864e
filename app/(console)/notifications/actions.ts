"use server";

import { notificationsAcknowledge } from "@/lib/services/notifications/acknowledge";
import { notificationsRead } from "@/lib/services/notifications/read";
import { notificationsReadAll } from "@/lib/services/notifications/read-all";
import { notificationsResolve } from "@/lib/services/notifications/resolve";
import { notificationsSnooze } from "@/lib/services/notifications/snooze";
import { action } from "@/lib/web/action";

export const readNotificationAction = action(notificationsRead);
export const readAllNotificationsAction = action(notificationsReadAll);
export const acknowledgeNotificationAction = action(notificationsAcknowledge);
export const resolveNotificationAction = action(notificationsResolve);
export const snoozeNotificationAction = action(notificationsSnooze);
