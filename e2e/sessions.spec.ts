import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import type { List } from "./support/api";
import { ADMIN, type App, signIn, startApp } from "./support/app";
import { WAYS } from "./support/ways";

let dataDir = "";
let app: App;

const sessions = (page: Page) => page.getByRole("table", { name: "Sessions" });
const rows = (page: Page) => sessions(page).locator("tbody").getByRole("row");
const confirm = (page: Page, name: string) => page.getByRole("dialog").getByRole("button", { name }).click();

/** The Cookie header that a context sends. */
async function cookieOf(context: BrowserContext): Promise<string> {
  return (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
}

/** What a copy of a cookie gets: the status of a page, of a call and of the live stream. */
async function statusesOf(cookie: string): Promise<number[]> {
  const paths = ["/jobs", "/api/v1/users", "/api/v1/stream"];
  const answers = await Promise.all(
    paths.map((each) => fetch(app.url + each, { headers: { cookie }, redirect: "manual" })),
  );
  for (const answer of answers) await answer.body?.cancel();
  return answers.map(({ status }) => status);
}

for (const way of WAYS) {
  test.describe(way, () => {
    test.beforeAll(async () => {
      dataDir = mkdtempSync(path.join(tmpdir(), "belfry-sessions-"));
      app = await startApp({ dataDir, way });
    });
    test.afterAll(async () => {
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    });

    test("fault E10: a session that is ended from another browser is signed out there, its stream and its cookie included", async ({
      browser,
    }) => {
      const first = await app.pageOf(browser);
      const cookie = await cookieOf(first.context());
      expect(await statusesOf(cookie)).toEqual([200, 200, 200]);
      // The overview, whose live stream is open.
      await expect(first.getByRole("heading", { level: 1 })).toBeVisible();

      const second = await app.pageOf(browser, ADMIN, "/profile");
      await expect(rows(second)).toHaveCount(2);
      await expect(sessions(second)).toContainText("127.0.0.1");
      const current = rows(second).filter({ hasText: "This session" });
      await expect(current).toHaveCount(1);
      await expect(current.getByRole("button")).toHaveCount(0);

      await rows(second).getByRole("button", { name: "Sign out Chrome on Linux" }).click();
      await confirm(second, "Sign out");
      await expect(rows(second)).toHaveCount(1);
      // Nobody touches the first browser: its stream ends, and it goes to the sign-in by itself.
      await expect(first).toHaveURL(/\/login/);
      expect(await statusesOf(cookie)).toEqual([307, 401, 401]);
      await expect(second.getByRole("button", { name: "Sign out everywhere else…" })).toBeHidden();
    });

    test("fault E10: a copy of a cookie is nothing after signing out", async ({ browser }) => {
      const page = await app.pageOf(browser);
      const cookies = await page.context().cookies();
      const cookie = await cookieOf(page.context());
      await page.getByRole("button", { name: /^Account of / }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await expect(page).toHaveURL(/\/login$/);
      expect(await statusesOf(cookie)).toEqual([307, 401, 401]);
      const thief = await copyOf(browser, cookies);
      await thief.goto("/jobs");
      await expect(thief).toHaveURL(/\/login/);
      await thief.context().close();
    });

    test("fault E10: signing out everywhere else, a new password and an administrator end what they say", async ({
      browser,
    }) => {
      const here = await app.pageOf(browser);
      const copied = await here.context().cookies();
      for (let at = 0; at < 2; at++) await app.pageOf(browser);
      await here.goto("/profile");
      await here.getByRole("button", { name: "Sign out everywhere else…" }).click();
      await confirm(here, "Sign out everywhere else");
      await expect(rows(here)).toHaveCount(1);
      await expect(here.getByText(/sessions? ended\./)).toBeVisible();

      // Another password gives this session another cookie: a copy from before is nothing.
      const password = "three unrelated words";
      await here.getByLabel("Current password").fill(ADMIN.password);
      await here.getByLabel("New password").fill("1234567890");
      await here.getByRole("button", { name: "Change password" }).click();
      await expect(here.getByLabel("New password")).toHaveAccessibleDescription(/too easy to guess/);
      await here.getByLabel("New password").fill(password);
      await here.getByRole("button", { name: "Change password" }).click();
      await expect(here.getByText(/Password changed/)).toBeVisible();
      const thief = await copyOf(browser, copied);
      await thief.goto("/profile");
      await expect(thief).toHaveURL(/\/login/);
      await here.goto("/profile");
      await expect(rows(here)).toHaveCount(1);

      const { items } = await app.api.get<List<{ id: string }>>("/users");
      await app.api.post(`/users/${items[0]?.id}/sign-out`, {});
      await expect(here).toHaveURL(/\/login/);
      await signIn(here, { email: ADMIN.email, password });
      await thief.context().close();
    });
  });
}

async function copyOf(browser: Browser, cookies: Awaited<ReturnType<BrowserContext["cookies"]>>): Promise<Page> {
  const context = await browser.newContext({ baseURL: app.url });
  await context.addCookies(cookies);
  return context.newPage();
}
