import type { Notification } from "@/lib/core/notification";
import { withAbsoluteLink } from "./absolute-link";
import type { Installation } from "./installation";

/** A notification as this installation sends it: links lead here, and the title says which one it is. */
export function notificationOf(notification: Notification, { url, titlePrefix = "" }: Installation): Notification {
  const linked = withAbsoluteLink(notification, url);
  return titlePrefix ? { ...linked, title: titlePrefix + linked.title } : linked;
}
