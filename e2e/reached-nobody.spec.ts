import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import Database from "better-sqlite3";
import type { List } from "./support/api";
import { type App, startApp } from "./support/app";
import { until } from "./support/child";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

let folder = "";
let app: App;
let hook: WebhookServer;
let page: Page;
let channelId = "";

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-nobody-"));
  hook = await startWebhookServer();
  app = await startApp({ dataDir: path.join(folder, "data") });
  const config = { url: hook.url };
  channelId = (await app.api.post<{ id: string }>("/channels", { name: "Ops", provider: "webhook", config })).id;
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

const problem = (title: string) => ({
  title,
  message: "in full",
  tone: "failure",
  severity: "critical",
  status: "firing",
  dedupKey: title,
});

/** The time that has to pass, by the rows: an alert's was up a while ago, and nobody had it. */
function letTimePass(): void {
  const database = new Database(path.join(folder, "data", "belfry.db"));
  const past = Date.now() - 3_600_000;
  database.prepare("update alerts set unheard_from = ?, fallback_at = ? where status = 'firing'").run(past, past);
  database.close();
}

test("pain 9: a red bar says on every page that an alert reached nobody, and goes with its acknowledgement", async () => {
  await page.goto(`${app.url}/jobs`);
  const bar = page.getByRole("region", { name: "Alerts that reached nobody" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(bar).toHaveCount(0);
  await app.api.post("/notify", problem("disk full"));
  letTimePass();
  // Any change of the settings has every open page ask again.
  await app.api.patch("/settings/notifications", { fallbackAfterMinutes: 20 });
  await expect(bar).toContainText("1 alert reached nobody, since");
  await expect(bar).toContainText("no fallback channel is set");
  await page.screenshot({ path: "e2e/artifacts/nobody-bar.png" });
  const link = bar.getByRole("link", { name: "Open the inbox" });
  expect(await link.getAttribute("href")).toBe("/notifications?status=open");
  const { items } = await app.api.get<List<{ id: string }>>("/alerts?status=open");
  await app.api.post(`/alerts/${items[0]?.id}/acknowledge`, {});
  await expect(bar).toHaveCount(0);
});

test("pain 9: a channel that works again offers to send what it lost, with a preview before", async () => {
  await app.api.patch("/settings/notifications", { globalChannels: [channelId] });
  hook.failWith(404);
  for (const title of ["first", "second"]) {
    await app.api.post("/notify", problem(title));
    await until(`${title} is dead`, async () => {
      const dead = await app.api.get<List<{ title: string }>>(`/deliveries?channelId=${channelId}&status=dead`);
      return dead.items.some((one) => one.title === title);
    });
  }
  hook.recover();
  await app.api.post(`/channels/${channelId}/test`, {});
  await app.api.post("/notify", { title: "works", message: "again" });
  await page.goto(`${app.url}/channels/${channelId}`);
  await expect(page.getByText("2 notifications were lost since it began to fail")).toBeVisible();
  await page.getByRole("button", { name: "Resend 2 undelivered…" }).click();
  const dialog = page.getByRole("dialog", { name: "Recover Ops" });
  const preview = dialog.getByRole("region", { name: "Preview" });
  await expect(preview).toContainText("2 notifications in 1 message, 2 alerts still open.");
  await page.screenshot({ path: "e2e/artifacts/recover-dialog.png" });
  const before = hook.taken.length;
  await dialog.getByRole("button", { name: "Send 2 notifications" }).click();
  await expect(dialog).toHaveCount(0);
  await until("the summary arrives", () => hook.taken.length > before);
  expect(hook.taken.at(-1)?.text).toContain("2 notifications not sent before, 2 alerts still open");
  await expect(page.getByText("were lost since it began to fail")).toHaveCount(0);
});
