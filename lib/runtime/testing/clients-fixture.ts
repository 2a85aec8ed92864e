import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { vi } from "vitest";
import { setProcessState } from "@/lib/core/process-state";
import {
  addWebhook,
  nothingUnderWay,
  setNotifications,
  startPipeline,
  startReceiver,
} from "@/lib/dispatch/pipeline-fixture";
import { lostClientRuns } from "@/lib/schedule/monitors/lost-client-runs";
import { lowClientDisks } from "@/lib/schedule/monitors/low-client-disks";
import { Monitors } from "@/lib/schedule/monitors/monitors";
import { sharedTokens } from "@/lib/schedule/monitors/shared-tokens";
import { silentClients } from "@/lib/schedule/monitors/silent-clients";
import { setSecretKey } from "@/lib/secrets/key";
import { admitToPages } from "@/lib/server/admission";
import { createHttpServer } from "@/lib/server/http-server";
import { machineRoutes } from "@/lib/server/machine-routes";
import { flushHeartbeats } from "@/lib/services/agent/heartbeat-buffer";
import { allowedMethods } from "@/lib/services/openapi/allowed-methods";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

/**
 * Monitors of clients alone, as one process has them.
 * @param processId names it among several; null: it is the only one, and takes the reports itself
 */
export function clientMonitors(processId: string | null = null): Monitors {
  const context = { dataDir: "/nowhere", hasScheduler: true, lastCrash: null, startedAt: Date.now(), processId };
  return new Monitors(context, [silentClients, lostClientRuns, lowClientDisks, sharedTokens]);
}

/**
 * A database, the machine routes on a real socket, a worker, and a receiver that is notified of everything. The clock is the
 * test's: it stands until `pass`. Timers and the network go on.
 */
export async function openClientFixture() {
  setSecretKey(randomBytes(32).toString("hex"));
  const receiver = await startReceiver();
  const pipeline = await startPipeline();
  const hook = await addWebhook("ops", receiver.url());
  await setNotifications({ globalChannels: [hook], events: { "client.online": { enabled: false } } });
  setProcessState("ready");
  const server = createHttpServer({
    isDevelopment: false,
    trustedProxies: 0,
    routes: machineRoutes(),
    allowedMethods: allowedMethods(),
    admit: admitToPages(),
    pages: Promise.resolve(null),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const clock = { now: Date.now(), passed: performance.now() };
  vi.spyOn(Date, "now").mockImplementation(() => clock.now);
  vi.spyOn(performance, "now").mockImplementation(() => clock.passed);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    receiver,
    /** The channel that is notified. */
    hook,
    clock,
    /** Lets time pass, with a look of each monitor every so often. */
    async pass(ms: number, watching: readonly Pick<Monitors, "checkAll">[], everyMs = 5 * SECOND): Promise<void> {
      for (const end = clock.now + ms; clock.now < end; ) {
        await nothingUnderWay();
        const step = Math.min(everyMs, end - clock.now);
        clock.now += step;
        clock.passed += step;
        await Promise.all(watching.map((one) => one.checkAll()));
      }
    },
    async close() {
      vi.restoreAllMocks();
      server.closeAllConnections();
      server.close();
      await flushHeartbeats();
      await pipeline.stop();
      await receiver.stop();
    },
  };
}
