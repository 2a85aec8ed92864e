import { inArray, or } from "drizzle-orm";
import { subscribe } from "@/lib/core/bus";
import { sharedState } from "@/lib/core/runtime";
import { database } from "../client";

/** Callers name the same channels again and again: results are cached until a channel changes. */
const known = sharedState("queries.channel-names", () => {
  const state = { ids: new Map<string, string>(), epoch: 0, readAt: 0 };
  subscribe(({ topic }) => {
    if (topic !== "channels") return;
    state.ids.clear();
    state.epoch++;
  });
  return state;
});
const KEEP_MS = 5_000;

/** Channel ids by what a caller named: an id or a name. Unknown names are left out. */
export async function channelIdsByNameOrId(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (Date.now() - known.readAt > KEEP_MS) known.ids.clear();
  if (names.every((name) => known.ids.has(name))) return known.ids;
  const { epoch } = known;
  const { orm, t } = database();
  const { channels: c } = t;
  const rows = await orm
    .select({ id: c.id, name: c.name })
    .from(c)
    .where(or(inArray(c.id, [...names]), inArray(c.name, [...names])));
  const found = new Map(rows.flatMap((row) => [[row.name, row.id] as const, [row.id, row.id] as const]));
  if (epoch === known.epoch) {
    if (known.ids.size === 0) known.readAt = Date.now();
    for (const [name, id] of found) known.ids.set(name, id);
  }
  return found;
}
