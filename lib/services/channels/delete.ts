import { z } from "zod";
import { channelRemovalLocks, readChannel, readChannelUses, removeChannel } from "@/db/stores/channels";
import { HEARTBEAT_SETTINGS } from "@/db/stores/heartbeat";
import { noteRinging, RINGING_LOCK } from "@/db/stores/ringing";
import { settingLocks } from "@/db/stores/setting-changes";
import { readSetting } from "@/db/stores/settings";
import { transact } from "@/db/transact";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { heartbeatSettings } from "@/lib/services/settings/heartbeat";
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
    const locks = [...channelRemovalLocks(id), RINGING_LOCK, ...settingLocks(HEARTBEAT_SETTINGS)];
    await transact(locks, function* (tx) {
      const row = yield* readChannel(tx, id);
      const { name, provider } = row;
      const { notifications, routes, ...rules } = yield* readChannelUses(tx, id);
      assertUnused(name, readUsage(id, rules, notifications), routes);
      if (heartbeatSettings(yield* readSetting(tx, HEARTBEAT_SETTINGS)).channelId === id)
        throw new AppError(
          "conflict",
          `${name} gets the heartbeats of Belfry. Choose another monitor in Settings → General first.`,
        );
      if (row.enabled && mayRing(provider)) yield* noteRinging(tx, row, Date.now());
      yield* removeChannel(tx, id, audit("channel", id, name, { provider }));
    });
    return { id };
  },
});
