/** What a quick person, or one with a slow connection, does while the page is drawn and its script not yet there. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import type { List } from "./support/api";
import { type App, startApp } from "./support/app";
import { until } from "./support/child";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

const folder = mkdtempSync(path.join(tmpdir(), "belfry-early-"));
let app: App;
let hook: WebhookServer;
let page: Page;
const ids = { hook: "", job: "" };

test.beforeAll(async ({ browser }) => {
  hook = await startWebhookServer();
  app = await startApp({ dataDir: path.join(folder, "data") });
  const made = async (where: string, body: object) => (await app.api.post<{ id: string }>(where, body)).id;
  ids.hook = await made("/channels", { name: "Side hook", provider: "webhook", config: { url: hook.url } });
  ids.job = await made("/jobs", {
    name: "night",
    sourceId: await made("/sources", { name: "files", kind: "directory", config: { path: folder } }),
    destinationIds: [
      await made("/destinations", { name: "disk", kind: "local", createFolder: true, config: { path: folder } }),
    ],
    notifications: [],
  });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a page whose script comes only after `act`. */
async function beforeItsScript(where: string, act: () => Promise<void>): Promise<void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/_next/static/**/*.js", async (route) => {
    await released;
    await route.continue();
  });
  await page.goto(where, { waitUntil: "commit" });
  await act();
  release();
  await page.unrouteAll({ behavior: "wait" });
}

test("fields that were filled in early are saved as they are shown, several at once", async () => {
  await beforeItsScript(`/channels/${ids.hook}?tab=rules`, async () => {
    await page.getByLabel("Minimum severity").selectOption("critical");
    await page.getByLabel("Maximum messages").fill("3");
    await page.getByLabel("Interval in seconds").fill("60");
  });
  await expect(page.locator("form[data-changed=true]")).toBeVisible();
  await expect(page.getByLabel("Minimum severity")).toHaveValue("critical");
  await expect(page.getByLabel("Maximum messages")).toHaveValue("3");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  expect(await app.api.get(`/channels/${ids.hook}`)).toMatchObject({
    minSeverity: "critical",
    rateLimit: { requests: 3, perSeconds: 60 },
  });
});

test("choices and boxes that were set early count too", async () => {
  await beforeItsScript(`/jobs/${ids.job}?tab=retention`, async () => {
    await page.getByLabel("After each run").check();
    await page.getByLabel(/^Backups to keep/).fill("5");
  });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  expect(await app.api.get(`/jobs/${ids.job}`)).toMatchObject({ retention: { keepLast: 5 }, restoreTestDays: 0 });

  await beforeItsScript("/jobs/new", async () => {
    await page.getByLabel("Name", { exact: true }).fill("by day");
    await page.getByLabel("Enabled").uncheck();
    await page.getByLabel(/^disk/).check();
  });
  await page.getByRole("button", { name: "Save job" }).click();
  await page.waitForURL(/\/jobs\/job_/);
  const { items } = await app.api.get<List<{ name: string; enabled: boolean; destinationIds: string[] }>>("/jobs");
  expect(items.find(({ name }) => name === "by day")).toMatchObject({ enabled: false });
});

test("a button that was clicked early does what it says, once, with what was entered before it", async () => {
  await beforeItsScript(`/channels/${ids.hook}?tab=rules`, async () => {
    const mute = page.getByRole("group", { name: "Mute" }).getByRole("button", { name: "1 hour" });
    await mute.click();
    await mute.click();
  });
  await expect(page.getByText(/^Muted until /).first()).toBeVisible();
  const { mutedUntil } = await app.api.get<{ mutedUntil: string }>(`/channels/${ids.hook}`);
  expect(Date.parse(mutedUntil)).toBeGreaterThan(Date.now());

  // A click that was heard waits for nothing, also where a part of the page comes alive by that very click.
  const unmute = page.getByRole("button", { name: "Unmute" });
  const isWaiting = await unmute.evaluateHandle((button) => () => {
    const { earlyClicks } = window as unknown as { earlyClicks: WeakSet<Element> };
    return earlyClicks.has(button);
  });
  await unmute.click();
  await expect(page.getByRole("group", { name: "Mute" })).toBeVisible();
  expect(await isWaiting.evaluate((ask) => ask())).toBe(false);
});

test("a tab that was clicked early opens", async () => {
  await beforeItsScript(`/channels/${ids.hook}`, async () => {
    await page.getByRole("tab", { name: "Delivery rules" }).click();
  });
  await expect(page.getByLabel("Minimum severity")).toBeVisible();
  await expect(page).toHaveURL(/tab=rules/);
});

test("a form that was sent early is sent once the script is there, and never into the address", async () => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await beforeItsScript("/profile", async () => {
    await page.getByLabel("Current password").fill("not mine at all");
    await page.getByLabel("New password").fill("a new and long one");
    await page.getByRole("button", { name: "Change password" }).click();
  });
  await expect(page.getByLabel("Current password")).toHaveAccessibleDescription(/password/i);
  await expect(page.getByLabel("Current password")).toHaveAttribute("aria-invalid", "true");
  expect(new URL(page.url()).search).toBe("");
  await until("nothing asked holds a password", () => asked.every((url) => !url.includes("long")));
});

test("a page that takes long has a bar and its outline in its place", async () => {
  await page.goto("/jobs");
  await page.getByRole("searchbox").first().hover();
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/channels?*", async (route) => {
    await released;
    await route.continue();
  });
  const sections = page.getByRole("navigation", { name: "Sections" });
  await expect(async () => {
    await sections.getByRole("link", { name: "Channels" }).click();
    await expect(page.getByRole("progressbar", { name: "Loading the page" })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(page.getByRole("status", { name: "Loading Channels" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Jobs" })).toBeHidden();
  release();
  await expect(page.getByRole("heading", { level: 1, name: "Channels" })).toBeVisible();
  await expect(page.getByRole("status", { name: "Loading Channels" })).toHaveCount(0);
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  await page.unrouteAll({ behavior: "wait" });
});
