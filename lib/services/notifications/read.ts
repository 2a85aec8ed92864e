import { z } from "zod";
import { markRead } from "@/db/stores/inbox";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireEntry } from "./find";
import { readerIdOf } from "./reader";
import { type EntryView, entryView } from "./view";

/** Marks an entry as read for the caller. It changes nothing for anybody else, so the audit log has no row of it. */
export const notificationsRead = defineVerb({
  name: "notifications.read",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ actor, now }, { id }): Promise<EntryView> {
    const entry = await requireEntry(actor, id);
    if (!entry.isRead) await markRead(readerIdOf(actor), id, now);
    return entryView({ ...entry, isRead: true }, now);
  },
});
