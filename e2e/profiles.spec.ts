import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import type { List } from "./support/api";
import { type App, startApp } from "./support/app";

test.describe.configure({ mode: "serial" });

interface Job {
  id: string;
  name: string;
  profileName: string | null;
  labels: Record<string, string>;
  enabled: boolean;
}

let folder = "";
let app: App;
let page: Page;
const jobs = async () => (await app.api.get<List<Job>>("/jobs")).items;

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-profiles-"));
  mkdirSync(path.join(folder, "files"));
  mkdirSync(path.join(folder, "backups"));
  app = await startApp({ dataDir: path.join(folder, "data") });
  const config = { path: path.join(folder, "files") };
  const source = await app.api.post<{ id: string }>("/sources", { name: "files", kind: "directory", config });
  const place = { name: "disk", kind: "local", createFolder: true, config: { path: path.join(folder, "backups") } };
  const destination = await app.api.post<{ id: string }>("/destinations", place);
  await app.api.post("/channels", { name: "ops", provider: "webhook", config: { url: "http://127.0.0.1:9/" } });
  for (const name of ["one", "two", "three"])
    await app.api.post("/jobs", { name, sourceId: source.id, destinationIds: [destination.id] });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("pain 53: a profile is made once, and three jobs follow it by one change of the list", async () => {
  await page.goto("/routing/profiles/new");
  await page.getByLabel("Name", { exact: true }).fill("Standard");
  await page
    .getByRole("button", { name: "Add a channel" })
    .or(page.getByRole("button", { name: "Add", exact: true }))
    .first()
    .click();
  await page.getByRole("menuitem", { name: /^ops/ }).click();
  await page.getByRole("button", { name: "Create profile" }).click();
  await expect(page).toHaveURL(/\/routing\/profiles\/prf_/);

  await page.goto("/jobs");
  await page.getByLabel("Select all jobs of this page").check();
  const bar = page.getByRole("region", { name: "Selected jobs" });
  await expect(bar).toContainText("3 jobs selected");
  await bar.getByRole("button", { name: "Profile" }).click();
  await page.getByLabel("Follow the profile").selectOption({ label: "Standard" });
  await page.getByRole("button", { name: "Set the profile" }).click();
  await expect
    .poll(async () => (await jobs()).map(({ profileName }) => profileName))
    .toEqual(["Standard", "Standard", "Standard"]);

  await page.getByRole("link", { name: "one", exact: true }).click();
  await page.getByRole("tab", { name: /Notifications/ }).click();
  await expect(page.getByText("rule “On Failure” of the profile “Standard”")).toBeVisible();
  await page.getByLabel("Follows the profile").selectOption({ label: "No profile" });
  await expect(page.getByText("Nobody would be notified")).toBeVisible();
});

test("labels and state of the selected jobs are changed together, and a label narrows the list", async () => {
  await page.goto("/jobs");
  await page.getByLabel("Select one", { exact: true }).check();
  await page.getByLabel("Select two", { exact: true }).check();
  const bar = page.getByRole("region", { name: "Selected jobs" });
  await bar.getByRole("button", { name: "Labels" }).click();
  await page.getByRole("dialog").getByLabel("Labels to add").fill("env:prod");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Change the labels" }).click();
  await expect.poll(async () => (await jobs()).map(({ labels }) => labels.env ?? "")).toEqual(["prod", "prod", ""]);
  await page.getByRole("link", { name: "env:prod" }).first().click();
  await expect(page.getByRole("row")).toHaveCount(3);
  await page.getByLabel("Select all jobs of this page").check();
  await bar.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await expect.poll(async () => (await jobs()).map(({ enabled }) => enabled)).toEqual([false, false, true]);
});
