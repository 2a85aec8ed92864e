import { readHealth } from "@/lib/services/health/read";
import { metricsRead } from "@/lib/services/metrics/read";
import { notifySend } from "@/lib/services/notify/send";
import { postHandler, publicHandler, type RouteTable, routeTable, textHandler } from "./machine-handler";
import { openStream, watchNotices } from "./stream";

const health = publicHandler(
  () => readHealth.call(null, {}),
  ({ status }) => (status === "ok" ? 200 : 503),
);

/** What machines knock at all day. Each is answered before Next, by the verb that Next's routes would call. */
export function machineRoutes(): RouteTable {
  watchNotices();
  return routeTable([
    ["POST /api/v1/notify", postHandler(notifySend, 202)],
    ["GET /api/health", health],
    ["GET /metrics", textHandler(metricsRead, "text/plain; version=0.0.4; charset=utf-8")],
    ["GET /api/v1/stream", openStream],
  ]);
}
