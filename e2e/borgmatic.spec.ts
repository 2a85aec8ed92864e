import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type App, pick, startApp } from "./support/app";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

const passphrase = "a passphrase of some length";
let folder = "";
let app: App;
let hook: WebhookServer;
let page: Page;
const at = (name: string) => path.join(folder, name);
const config = () => at("configs/shop.yaml");
const archives = () => {
  const env = { ...process.env, BORG_PASSPHRASE: passphrase, BORG_BASE_DIR: at("borg") };
  return execFileSync("borg", ["list", "--short", at("repository")], { env, encoding: "utf8" })
    .trim()
    .split("\n");
};

function writeConfig(hooks = ""): void {
  const text = `location:
    source_directories:
        - ${at("files")}
    repositories:
        - ${at("repository")}
    borgmatic_source_directory: ${at("borgmatic")}
storage:
    encryption_passphrase: ${passphrase}
    borg_base_directory: ${at("borg")}
retention:
    keep_daily: 7
${hooks}`;
  writeFileSync(config(), text, { mode: 0o600 });
}

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-borgmatic-"));
  for (const name of ["files", "configs"]) mkdirSync(at(name));
  writeFileSync(at("files/bell.bin"), randomBytes(100_000));
  writeConfig();
  const env = { ...process.env, BORG_PASSPHRASE: passphrase, BORG_BASE_DIR: at("borg") };
  execFileSync("borg", ["init", "-e", "repokey", at("repository")], { env, stdio: "ignore" });
  hook = await startWebhookServer();
  app = await startApp({ dataDir: at("data"), env: { BELFRY_BORGMATIC_CONFIGS: at("configs") } });
  await app.api.post("/channels", { name: "Ops", provider: "webhook", config: { url: hook.url } });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

const main = () => page.getByRole("main");

test("a configuration becomes a source, whose Test says what it names", async () => {
  await page.goto("/sources/new");
  await page.getByRole("radio", { name: /borgmatic/ }).check();
  await page.getByLabel("Name", { exact: true }).fill("shop.yaml");
  await page.getByLabel("Configuration file", { exact: true }).fill(config());
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(main().getByText(/^borgmatic 1\.\S+ reads .*: 1 repository\.$/)).toBeVisible({ timeout: 60_000 });
  await expect(main().getByText("holds no archive yet")).toBeVisible();
  await page.getByRole("button", { name: "Save source" }).click();
  await expect(page).toHaveURL(/\/sources\/(?!new)[^/?]+$/);
});

test("a job of it asks for no destination; its run shows the archive and notifies", async () => {
  await page.goto("/jobs/new");
  await page.getByLabel("Name", { exact: true }).fill("shop nightly");
  await expect(page.getByLabel("Source", { exact: true })).toHaveValue(/^src_/);
  await expect(page.getByText("This source knows by itself where its backups go")).toBeVisible();
  await expect(page.getByRole("group", { name: "Destinations" })).toHaveCount(0);
  await expect(page.getByRole("tab", { name: "Retention" })).toHaveCount(0);
  await page.getByRole("tab", { name: "Notifications" }).click();
  await pick(page, "Add", "Ops");
  await page.getByLabel("When Ops is notified").selectOption({ label: "Always" });
  await page.getByRole("button", { name: "Save job" }).click();
  await expect(page.getByRole("heading", { name: "shop nightly", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  const row = page.getByRole("table", { name: "Archives" }).getByRole("row").nth(1);
  await expect(row).toBeVisible({ timeout: 120_000 });
  const [name = ""] = archives();
  await expect(row).toContainText(name);
  await expect(row).toContainText(at("repository"));
  await expect(row).toContainText("kB");
  await expect(main().getByText("Success").first()).toBeVisible();
  await expect(main().getByText("Creating archive").first()).toBeVisible();
  await expect.poll(() => hook.taken.length).toBeGreaterThan(0);
});

test("the archives of the job are those that borgmatic lists, with the command that restores the newest", async () => {
  await page.goto("/jobs");
  await page.getByRole("link", { name: "shop nightly", exact: true }).first().click();
  await page.getByRole("link", { name: "Archives", exact: true }).click();
  await expect(main().getByRole("table", { name: /^Archives in / })).toContainText(archives()[0] ?? "none", {
    timeout: 60_000,
  });
  await expect(page.getByRole("region", { name: "Command that restores the newest archive" })).toContainText(
    `borgmatic --config ${config()} extract --archive latest`,
  );
  await main().getByRole("link", { name: archives()[0], exact: true }).click();
  const root = main().getByRole("table", { name: "Files in /" });
  await expect(root.getByRole("link").first()).toBeVisible({ timeout: 60_000 });
});

test("Belfry that is killed leaves no borgmatic behind; the interrupted run fails, and its repetition makes the archive", async () => {
  const { items } = await app.api.get<{ items: { id: string }[] }>("/jobs");
  const [job] = items;
  writeConfig(
    `hooks:\n    before_backup:\n        - test -e ${at("again")} || { echo $$ > ${at("pid")}; exec sleep 600; }\n`,
  );
  const before = archives().length;
  const { runId } = await app.api.post<{ runId: string }>(`/jobs/${job?.id}/run`, {});
  await expect.poll(() => existsSync(at("pid")) && readFileSync(at("pid"), "utf8").trim()).toMatch(/^\d+$/);
  const pid = Number(readFileSync(at("pid"), "utf8"));
  await app.kill();
  await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  writeFileSync(at("again"), "");
  await app.start();
  await expect
    .poll(async () => (await app.api.get<{ status: string }>(`/runs/${runId}`)).status, { timeout: 60_000 })
    .toBe("failure");
  await expect.poll(() => archives().length, { timeout: 120_000 }).toBe(before + 1);
  await expect
    .poll(async () => (await app.api.get<{ lastRun: unknown }>(`/jobs/${job?.id}`)).lastRun, { timeout: 60_000 })
    .toMatchObject({ status: "success", archives: [{ repository: at("repository") }] });
});
