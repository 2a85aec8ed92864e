import { settingsNotificationsRoutingPreview } from "@/lib/services/settings/notifications-routing-preview";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(settingsNotificationsRoutingPreview);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
