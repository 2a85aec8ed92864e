import type { EntryActions } from "@/components/inbox/entry";
import {
  acknowledgeNotificationAction,
  readNotificationAction,
  resolveNotificationAction,
  snoozeNotificationAction,
} from "./actions";

/** What a reader may do to entries of the inbox. */
export function entryActions(isOperator: boolean): EntryActions {
  return {
    read: readNotificationAction,
    ...(isOperator && {
      forAlerts: {
        acknowledge: acknowledgeNotificationAction,
        resolve: resolveNotificationAction,
        snooze: snoozeNotificationAction,
      },
    }),
  };
}
