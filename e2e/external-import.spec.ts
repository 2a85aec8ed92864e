import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { ADMIN, type App, startApp } from "./support/app";

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
  const page = await app.pageOf(browser, ADMIN, "/jobs");
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

const BORGMATIC = `
location: { source_directories: [/etc], repositories: [ssh://borg@backup.example/./web.borg] }
retention: { keep_daily: 7 }
hooks:
    ntfy:
        topic: backups
        server: https://ntfy.example
        access_token: tk_pasted
        states: [finish, fail]
        fail: { title: The web server was not backed up, priority: max }
    healthchecks: https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278
    cronitor: { ping_url: '{credential file /etc/cronitor}' }
`;

test("a configuration of borgmatic becomes a job with channels and rules, and reports where it is pointed at", async ({
  browser,
}) => {
  const page = await app.pageOf(browser, ADMIN, "/jobs/import");
  await page.getByRole("navigation", { name: "Import" }).getByRole("link", { name: "borgmatic" }).click();
  await expect(page).toHaveURL(/\/jobs\/import\/borgmatic$/);
  await page.getByLabel("YAML").fill("a: &a [*a]");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("nested deeper than 20 levels")).toBeVisible();
  const buffer = Buffer.from(BORGMATIC);
  await page.getByLabel("File").setInputFiles({ name: "web.yaml", mimeType: "application/yaml", buffer });
  await expect(page.getByLabel("YAML")).toHaveValue(/source_directories/);
  await expect(page.getByLabel("Name of the job")).toHaveValue("web");
  await page.getByRole("button", { name: "Preview" }).click();
  const channels = page.getByRole("table", { name: "Channels" }).getByRole("row");
  await expect(channels.nth(1)).toContainText("Always; with its texts");
  await expect(channels.nth(2)).toContainText("Start, Success, Warning, Failure; with the log");
  const keys = page.getByRole("table", { name: "Keys" });
  await expect(keys.getByRole("row", { name: /hooks\.ntfy\.access_token Taken/ })).toBeVisible();
  await expect(keys.getByRole("row", { name: /hooks\.cronitor Not taken/ })).toContainText("enter it by hand");
  await expect(keys.getByRole("row", { name: /retention\.keep_daily Not taken/ })).toContainText(
    "borgmatic keeps doing it",
  );
  const count = async (what: string) => (await app.api.get<{ items: unknown[] }>(`/${what}`)).items.length;
  const before = await count("jobs");
  expect(await count("channels")).toBe(0);
  await page.getByRole("button", { name: "Create the job" }).click();
  await expect(page.getByRole("heading", { name: "The job was created" })).toBeVisible();
  const lines = await page.getByRole("region", { name: "the lines for borgmatic" }).innerText();
  const [address = ""] = /http\S+/.exec(lines) ?? [];
  expect(lines).toContain("hooks:");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("There is a job with this name already")).toBeVisible();
  await expect(channels.nth(1)).toContainText("Exists already");
  expect([await count("jobs"), await count("channels")]).toEqual([before + 1, 2]);
  await channels.nth(1).getByRole("link", { name: "ntfy backups" }).click();
  await expect(page.getByRole("heading", { name: "ntfy backups" })).toBeVisible();
  await page.goto("/jobs");
  await page.getByRole("link", { name: "web", exact: true }).click();
  await expect(page.getByRole("heading", { name: "web" })).toBeVisible();
  await expect(page.getByText("Healthchecks of web").first()).toBeVisible();
  expect(await (await fetch(address, { method: "POST" })).text()).toBe("OK");
  await expect(page.getByText("Healthy", { exact: true })).toBeVisible({ timeout: 20_000 });
});
