import { z } from "zod";
import { defineVerb } from "@/lib/services/verb";
import { readHeartbeat } from "./heartbeat";

/** The heartbeats of Belfry itself: to which monitor, how often, and the result of the last one. */
export const settingsHeartbeatGet = defineVerb({
  name: "settings.heartbeat.get",
  permission: "operator",
  changes: false,
  input: z.object({}),
  run: () => readHeartbeat(),
});
