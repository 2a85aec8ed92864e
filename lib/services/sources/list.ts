import { z } from "zod";
import { listSources } from "@/db/queries/sources";
import { type Page, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type SourceView, sourceViews } from "./view";

export const sourcesList = defineVerb({
  name: "sources.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    /** Looked for in the name. */
    q: z.string().trim().max(100).optional(),
  }),
  async run(_, { cursor, limit, q }): Promise<Page<SourceView>> {
    const rows = await listSources({ cursor, limit: limit + 1, q });
    const shown = rows.slice(0, limit);
    return {
      items: await sourceViews(shown),
      nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  },
});
