import { z } from "zod";
import { HEARTBEAT_SETTINGS } from "@/db/stores/heartbeat";
import { settingLocks, writeSetting } from "@/db/stores/setting-changes";
import { readSetting } from "@/db/stores/settings";
import { transact } from "@/db/transact";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type HeartbeatSettings, heartbeatSettings, readHeartbeat, requireMonitor } from "./heartbeat";

/** Changes only the settings that are given. The next heartbeat is sent within seconds. */
export const settingsHeartbeatUpdate = defineVerb({
  name: "settings.heartbeat.update",
  permission: "admin",
  changes: true,
  input: z.object({
    /** Null or blank: no heartbeats are sent. */
    channelId: z.union([z.literal("").transform(() => null), z.null(), idField]).optional(),
    everyMinutes: z
      .int("Enter a whole number of minutes.")
      .min(1, "At most one heartbeat a minute.")
      .max(1_440, "At least one heartbeat a day: 1,440 minutes.")
      .optional(),
  }),
  async run({ audit }, { channelId, everyMinutes }) {
    if (channelId) await requireMonitor(channelId);
    const given = {
      ...(channelId !== undefined && { channelId }),
      ...(everyMinutes !== undefined && { everyMinutes }),
    };
    await transact(settingLocks(HEARTBEAT_SETTINGS), function* (tx) {
      const stored = heartbeatSettings(yield* readSetting<Partial<HeartbeatSettings>>(tx, HEARTBEAT_SETTINGS));
      yield* writeSetting(
        tx,
        HEARTBEAT_SETTINGS,
        { ...stored, ...given },
        audit("settings", HEARTBEAT_SETTINGS, "Heartbeat", given),
      );
    });
    return await readHeartbeat();
  },
});
