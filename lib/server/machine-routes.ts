import { readHealth } from "@/lib/services/health/read";
import { metricsRead } from "@/lib/services/metrics/read";
import { notifySend } from "@/lib/services/notify/send";
import { postHandler, publicHandler, type RouteTable, routeTable, textHandler } from "./machine-handler";
import { openStream, watchNotices } from "./stream";

const health = publicHandler(readHealth, ({ status }) => (status === "ok" ? 200 : 503));

/** Routes that machines call all day. They are answered before Next, by the same verbs. */
export function machineRoutes(): RouteTable {
  watchNotices();
  return routeTable([
    ["POST /api/v1/notify", postHandler(notifySend, 202)],
    ["GET /api/health", health],
    ["GET /metrics", textHandler(metricsRead, "text/plain; version=0.0.4; charset=utf-8")],
    ["GET /api/v1/stream", openStream],
  ]);
}
