import { z } from "zod";
import { channelById, channelNames } from "@/db/queries/channels";
import { labelsOf } from "@/db/queries/labels";
import { type ChannelRow, insertChannel } from "@/db/stores/channels";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { channelView } from "./view";

const NAME_MAX = 100;

/**
 * Copies a channel with its configuration, secrets, subscriptions and labels. The copy is disabled, so that nothing is
 * sent twice until a person has checked it.
 */
export const channelsDuplicate = defineVerb({
  name: "channels.duplicate",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ actor, now, audit }, { id }) {
    const known = await channelById(id);
    if (!known) throw new AppError("not_found", "There is no such channel.");
    const row: ChannelRow = {
      ...known,
      id: newId("chn"),
      name: unusedName(known.name, new Set((await channelNames()).map(({ name }) => name))),
      enabled: false,
      createdAt: now,
      updatedAt: now,
    };
    const labels = (await labelsOf("channel", [id])).get(id) ?? {};
    await insertChannel(row, audit("channel", row.id, row.name, { copyOf: known.name, provider: row.provider }), {
      labels,
    });
    return channelView(row, actor);
  },
});

/** `ops (copy)`, then `ops (copy 2)`; a name that would be too long is cut. */
export function unusedName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? " (copy)" : ` (copy ${count})`;
    const free = `${name.slice(0, NAME_MAX - suffix.length).replace(/[\uD800-\uDBFF]$/, "")}${suffix}`;
    if (!taken.has(free)) return free;
  }
}
