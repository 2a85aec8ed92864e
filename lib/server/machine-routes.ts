import { requireCurrentClient } from "@/lib/auth/access/client-token";
import { MAX_BODY_BYTES } from "@/lib/core/request-body";
import { agentHeartbeat } from "@/lib/services/agent/heartbeat";
import { agentReportRun } from "@/lib/services/agent/report-run";
import { configBackupRestore, MAX_CONFIGURATION_BYTES } from "@/lib/services/config-backup/restore";
import { readHealth } from "@/lib/services/health/read";
import { metricsRead } from "@/lib/services/metrics/read";
import { notifySend } from "@/lib/services/notify/send";
import { badgeRoutes } from "./badge-handler";
import { checkRoutes } from "./checks-handler";
import { clientHandler } from "./client-handler";
import { postHandler, publicHandler, type RouteTable, routeTable, textHandler } from "./machine-handler";
import { openStream, watchNotices } from "./stream";
import { uploadHandler } from "./upload-handler";

const health = publicHandler(readHealth, ({ status }) => (status === "ok" ? 200 : 503));

/** Routes that machines call all day, and the one with a large body. They are answered before Next, by the same verbs. */
export function machineRoutes(): RouteTable {
  watchNotices();
  return routeTable([
    ["POST /api/v1/notify", postHandler(notifySend, 202)],
    ["POST /api/v1/agent/heartbeat", clientHandler(agentHeartbeat)],
    [
      "POST /api/v1/agent/runs/{runId}",
      clientHandler(agentReportRun, { maxBytes: MAX_BODY_BYTES, know: requireCurrentClient }),
    ],
    ["POST /api/v1/config-backups/restore", uploadHandler(configBackupRestore, MAX_CONFIGURATION_BYTES)],
    ["GET /api/health", health],
    ["GET /metrics", textHandler(metricsRead, "text/plain; version=0.0.4; charset=utf-8")],
    ["GET /api/v1/stream", openStream],
    ...checkRoutes(),
    ...badgeRoutes(),
  ]);
}
