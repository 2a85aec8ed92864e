import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type App, startApp } from "./support/app";
import { type SshServer, startSshServer } from "./support/ssh-server";

let folder = "";
let app: App;
let server: SshServer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-destinations-"));
  server = await startSshServer();
  app = await startApp({ dataDir: path.join(folder, "data") });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("an SSH server shows its key first, is accepted, tested and saved, and its page says how full it is", async () => {
  const place = path.join(server.folder, "nas");
  await page.goto("/destinations/new");
  await page.getByRole("radio", { name: /^SFTP/ }).check();
  await page.getByLabel("Name", { exact: true }).fill("nas");
  await page.getByLabel("Host", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("Port", { exact: true }).fill(String(server.port));
  await page.getByLabel("User", { exact: true }).fill(server.user);
  await page.getByLabel("Private key", { exact: true }).fill(server.privateKey);
  await page.getByLabel("Folder", { exact: true }).fill(place);
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.getByText("Nobody has accepted it yet")).toBeVisible();
  await page.getByRole("button", { name: "Accept this host key" }).click();
  await expect(page.getByLabel("Host key", { exact: true })).toHaveValue(/^ssh-ed25519 SHA256:/);
  await page.getByLabel("Used (%)").fill("0");
  await page.getByRole("button", { name: "Save destination" }).click();
  await expect(page.getByText("At least 1 %.")).toBeVisible();
  await page.getByLabel("Used (%)").fill("1");
  await page.getByRole("button", { name: "Save destination" }).click();
  const create = page.getByRole("checkbox", { name: "Create the folder" });
  await expect(create).toHaveAccessibleDescription(/does not exist\. Mount its disk .* or choose "Create the folder"/);
  expect(existsSync(place)).toBe(false);
  await create.check();
  await page.getByRole("button", { name: "Save destination" }).click();
  await expect(page.getByRole("heading", { name: "nas", level: 1 })).toBeVisible();
  expect(existsSync(place)).toBe(true);
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.getByText(/can be written to: .* free\./)).toBeVisible();
  await expect(page.getByText("from 1 % used on")).toBeVisible();
  await expect(page.getByText(/\(\d+ %\)/).first()).toBeVisible();
});

test("what was measured raises Storage Low, which leads to the destination", async () => {
  await expect
    .poll(async () => {
      await page.goto("/notifications");
      return await page.getByText("Storage Low: nas").count();
    })
    .toBeGreaterThan(0);
  await page.goto("/destinations");
  await page.getByRole("link", { name: "nas", exact: true }).click();
  await expect(page.getByRole("img", { name: /^Used space over 1 day: from .* to .* of .*\.$/ })).toBeVisible();
  await expect(page.getByText("once it has been measured for three days")).toBeVisible();
});
