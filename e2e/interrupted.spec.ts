import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { ADMIN, type App, pick, startApp } from "./support/app";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

let folder = "";
let app: App;
let hook: WebhookServer;
let page: Page;
const ids = { channel: "", job: "", dead: "" };

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-interrupted-"));
  for (const name of ["files", "backups"]) mkdirSync(path.join(folder, name));
  writeFileSync(path.join(folder, "files", "a.txt"), "a");
  hook = await startWebhookServer();
  app = await startApp({ dataDir: path.join(folder, "data") });
  const made = (where: string, body: object) => app.api.post<{ id: string }>(where, body);
  ids.channel = (await made("/channels", { name: "Ops", provider: "webhook", config: { url: hook.url } })).id;
  const source = await made("/sources", {
    name: "files",
    kind: "directory",
    config: { path: path.join(folder, "files") },
  });
  const destination = await made("/destinations", {
    name: "backups",
    kind: "local",
    createFolder: true,
    config: { path: path.join(folder, "backups") },
  });
  ids.job = (await made("/jobs", { name: "nightly", sourceId: source.id, destinationIds: [destination.id] })).id;
  await app.api.patch("/settings/notifications", { globalChannels: [ids.channel] });
  await app.api.post("/notify", { title: "Disk full", message: "97 %", tone: "failure", dedupKey: "disk" });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

const messages = () => page.getByRole("region", { name: "Messages" });
const bar = () => page.getByText(/^Reconnecting\. This page shows data from /);

/** Acts while nothing is reached: the page stays, says so, and Retry does it once the connection is back. */
async function actOffline(act: () => Promise<void>): Promise<void> {
  await page.context().setOffline(true);
  try {
    await act();
    await expect(messages().getByText("Belfry did not answer. Try again in a moment.")).toBeVisible();
    await expect(bar()).toBeVisible();
    await expect(page.getByText("Something went wrong")).toHaveCount(0);
  } finally {
    await page.context().setOffline(false);
  }
  await expect(bar()).toHaveCount(0);
  await messages().getByRole("button", { name: "Retry" }).click();
  await expect(messages().getByRole("button", { name: "Retry" })).toHaveCount(0);
}

test("fault F1: a switch, a menu and a button without a connection leave the page whole, and Retry does it afterwards", async () => {
  await page.goto(`/jobs/${ids.job}`);
  const enabled = page.getByRole("switch", { name: "Enabled" });
  await actOffline(() => enabled.click());
  await expect(messages().getByText("nightly is disabled")).toBeVisible();
  await expect(enabled).not.toBeChecked();

  await page.goto("/notifications");
  const row = page.getByRole("row").filter({ hasText: "Disk full" });
  await actOffline(() => row.getByRole("button", { name: /^Acknowledge/ }).click());
  await expect(row).toContainText("Acknowledged");

  await page.goto(`/channels/${ids.channel}?tab=rules`);
  const oneHour = page.getByRole("group", { name: "Mute" }).getByRole("button", { name: "1 hour" });
  // A tab that is not the first comes to life after the page.
  await expect
    .poll(() => oneHour.evaluate((button) => Object.keys(button).some((key) => key.startsWith("__reactProps"))))
    .toBe(true);
  await actOffline(() => oneHour.click());
  await expect(page.getByText(/^Muted until /).first()).toBeVisible();

  await page.goto("/channels");
  // The list of a menu comes with the first touch of the page.
  await expect(async () => {
    await page.getByRole("button", { name: "Actions for Ops" }).click();
    await expect(page.getByRole("menuitem", { name: "Duplicate" })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menuitem")).toHaveCount(0);
  await actOffline(() => pick(page, "Actions for Ops", "Duplicate"));
  await expect(page).toHaveURL(/\/channels\/(?!new)[^/]+$/);
});

test("fault F1: Run now without a connection spins no longer than the attempt, and Retry runs it once", async () => {
  await page.goto(`/jobs/${ids.job}`);
  await actOffline(() => page.getByRole("button", { name: "Run now" }).click());
  await expect(page).toHaveURL(/\/runs\//);
  expect((await app.api.get<{ items: object[] }>(`/runs?jobId=${ids.job}`)).items).toHaveLength(1);
});

test("fault F1: a Test without a connection can be tried again, and a dialog says in its place what is missing", async () => {
  await page.goto("/settings/notifications");
  const event = page.getByRole("listitem").filter({ hasText: "Client Offline" }).first();
  await actOffline(() => event.getByRole("button", { name: "Test", exact: true }).click());
  await expect(event.getByText("Sent")).toBeVisible();
  await page.context().setOffline(true);
  await event.getByRole("button", { name: "Who gets notified?" }).click();
  await expect(page.getByRole("dialog").getByText("Belfry did not answer. Try again in a moment.")).toBeVisible();
  await page.context().setOffline(false);
  await expect(bar()).toHaveCount(0);
});

test("fault F1: a link that is followed without a connection waits for it on the page, and then leads on", async () => {
  await page.goto("/jobs");
  await page.context().setOffline(true);
  await page.getByRole("link", { name: "nightly" }).first().click();
  await expect(bar()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Jobs", level: 1 })).toBeVisible();
  await page.context().setOffline(false);
  await expect(page).toHaveURL(new RegExp(`/jobs/${ids.job}$`));
  await expect(page.getByRole("heading", { name: "nightly", level: 1 })).toBeVisible();
  await expect(bar()).toHaveCount(0);
});

test("fault F1: Belfry may be stopped at any moment of a refresh: the page stays", async () => {
  await page.goto("/jobs");
  await expect(page.getByRole("link", { name: "nightly" })).toBeVisible();
  // The check of the connection is answered, and the request for the page that follows it is not.
  await page.route("**/jobs?_rsc=*", (route) => route.abort("connectionrefused"));
  const failed = page.waitForEvent("requestfailed", (request) => request.url().includes("/jobs?_rsc="));
  await app.api.patch(`/jobs/${ids.job}`, { name: "nightly again" });
  await failed;
  await page.unroute("**/jobs?_rsc=*");
  await expect(page.getByRole("link", { name: "nightly again" })).toBeVisible();
  await app.api.patch(`/jobs/${ids.job}`, { name: "nightly" });
});

test("fault F1: a restart of Belfry shows how old the page is, and then the page goes on", async () => {
  await page.goto("/jobs");
  await expect(page.getByRole("link", { name: "nightly" })).toBeVisible();
  await app.halt();
  await expect(bar()).toBeVisible();
  await app.start();
  await expect(bar()).toHaveCount(0);
  await expect(page.getByRole("link", { name: "nightly" })).toBeVisible();
});

test("fault F6: when the session has ended, one signs in over the form, and what was entered is saved", async () => {
  await page.goto(`/channels/${ids.channel}`);
  await page.getByLabel("Name", { exact: true }).fill("Ops at night");
  await page.context().clearCookies();
  // Not by the mouse: the page may have noticed by itself, and ask already.
  await page.getByRole("button", { name: "Save", exact: true }).dispatchEvent("click");
  const dialog = page.getByRole("dialog", { name: "Sign in to go on" });
  const password = dialog.getByLabel(`Password of ${ADMIN.email}`);
  await expect(password).toBeFocused();
  await password.fill("not the password");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(dialog.getByText("Mail address or password is wrong.")).toBeVisible();
  await password.fill(ADMIN.password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(messages().getByText("Saved")).toBeVisible();
  expect((await app.api.get<{ name: string }>(`/channels/${ids.channel}`)).name).toBe("Ops at night");
});

test("fault F6: a session that ends elsewhere takes no unsaved entry with it; without one the sign-in follows", async ({
  browser,
}) => {
  await page.goto(`/jobs/${ids.job}?tab=notifications`);
  await page.goto(`/jobs/${ids.job}`);
  await page.getByLabel("Name", { exact: true }).fill("nightly files");
  const other = await app.pageOf(browser, ADMIN, "/profile");
  await other.getByRole("button", { name: "Sign out everywhere else…" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Sign out everywhere else" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign in to go on" });
  await dialog.getByLabel(`Password of ${ADMIN.email}`).fill(ADMIN.password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("nightly files");
  await page.getByRole("button", { name: "Reset" }).first().click();

  await other.goto("/profile");
  await other.getByRole("button", { name: "Sign out everywhere else…" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(page).toHaveURL(/\/login/);
});

test("fault F5: links and Run now ask before they lose what is not saved", async ({ browser }) => {
  page = await app.sharedPageOf(browser);
  await page.goto(`/jobs/${ids.job}`);
  const name = page.getByLabel("Name", { exact: true });
  await name.fill("nightly files");
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  const sources = page.getByRole("link", { name: "Sources", exact: true });
  await sources.click();
  await question.getByRole("button", { name: "Keep editing" }).click();
  await expect(name).toHaveValue("nightly files");
  await page.getByRole("button", { name: "Run now" }).click();
  await page.keyboard.press("Escape");
  await expect(question).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`/jobs/${ids.job}`));
  await page.getByRole("button", { name: "Save", exact: true }).first().click();
  await expect(messages().getByText("Saved")).toBeVisible();
  // Saved: nothing is asked.
  await sources.click();
  await expect(page).toHaveURL(/\/sources$/);
  await page.getByRole("link", { name: "Jobs", exact: true }).click();
  await expect(page).toHaveURL(/\/jobs$/);
  await page.getByRole("main").getByRole("link", { name: "nightly files" }).click();
  await name.fill("nightly");
  void page.goBack({ waitUntil: "commit" }).catch(() => null);
  await question.getByRole("button", { name: "Keep editing" }).click();
  await expect(name).toHaveValue("nightly");
  void page.goBack({ waitUntil: "commit" }).catch(() => null);
  await question.getByRole("button", { name: "Discard changes" }).click();
  await expect(page).toHaveURL(/\/jobs$/);

  await page.goto(`/sources/${(await app.api.get<{ items: { id: string }[] }>("/sources")).items[0]?.id}`);
  await page.getByLabel("Name", { exact: true }).fill("other files");
  await page.getByRole("link", { name: "Jobs", exact: true }).click();
  await question.getByRole("button", { name: "Discard changes" }).click();
  await expect(page).toHaveURL(/\/jobs$/);
});

test("fault F5: Save stays in sight with what it was refused for, and Save and run saves before it runs", async () => {
  await page.goto(`/jobs/${ids.job}?tab=advanced`);
  await page.goto(`/jobs/${ids.job}`);
  await page.getByLabel("Name", { exact: true }).fill("nightly and run");
  await page.getByRole("button", { name: "Save and run" }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  expect((await app.api.get<{ name: string }>(`/jobs/${ids.job}`)).name).toBe("nightly and run");

  await app.api.post("/channels", { name: "Night", provider: "webhook", config: { url: hook.url } });
  await page.goto(`/channels/${ids.channel}`);
  const save = page.getByRole("button", { name: "Save", exact: true });
  const test = page.getByRole("button", { name: "Test", exact: true });
  for (const end of [0, 100_000]) {
    await page.evaluate((top) => window.scrollTo(0, top), end);
    await expect(save).toBeInViewport({ ratio: 1 });
    await expect(test).toBeInViewport({ ratio: 1 });
  }
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.getByLabel("Name", { exact: true }).fill("Night");
  await save.click();
  await expect(page.locator("[data-save-bar]").getByRole("alert")).toBeInViewport();
});
