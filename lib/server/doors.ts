import { readHealth } from "@/lib/services/health/read";
import { type DoorTable, doorTable, openDoor } from "./door";
import { openStream } from "./stream";

/** What machines knock at all day. Each is answered before Next, by the verb that Next's routes would call. */
export function machineDoors(): DoorTable {
  return doorTable([
    [
      "GET /api/health",
      openDoor(
        () => readHealth.call(null, {}),
        ({ status }) => (status === "ok" ? 200 : 503),
      ),
    ],
    ["GET /api/v1/stream", openStream],
  ]);
}
