import { z } from "zod";
import { channelRemovalLocks, readChannel, readChannelUses, removeChannel } from "@/db/stores/channels";
import { noteRinging, RINGING_LOCK } from "@/db/stores/ringing";
import { transact } from "@/db/transact";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { mayRing } from "./config";
import { assertUnused, readUsage } from "./uses";

/** Deletes a channel permanently. One that is in use stays, and the error names its users. */
export const channelsDelete = defineVerb({
  name: "channels.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    await transact([...channelRemovalLocks(id), RINGING_LOCK], function* (tx) {
      const row = yield* readChannel(tx, id);
      const { name, provider } = row;
      const { notifications, routes, ...rules } = yield* readChannelUses(tx, id);
      assertUnused(name, readUsage(id, rules, notifications), routes);
      if (row.enabled && mayRing(provider)) yield* noteRinging(tx, row, Date.now());
      yield* removeChannel(tx, id, audit("channel", id, name, { provider }));
    });
    return { id };
  },
});
