import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, type Locator, test } from "@playwright/test";
import { ADMIN } from "./support/app";
import { startBelfry } from "./support/belfry";
import { startWebhookServer } from "./support/webhook-server";

test("getting started: from the empty program to a first backup that sent a notification, without any credentials", async ({
  browser,
}) => {
  const [belfry, hook] = await Promise.all([startBelfry(), startWebhookServer()]);
  const context = await browser.newContext({ baseURL: belfry.url });
  const page = await context.newPage();
  let clicks = 0;
  const click = async (target: Locator) => {
    clicks += 1;
    await target.click();
  };
  try {
    await page.goto(await belfry.setupPath());
    await page.getByLabel("Your name").fill("Anna Berg");
    await page.getByLabel("Mail address").fill(ADMIN.email);
    await page.getByLabel("Password").fill(ADMIN.password);
    await click(page.getByRole("button", { name: "Create account" }));

    await expect(page.getByRole("heading", { name: "Where should notifications go?" })).toBeVisible();
    // Six services first, and all of them by a search or a click.
    await expect(page.getByRole("list", { name: "Services" }).getByRole("button")).toHaveCount(6);
    await page.getByLabel("Search services").fill("gotify");
    await expect(page.getByRole("list", { name: "Services" }).getByRole("button")).toHaveCount(1);
    await page.getByLabel("Search services").fill("");
    await click(page.getByRole("button", { name: /^Webhook/ }));
    await expect(page).toHaveURL(/step=channel&provider=webhook$/);
    await expect(page.getByRole("heading", { name: "Webhook", exact: true })).toBeFocused();
    await page.getByLabel("URL", { exact: true }).fill(hook.url);
    hook.failWith(404, "no such hook");
    await page.getByRole("button", { name: "Send a test" }).click();
    await expect(page.getByRole("main").getByRole("alert")).toContainText("no such hook");
    hook.recover();
    await click(page.getByRole("button", { name: "Send a test" }));
    await expect(page.getByRole("main").getByRole("status").filter({ hasText: /\S/ })).toBeVisible();
    expect(hook.taken).toHaveLength(1);
    await click(page.getByRole("button", { name: "Save and continue" }));

    await click(page.getByRole("button", { name: "Use the sample" }));
    await expect(page.getByRole("heading", { name: "When should it run?" })).toBeFocused();
    // The next three times, in words.
    await expect(page.getByText(/^[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2}, 02:00$/)).toHaveCount(3);
    await click(page.getByRole("button", { name: "Save and run now" }));

    const log = page.getByRole("region", { name: "Log of the first run" });
    await expect(log).toContainText("Archiving");
    await expect(page.getByRole("heading", { name: "Setup complete" })).toBeVisible();
    const deliveries = page.getByRole("table", { name: "Deliveries of this run" });
    await expect(deliveries.getByText("Sent", { exact: true })).toBeVisible();
    expect((JSON.parse(hook.taken.at(-1)?.text ?? "{}") as { type: string }).type).toBe("backup.completed");
    expect(clicks, "clicks to the first message about a backup").toBeLessThanOrEqual(7);
    expect(readdirSync(path.join(belfry.dataDir, "backups"), { recursive: true }).length).toBeGreaterThan(0);

    await page.getByRole("link", { name: "Delivery log" }).last().click();
    await expect(page.getByRole("table", { name: "Deliveries" })).toContainText("Backup Completed");
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "No open alerts" })).toBeVisible();
  } finally {
    await context.close();
    await belfry.stop();
    await hook.close();
  }
});
