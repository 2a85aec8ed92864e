import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type App, startApp } from "./support/app";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

let folder = "";
let app: App;
let hook: WebhookServer;
let page: Page;
const location = () => path.join(folder, "borg");
const photo = randomBytes(300_000);

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-repositories-"));
  mkdirSync(path.join(folder, "files", "photos"), { recursive: true });
  writeFileSync(path.join(folder, "files", "photos", "bell.bin"), photo);
  hook = await startWebhookServer();
  app = await startApp({ dataDir: path.join(folder, "data") });
  const config = { path: path.join(folder, "files") };
  await app.api.post("/sources", { name: "Pictures", kind: "directory", config });
  const channel = await app.api.post<{ id: string }>("/channels", {
    name: "receiver",
    provider: "webhook",
    config: { url: hook.url },
  });
  await app.api.patch("/settings/notifications", { globalChannels: [channel.id] });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

const main = () => page.getByRole("main");

test("a repository is made on its page", async () => {
  await page.goto("/repositories/new");
  await page.getByLabel("Name", { exact: true }).fill("offsite");
  await page.getByLabel("Location", { exact: true }).fill(location());
  await page.getByLabel("Passphrase", { exact: true }).fill("a passphrase of some length");
  await page.getByRole("button", { name: "Make repository" }).click();
  await expect(page.getByRole("heading", { name: "offsite", level: 1 })).toBeVisible({ timeout: 60_000 });
});

test("a job stores its backup in it", async () => {
  await page.goto("/jobs/new");
  await page.getByLabel("Name", { exact: true }).fill("pictures nightly");
  await page.getByLabel("Repository", { exact: true }).selectOption({ label: "offsite (Borg)" });
  await expect(page.getByRole("group", { name: "Destinations" })).toHaveCount(0);
  await page.getByRole("button", { name: "Save job" }).click();
  await expect(page.getByRole("heading", { name: "pictures nightly", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(main().getByText("Success").first()).toBeVisible({ timeout: 60_000 });
});

test("its archive is browsed, and a file of it downloaded", async () => {
  await page.goto("/repositories");
  await page.getByRole("link", { name: "offsite", exact: true }).click();
  await page.getByRole("link", { name: "Archives", exact: true }).click();
  await page.getByRole("link", { name: /^pictures-nightly-/ }).click({ timeout: 60_000 });
  await page.getByRole("link", { name: "photos", exact: true }).click({ timeout: 60_000 });
  const row = page.getByRole("row", { name: /bell\.bin/ });
  await expect(row).toBeVisible({ timeout: 60_000 });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    row.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("bell.bin");
  expect(readFileSync(await download.path()).equals(photo)).toBe(true);
});

async function check(): Promise<void> {
  await page.goto("/repositories");
  await page.getByRole("link", { name: "offsite", exact: true }).click();
  await page.getByRole("button", { name: "Check…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Check", exact: true }).click();
}

test("a schedule is set, and one that cannot be is refused beside its field", async () => {
  await page.goto("/repositories");
  await page.getByRole("link", { name: "offsite", exact: true }).click();
  const field = page.getByLabel(/^Check/);
  await field.fill("61 * * * *");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await field.fill("0 4 * * 0");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(main().getByText("check 0 4 * * 0", { exact: false })).toBeVisible();
});

test("damage is found by a check and reaches the receiver, and a whole repository resolves it", async () => {
  const data = path.join(location(), "data", "0");
  const [segment = ""] = readdirSync(data)
    .map((name) => path.join(data, name))
    .sort((one, other) => statSync(other).size - statSync(one).size);
  const whole = readFileSync(segment);
  const damaged = Buffer.from(whole);
  const middle = Math.floor(damaged.length / 2);
  damaged[middle] = (damaged[middle] ?? 0) ^ 0xff;
  writeFileSync(segment, damaged);
  const bodies = () => hook.requests.map(({ text }) => text).join("\n");
  await check();
  await expect.poll(bodies, { timeout: 60_000 }).toContain("Check Failed: offsite");
  await expect(main().getByRole("table").getByText(/^Fail/).first()).toBeVisible();
  writeFileSync(segment, whole);
  await check();
  await expect.poll(bodies, { timeout: 60_000 }).toContain("Recovered: offsite");
});
