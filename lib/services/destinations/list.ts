import { z } from "zod";
import { listDestinations } from "@/db/queries/destinations";
import { type Page, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type DestinationView, destinationViews } from "./view";

export const destinationsList = defineVerb({
  name: "destinations.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    /** Looked for in the name. */
    q: z.string().trim().max(100).optional(),
  }),
  async run(_, { cursor, limit, q }): Promise<Page<DestinationView>> {
    const rows = await listDestinations({ cursor, limit: limit + 1, q });
    const shown = rows.slice(0, limit);
    return {
      items: await destinationViews(shown),
      nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  },
});
