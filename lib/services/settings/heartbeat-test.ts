import { z } from "zod";
import { databaseNow } from "@/db/database-clock";
import { HEARTBEAT_SETTINGS } from "@/db/stores/heartbeat";
import { AppError } from "@/lib/core/errors";
import { sendHeartbeat } from "@/lib/dispatch/send/heartbeat";
import { problemsOf, readProgress } from "@/lib/services/health/problems";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireMonitor } from "./heartbeat";

/** Sends one heartbeat at once, as the next one would be, to a monitor that need not be the chosen one yet. */
export const settingsHeartbeatTest = defineVerb({
  name: "settings.heartbeat.test",
  permission: "admin",
  changes: false,
  records: {
    does: "sends",
    entity: "settings",
    async subject({ channelId }) {
      const { name, provider } = await requireMonitor(channelId);
      return { id: HEARTBEAT_SETTINGS, name: "Heartbeat", detail: { channel: name, provider } };
    },
  },
  input: z.object({ channelId: idField }),
  async run(_, { channelId }): Promise<{ status: "sent"; latencyMs: number; isHealthy: boolean }> {
    const problems = problemsOf(await readProgress(), databaseNow());
    const { error, latencyMs } = await sendHeartbeat(channelId, problems);
    if (error !== null) throw new AppError("delivery_failed", error);
    return { status: "sent", latencyMs, isHealthy: problems.length === 0 };
  },
});
