import { z } from "zod";
import { acknowledgeAlert } from "@/db/stores/alerts";
import { markRead } from "@/db/stores/inbox";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireAlert, requireEntry } from "./find";
import { readerIdOf } from "./reader";
import { type EntryView, entryView } from "./view";

/** Acknowledges an alert for everybody: it stays open, and its reminders end. For the caller it is read. */
export const notificationsAcknowledge = defineVerb({
  name: "notifications.acknowledge",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run({ actor, audit, now }, { id }): Promise<EntryView> {
    const { title, type } = await requireAlert(actor, id, "acknowledged");
    const isDone = await acknowledgeAlert(id, actor.name, audit("alert", id, title, { type }));
    if (!isDone) throw new AppError("conflict", "This alert is acknowledged or resolved already.");
    await markRead(readerIdOf(actor), id, now);
    return entryView(await requireEntry(actor, id), now);
  },
});
