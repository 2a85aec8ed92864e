import { z } from "zod";
import { listRepositories } from "@/db/queries/repositories";
import { type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type RepositoryView, repositoryViews } from "./view";

/** Longer than any name. */
const MAX_SEARCH = 200;

/** In order of creation. */
export const repositoriesList = defineVerb({
  name: "repositories.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    /** A part of the name. */
    q: z.string().trim().max(MAX_SEARCH, `At most ${MAX_SEARCH} characters.`).optional(),
  }),
  async run(_, { limit, ...filter }): Promise<PageOf<RepositoryView>> {
    const rows = await listRepositories({ ...filter, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? (shown.at(-1)?.repository.id ?? null) : null;
    return { items: await repositoryViews(shown), nextCursor };
  },
});
