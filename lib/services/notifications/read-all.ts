import { z } from "zod";
import { markAllRead } from "@/db/stores/inbox";
import { defineVerb } from "@/lib/services/verb";
import { readerIdOf, readerOf } from "./reader";
import { preferencesOf, unreadOf } from "./unread";

/** Marks everything as read that the caller can have seen. As `notifications.read` it is nobody else's matter. */
export const notificationsReadAll = defineVerb({
  name: "notifications.readAll",
  permission: "viewer",
  changes: false,
  input: z.object({
    /** When the list was read that the caller has seen: what came later stays unread. */
    seenAt: z.iso
      .datetime({ error: "This is not a time, such as 2026-01-31T08:00:00Z.", offset: true })
      .max(40, "This is not a time.")
      .optional(),
  }),
  async run({ actor, now }, { seenAt }): Promise<{ unread: number }> {
    const seen = seenAt === undefined ? null : Date.parse(seenAt);
    await markAllRead(readerIdOf(actor), seen, now);
    const [reader, preferences] = await Promise.all([readerOf(actor), preferencesOf(actor)]);
    return { unread: await unreadOf(actor, reader, preferences, now) };
  },
});
