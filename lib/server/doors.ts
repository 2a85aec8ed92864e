import { readHealth } from "@/lib/services/health/read";
import { metricsRead } from "@/lib/services/metrics/read";
import { notifySend } from "@/lib/services/notify/send";
import { type DoorTable, doorTable, openDoor, postDoor, textDoor } from "./door";
import { openStream, watchNotices } from "./stream";

const health = openDoor(
  () => readHealth.call(null, {}),
  ({ status }) => (status === "ok" ? 200 : 503),
);

/** What machines knock at all day. Each is answered before Next, by the verb that Next's routes would call. */
export function machineDoors(): DoorTable {
  watchNotices();
  return doorTable([
    ["POST /api/v1/notify", postDoor(notifySend, 202)],
    ["GET /api/health", health],
    ["GET /metrics", textDoor(metricsRead, "text/plain; version=0.0.4; charset=utf-8")],
    ["GET /api/v1/stream", openStream],
  ]);
}
