import { z } from "zod";
import { routingNow } from "@/db/queries/dispatch";
import { defineVerb } from "@/lib/services/verb";
import { notificationSettingsView } from "./notifications";

/** Reads who gets notified of system events. */
export const settingsNotificationsGet = defineVerb({
  name: "settings.notifications.get",
  permission: "operator",
  changes: false,
  input: z.object({}),
  async run() {
    return notificationSettingsView(await routingNow());
  },
});
