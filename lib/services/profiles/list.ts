import { z } from "zod";
import { listProfiles } from "@/db/queries/profiles";
import { type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type ProfileView, profileViews } from "./view";

export const profilesList = defineVerb({
  name: "profiles.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    /** Searched for in the name. */
    q: z.string().trim().max(100).optional(),
  }),
  async run(_, { cursor, limit, q }): Promise<PageOf<ProfileView>> {
    const rows = await listProfiles({ cursor, limit: limit + 1, q });
    const shown = rows.slice(0, limit);
    return {
      items: await profileViews(shown),
      nextCursor: rows.length > limit ? (shown.at(-1)?.profile.id ?? null) : null,
    };
  },
});
