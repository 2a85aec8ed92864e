import { z } from "zod";
import { updateAccount } from "@/db/stores/users";
import { DEFAULT_INBOX, type InboxPreferences } from "@/lib/core/inbox";
import { CATEGORIES } from "@/lib/events/catalog";
import { defineVerb } from "@/lib/services/verb";
import { ownAccount } from "./own";

export const inboxPreferencesSchema = z.object({
  /** What the badge of the bell counts. */
  counts: z.enum(["problems", "everything"]),
  /** Categories of events that it counts; null: all. */
  categories: z.array(z.enum(CATEGORIES, "There is no such category.")).max(CATEGORIES.length).nullable(),
  /** Notifications of the browser while a page of Belfry is open in it. */
  browser: z.boolean(),
  /** A short tone for what is new. */
  sound: z.boolean(),
  /** j, k, e and r act on the rows of the inbox. */
  keys: z.boolean(),
});

/** Changes only what is named. */
export const profileUpdateInbox = defineVerb({
  name: "profile.updateInbox",
  permission: "viewer",
  changes: true,
  input: inboxPreferencesSchema.partial(),
  async run({ actor, audit }, changes): Promise<InboxPreferences> {
    const user = await ownAccount(actor);
    const inbox = { ...DEFAULT_INBOX, ...user.inbox, ...changes };
    await updateAccount(user.id, { inbox }, audit("user", user.id, user.name, { inbox: changes }));
    return inbox;
  },
});
