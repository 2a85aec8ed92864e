import { z } from "zod";
import { previewEventRouting, type RoutingPreview } from "@/lib/dispatch/preview/routing-preview";
import { defineVerb } from "@/lib/services/verb";
import { systemEvent } from "./notifications";

/** In place of the user who signs in or is created. */
const THE_USER = { id: "the-user", name: "the user", email: "the user's own address" };

/** Previews who gets notified of a system event, by the code that routes. */
export const settingsNotificationsRoutingPreview = defineVerb({
  name: "settings.notifications.routingPreview",
  permission: "operator",
  changes: false,
  input: z.object({ type: z.string().max(64) }),
  async run(_, { type }): Promise<RoutingPreview> {
    systemEvent(type);
    return previewEventRouting(type, THE_USER);
  },
});
