import { settingsNotificationsWho } from "@/lib/services/settings/notifications-who";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(settingsNotificationsWho);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
