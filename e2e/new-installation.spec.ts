import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { ADMIN, type App, startApp } from "./support/app";
import { startBelfry } from "./support/belfry";
import { auditPage } from "./support/page-audit";
import { pictureName, routesOf } from "./support/routes";

let folder = "";
let app: App;
let page: Page;

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-new-"));
  app = await startApp({ dataDir: path.join(folder, "data") });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const route of routesOf("(console)").filter((each) => !each.includes("[") && each !== "/settings")) {
  test(`${route} is accessible and fits every screen while there is nothing yet`, async () => {
    await auditPage(page, route, `empty-${pictureName(route)}`);
  });
}

test("a page that is not there says so and leads back", async () => {
  const answer = await page.goto("/no-such-page");
  expect(answer?.status()).toBe(404);
  await auditPage(page, null, "not-found");
  await page.getByRole("link").first().click();
  await expect(page.getByRole("button", { name: /^Account of / })).toBeVisible();
});

test("sign-in and invitation are accessible and fit every screen, valid and void", async ({ browser }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto("/users/new");
  await page.getByLabel("Name", { exact: true }).fill("Ines Duarte");
  await page.getByLabel("Mail address").fill("ines@mail.test");
  await page.getByRole("button", { name: "Create and invite" }).click();
  // No mail server is set, so the link is shown this once.
  const link = page.getByText(/^http.*\/invite\//);
  await expect(link).toBeVisible();
  const invitation = (await link.innerText()).trim();
  await auditPage(page, null, "users-invitation-link");
  const guest = await browser.newContext({ baseURL: app.url });
  const theirs = await guest.newPage();
  await auditPage(theirs, "/login", "login");
  await auditPage(theirs, invitation, "invite");
  await auditPage(theirs, "/invite/nothing", "invite-void");
  await auditPage(theirs, "/acknowledge/nothing", "acknowledge-void");
  await guest.close();
});

test("the set-up is accessible and fits every screen, also with its errors", async ({ browser }) => {
  // Every page in front of the sign-in has its picture here.
  expect(routesOf("(auth)")).toEqual(["/acknowledge/[token]", "/invite/[token]", "/login", "/setup"]);
  const belfry = await startBelfry();
  try {
    const context = await browser.newContext({ baseURL: belfry.url });
    const theirs = await context.newPage();
    await auditPage(theirs, await belfry.setupPath(), "setup");
    await theirs.getByLabel("Your name").fill("Anna Berg");
    await theirs.getByLabel("Mail address").fill(ADMIN.email);
    await theirs.getByLabel("Password").fill("short");
    await theirs.getByRole("button", { name: "Create account" }).click();
    await expect(theirs.locator("[aria-invalid=true]")).toBeVisible();
    await auditPage(theirs, null, "setup-wrong");
    await context.close();
  } finally {
    await belfry.stop();
  }
});
