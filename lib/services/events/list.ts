import { z } from "zod";
import { deliveriesPerEvent, listEvents } from "@/db/queries/events";
import { idField, type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type EventView, eventView } from "./view";
import { hiddenTypes } from "./visibility";

/** Events, newest first. */
export const eventsList = defineVerb({
  name: "events.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    type: z
      .string()
      .max(64, "This is not an event type.")
      .regex(/^[\w.]{1,64}$/, "This is not an event type.")
      .optional(),
    jobId: idField.optional(),
  }),
  async run({ actor }, { limit, ...filters }): Promise<PageOf<EventView>> {
    const rows = await listEvents({ ...filters, limit: limit + 1, hiddenTypes: hiddenTypes(actor) });
    const shown = rows.slice(0, limit);
    const counts = await deliveriesPerEvent(shown.map((row) => row.id));
    return {
      items: shown.map((row) => eventView(row, counts.get(row.id) ?? 0)),
      nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  },
});
