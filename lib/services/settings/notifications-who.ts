import { z } from "zod";
import { hasRole } from "@/lib/auth/access/permission";
import { type Who, whoIsTold } from "@/lib/dispatch/who";
import { defineVerb } from "@/lib/services/verb";
import { systemEvent } from "./notifications";

/** Stands in for whoever signs in or is created. */
const THE_USER = { id: "the-user", name: "the user", email: "the user's own address" };

/** Who would be told of a system event, by the code that routes. */
export const settingsNotificationsWho = defineVerb({
  name: "settings.notifications.who",
  permission: "operator",
  changes: false,
  input: z.object({ type: z.string().max(64) }),
  async run({ actor }, { type }): Promise<Who> {
    systemEvent(type);
    const { entries, notes } = await whoIsTold(type, THE_USER);
    if (hasRole(actor, "admin")) return { entries, notes };
    return { entries: entries.map(({ recipient: _, ...entry }) => entry), notes };
  },
});
