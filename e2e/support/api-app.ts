import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Api, apiOf } from "./api";
import { type App, createKey, startApp } from "./app";
import type { Way } from "./ways";
import { startWebhookServer, type WebhookServer } from "./webhook-server";

/** Belfry with a key of each role, a receiver for a webhook channel, and `files` and `backups` to work on. */
export interface ApiApp {
  folder: string;
  dataDir: string;
  app: App;
  /** With an admin's key. */
  api: Api;
  operator: Api;
  viewer: Api;
  hook: WebhookServer;
  close(): Promise<void>;
}

export async function startApiApp(options: { way?: Way } = {}): Promise<ApiApp> {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-api-"));
  const dataDir = path.join(folder, "data");
  for (const name of ["files", "backups"]) mkdirSync(path.join(folder, name));
  writeFileSync(path.join(folder, "files", "bell.txt"), "Große Glocke");
  const hook = await startWebhookServer();
  const app = await startApp({ dataDir, ...options });
  return {
    folder,
    dataDir,
    app,
    api: app.api,
    operator: apiOf(app.url, await createKey(dataDir, "operator")),
    viewer: apiOf(app.url, await createKey(dataDir, "viewer")),
    hook,
    async close() {
      await app.close();
      await hook.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A notification for `POST /notify`. */
export const notice = (title: string, more: object = {}) => ({ title, message: `${title} in full`, ...more });
