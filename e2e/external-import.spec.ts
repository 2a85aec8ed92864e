import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { type App, startApp } from "./support/app";

let dataDir = "";
let app: App;

test.beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-import-"));
  app = await startApp({ dataDir });
});
test.afterAll(async () => {
  await app?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const UUID = "f618072a-7bde-4eee-af63-71a77c5723bc";
const CHECKS = [
  { name: "Database dump", tags: "env:prod", grace: 600, timeout: 3_600, uuid: UUID, desc: "on nas" },
  { name: "taken", grace: 600, timeout: 3_600 },
];

test("checks of Healthchecks are looked at, created, and pinged at the addresses that they had", async ({
  browser,
}) => {
  await app.api.post("/jobs", { kind: "external", name: "taken" });
  const page = await app.pageOf(browser);
  await page.goto("/jobs");
  await page.getByRole("link", { name: "Import" }).click();
  await expect(page.getByRole("heading", { name: "Import jobs" })).toBeVisible();
  await page.getByLabel("JSON").fill("{");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("This is not JSON")).toBeVisible();
  await page.getByLabel("File").setInputFiles({
    name: "checks.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify({ checks: CHECKS })),
  });
  await expect(page.getByLabel("JSON")).toHaveValue(/Database dump/);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("1 job would be created")).toBeVisible();
  const rows = page.getByRole("table", { name: "Checks" }).getByRole("row");
  await expect(rows.nth(1)).toContainText("Keeps its UUID.");
  await expect(rows.nth(1)).toContainText("on nas");
  await expect(rows.nth(2)).toContainText("There is a job with this name already.");
  expect((await app.api.get<{ items: unknown[] }>("/jobs")).items).toHaveLength(1);
  await page.getByRole("button", { name: "Create 1 job" }).click();
  await expect(page.getByText("1 job created")).toBeVisible();
  await page.getByRole("link", { name: "Database dump" }).click();
  await expect(page.getByRole("heading", { name: "Database dump" })).toBeVisible();
  const ping = await fetch(new URL(`/ping/${UUID}`, page.url()), { method: "POST" });
  expect(await ping.text()).toBe("OK");
  await expect(page.getByText("Healthy", { exact: true })).toBeVisible({ timeout: 20_000 });
});
