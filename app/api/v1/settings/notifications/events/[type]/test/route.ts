import { settingsNotificationsTest } from "@/lib/services/settings/notifications-test";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(settingsNotificationsTest);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
