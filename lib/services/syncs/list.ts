import { z } from "zod";
import { listSyncs } from "@/db/queries/syncs";
import { type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type SyncView, syncViews } from "./view";

/** Longer than any name. */
const MAX_SEARCH = 200;

/** In order of creation. */
export const syncsList = defineVerb({
  name: "syncs.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    /** A part of the name. */
    q: z.string().trim().max(MAX_SEARCH, `At most ${MAX_SEARCH} characters.`).optional(),
  }),
  async run(_, { limit, ...filter }): Promise<PageOf<SyncView>> {
    const rows = await listSyncs({ ...filter, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? (shown.at(-1)?.id ?? null) : null;
    return { items: await syncViews(shown), nextCursor };
  },
});
