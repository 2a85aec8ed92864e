import { heldBySilences, listSilences } from "@/db/queries/silences";
import { flagField, type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type SilenceView, silenceView } from "./view";

/** Silences; the one that was made last comes first. */
export const silencesList = defineVerb({
  name: "silences.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    /** Those that have ended, too. */
    ended: flagField.default(false),
  }),
  async run({ now }, { cursor, limit, ended }): Promise<PageOf<SilenceView>> {
    const rows = await listSilences({ cursor, limit: limit + 1, ...(ended ? {} : { now }) });
    const shown = rows.slice(0, limit);
    const held = await heldBySilences(shown.map(({ id }) => id));
    return {
      items: shown.map((row) => silenceView(row, held.get(row.id) ?? 0, now)),
      nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  },
});
