import { settingsNotificationsGet } from "@/lib/services/settings/notifications-get";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(settingsNotificationsGet);
export const PATCH = route(settingsNotificationsUpdate);
export const { POST, PUT, DELETE } = otherMethods("GET, PATCH");
