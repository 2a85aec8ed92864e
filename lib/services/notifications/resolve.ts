import { z } from "zod";
import { resolveAlert } from "@/db/stores/alerts";
import { markRead } from "@/db/stores/inbox";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireAlert, requireEntry } from "./find";
import { readerIdOf } from "./reader";
import { type EntryView, entryView } from "./view";

/** Resolves an alert on behalf of a person, without a recovery. For the caller it is read. */
export const notificationsResolve = defineVerb({
  name: "notifications.resolve",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run({ actor, audit, now }, { id }): Promise<EntryView> {
    const { title, type } = await requireAlert(actor, id, "resolved");
    const isDone = await resolveAlert(id, actor.name, audit("alert", id, title, { type }));
    if (!isDone) throw new AppError("conflict", "This alert is resolved already.");
    await markRead(readerIdOf(actor), id, now);
    return entryView(await requireEntry(actor, id), now);
  },
});
