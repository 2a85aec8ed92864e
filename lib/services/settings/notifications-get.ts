import { z } from "zod";
import { routingNow } from "@/db/queries/dispatch";
import { defineVerb } from "@/lib/services/verb";
import { notificationSettingsView } from "./notifications";

/** RoutingPreview is told of system events, and how. */
export const settingsNotificationsGet = defineVerb({
  name: "settings.notifications.get",
  permission: "operator",
  changes: false,
  input: z.object({}),
  async run() {
    return notificationSettingsView(await routingNow());
  },
});
