import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { ADMIN, type App, startApp } from "./support/app";
import { type MailServer, startMailServer } from "./support/mail-server";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

let folder = "";
let app: App;
let mail: MailServer;
let hook: WebhookServer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-reports-"));
  [mail, hook] = await Promise.all([startMailServer(["anna", "ops"]), startWebhookServer()]);
  app = await startApp({ dataDir: path.join(folder, "data"), env: { NODE_EXTRA_CA_CERTS: mail.caFile } });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await Promise.all([mail?.stop(), hook?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const panel = (): Locator => page.locator("section", { has: page.getByRole("heading", { name: "Reports" }) });

test("without an Email channel the setting says what is missing", async () => {
  await page.goto("/profile");
  await expect(panel().getByText("neither an enabled Email channel nor a system mail server")).toBeVisible();
  await expect(panel().getByRole("button", { name: "Save reports" })).toBeDisabled();
});

test("pain 40: one's own reports: the next one in words, a preview, and one now, by a real mail server", async () => {
  const server = { host: mail.host, port: mail.port, user: mail.addressOf("ops"), password: mail.password };
  const config = { ...server, from: mail.addressOf("ops"), to: [mail.addressOf("ops")] };
  await app.api.post("/channels", { name: "ops mail", provider: "email", config });
  await page.reload();
  await page.getByLabel("Time zone").selectOption("Pacific/Auckland");
  await page.getByRole("button", { name: "Save", exact: true }).first().click();
  await expect(page.getByText("Saved").first()).toBeVisible();
  await panel().getByLabel("Daily report").selectOption({ label: "08:00" });
  await panel().getByRole("button", { name: "Save reports" }).click();
  await expect(panel().getByText(/^Next: the daily one on .*08:00/)).toBeVisible();
  await panel().getByRole("button", { name: "Preview" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("heading", { name: "Daily report: nothing ran" })).toBeVisible();
  await expect(dialog.getByText("As ops mail would get it now")).toBeVisible();
  await page.keyboard.press("Escape");
  await panel().getByRole("button", { name: "Send now" }).click();
  await expect(panel().getByText("Sent through ops mail")).toBeVisible({ timeout: 60_000 });
  const [mailed] = await mail.waitFor("anna", 1);
  expect(mailed?.subject).toBe("Daily report: nothing ran");
  expect(mailed?.text).toContain("Sent by anna, besides the schedule.");
  expect(mailed?.text).toMatch(/\d{4} \(Pacific\/Auckland/);
  expect(mailed?.to).toMatchObject({ text: ADMIN.email });
});

test("a channel's reports are on its page, with the service's own words when it takes none", async () => {
  const { id } = await app.api.post<{ id: string }>("/channels", {
    name: "hook",
    provider: "webhook",
    config: { url: hook.url },
  });
  await page.goto(`/channels/${id}?tab=subscriptions`);
  await panel().getByLabel("Weekly report").selectOption("Monday");
  await panel().getByRole("button", { name: "Save reports" }).click();
  await expect(panel().getByText(/^Next: the weekly one on Mon/)).toBeVisible();
  await panel().getByLabel("Report", { exact: true }).selectOption("Weekly");
  await panel().getByRole("button", { name: "Send now" }).click();
  await expect(panel().getByText("Sent through hook")).toBeVisible();
  expect(hook.taken.map(({ text }) => text)).toEqual([expect.stringContaining("Weekly report: nothing ran")]);
  hook.failWith(400, "no reports here");
  await panel().getByRole("button", { name: "Send now" }).click();
  await expect(panel().getByText("no reports here")).toBeVisible();
});
