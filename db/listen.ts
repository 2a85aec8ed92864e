import { type Notice, publish } from "@/lib/core/bus";
import { databaseHandle } from "./client";
import { PostgresClient } from "./postgres-client";
import { CONNECT_MS } from "./postgres-pool";

const RETRY_MS = 500;

/**
 * Publishes the notices of all processes on this PostgreSQL database on the bus of this one. On SQLite there is
 * one process, whose transactions publish directly.
 * @returns the function that stops it
 */
export function listenForNotices(): () => Promise<void> {
  const handle = databaseHandle();
  if (handle.kind === "sqlite") return async () => undefined;
  const { url, origin, watch } = handle;
  let client: PostgresClient | null = null;
  let isEnded = false;
  let timer: NodeJS.Timeout | null = null;

  const reconnect = () => {
    client = null;
    if (!isEnded) timer ??= setTimeout(connect, RETRY_MS);
  };
  const connect = async () => {
    timer = null;
    const next = new PostgresClient({
      connectionString: url,
      application_name: "belfry-listen",
      keepAlive: true,
      keepAliveInitialDelayMillis: CONNECT_MS,
      connectionTimeoutMillis: CONNECT_MS,
    });
    next.on("error", (error) => watch.lose(error));
    next.on("end", reconnect);
    next.on("notification", ({ payload }) => {
      if (!payload) return;
      const { from, ...notice } = JSON.parse(payload) as Notice & { from?: string };
      if (from !== origin) publish(notice);
    });
    try {
      await next.connect();
      await next.query("listen belfry");
      if (isEnded) return void (await next.end());
      client = next;
      watch.find();
      // Notices were missed meanwhile: everything may have changed.
      for (const topic of ["channels", "settings", "users", "api-keys", "sessions"] as const) publish({ topic });
    } catch (error) {
      watch.lose(error);
      next.removeListener("end", reconnect);
      await next.end().catch(() => undefined);
      reconnect();
    }
  };
  void connect();
  return async () => {
    isEnded = true;
    if (timer) clearTimeout(timer);
    await client?.end();
  };
}
