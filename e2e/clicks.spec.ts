import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import type { List } from "./support/api";
import { type App, startApp } from "./support/app";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

const MANY = 300;

let folder = "";
let app: App;
let hook: WebhookServer;
let broken: WebhookServer;
let page: Page;
let clicks = 0;

async function click(target: Locator): Promise<void> {
  clicks += 1;
  await target.click();
}

/** Within the next day, and not while the tests go on. */
const hourOfNight = (new Date().getUTCHours() + 6) % 24;

const made = (where: string, body: object) => app.api.post<{ id: string }>(where, body);
const main = () => page.getByRole("main");

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-clicks-"));
  for (const name of ["files", "backups"]) mkdirSync(path.join(folder, name));
  writeFileSync(path.join(folder, "files", "a.txt"), "a");
  [hook, broken] = [await startWebhookServer(), await startWebhookServer()];
  app = await startApp({ dataDir: path.join(folder, "data") });
  const ops = await made("/channels", { name: "Ops", provider: "webhook", config: { url: hook.url } });
  const night = await made("/channels", { name: "Night", provider: "webhook", config: { url: broken.url } });
  await made("/profiles", { name: "To Ops", notifications: [{ channelId: ops.id }] });
  const pathOf = (name: string) => path.join(folder, name);
  const source = (name: string) => made("/sources", { name, kind: "directory", config: { path: pathOf("files") } });
  const [good, lost] = [await source("files"), await source("lost files")];
  const store = await made("/destinations", {
    name: "backups",
    kind: "local",
    createFolder: true,
    config: { path: pathOf("backups") },
  });
  const job = (name: string, from: { id: string }, more: object = {}) =>
    made("/jobs", { name, sourceId: from.id, destinationIds: [store.id], ...more });
  const ran = await job("documents", good);
  await app.api.post(`/jobs/${ran.id}/run`, {});
  await job("nightly", good, { schedule: { cron: `0 ${hourOfNight} * * *`, timezone: "UTC" } });
  for (let index = 0; index < MANY; index++) await job(`host-${String(index).padStart(3, "0")}`, good);
  const failing = await job("crm", lost, { notifications: [{ channelId: ops.id, condition: "failure" }] });
  await app.api.patch(`/sources/${lost.id}`, { name: "lost files" });
  rmSync(pathOf("files"), { recursive: true });
  await app.api.post(`/jobs/${failing.id}/run`, {});
  broken.failWith(400, "no such hook");
  await app.api.patch("/settings/notifications", { globalChannels: [night.id] });
  await app.api.post("/notify", { title: "Disk full", message: "97 %", tone: "failure" });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await Promise.all([hook?.close(), broken?.close()]);
  rmSync(folder, { recursive: true, force: true });
});
test.beforeEach(async () => {
  await page.goto("/");
  clicks = 0;
});

test("why it failed and who was notified: no more than one click", async () => {
  const row = page.getByRole("table", { name: "Open alerts" }).getByRole("row").filter({ hasText: "Backup Failed" });
  await expect(row).toContainText(path.join(folder, "files"));
  await expect(row).toContainText("Ops");
  expect(clicks).toBeLessThanOrEqual(1);
});

test("what runs tonight: no more than one click", async () => {
  await expect(page.getByRole("list", { name: "Next runs" })).toContainText("nightly");
  expect(clicks).toBeLessThanOrEqual(1);
});

test("the jobs that never ran: no more than one click", async () => {
  await click(page.getByRole("list", { name: "Jobs by health" }).getByRole("link", { name: /New$/ }));
  await expect(page).toHaveURL(/health=new/);
  await expect(main().getByRole("link", { name: "host-000" })).toBeVisible();
  expect(clicks).toBeLessThanOrEqual(1);
});

test("silence for the night: no more than two clicks, and one takes it back", async () => {
  await click(main().getByRole("button", { name: "Silence", exact: true }));
  await click(page.getByRole("menuitem", { name: /^Until tomorrow/ }));
  await expect(page.getByText(/^Silenced until /)).toBeVisible();
  expect(clicks).toBeLessThanOrEqual(2);
  const { items } = await app.api.get<List<{ id: string; conditions: unknown[] }>>("/silences");
  expect(items).toMatchObject([{ conditions: [] }]);
  await page.getByRole("region", { name: "Messages" }).getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone.", { exact: true })).toBeVisible();
  expect((await app.api.get<List<object>>("/silences")).items).toEqual([]);
});

test("on a phone a job is two lines, and opens wherever they are tapped", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/jobs?q=nightly");
  const row = page.getByRole("row").filter({ hasText: "nightly" });
  const box = await row.boundingBox();
  expect(box?.height).toBeLessThanOrEqual(66);
  await expect(row).toContainText("next");
  await expect(row.getByText("New", { exact: true })).toBeVisible();
  // The box of the selection is no part of what opens.
  await row.getByRole("checkbox").check();
  await expect(page.getByRole("region", { name: "Selected jobs" })).toBeVisible();
  await row.click({ position: { x: (box?.width ?? 0) - 30, y: (box?.height ?? 0) - 6 } });
  await expect(page.getByRole("heading", { level: 1, name: "nightly" })).toBeVisible();
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("on a phone every list is two lines for each, and many filters are folded", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/runs");
  const run = page.getByRole("row").filter({ hasText: "crm" }).first();
  const box = await run.boundingBox();
  expect(box?.height).toBeLessThanOrEqual(66);
  await expect(page.getByLabel("Status", { exact: true })).toBeHidden();
  const filters = page.getByRole("button", { name: "Filters" });
  await expect(async () => {
    await filters.click();
    await expect(filters).toHaveAttribute("aria-expanded", "true", { timeout: 1_000 });
  }).toPass();
  await page.getByLabel("Status", { exact: true }).selectOption("failure");
  await expect(page).toHaveURL(/status=failure/);
  await expect(page.getByRole("button", { name: "Filters (1)" })).toBeVisible();
  await run.click({ position: { x: (box?.width ?? 0) - 8, y: (box?.height ?? 0) - 6 } });
  await expect(page).toHaveURL(/\/runs\/run_/);
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("the jobs of a source at a destination: each by a select, both in the address, and one click takes them away", async () => {
  await page.goto("/jobs");
  await expect(page.getByText(`${MANY + 3} jobs`, { exact: true })).toBeVisible();
  await page.getByLabel("Source", { exact: true }).selectOption({ label: "lost files" });
  await expect(page).toHaveURL(/sourceId=src_/);
  await page.getByLabel("Destination", { exact: true }).selectOption({ index: 1 });
  await expect(page).toHaveURL(/sourceId=src_.*destinationId=dst_/);
  await expect(main().getByRole("link", { name: "crm", exact: true })).toBeVisible();
  await expect(main().getByRole("row")).toHaveCount(2);
  await expect(page.getByText(`1 of ${MANY + 3}`, { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Clear", exact: true }).click();
  await expect(page).toHaveURL(/\/jobs$/);
});

test("a long list leads back to the very page that was seen, after a reload and by the browser too; a filter begins anew", async () => {
  const pages = page.getByRole("navigation", { name: "Pages", exact: true });
  const step = (name: string) => pages.getByRole("link", { name, exact: true });
  const number = (of: number) => expect(pages.getByText(`Page ${of}`, { exact: true })).toBeVisible();
  const first = main().getByRole("table", { name: "Jobs" }).getByRole("row").nth(1).getByRole("link").first();
  const names: string[] = [];
  await page.goto("/jobs?order=name");
  for (let at = 1; at <= 4; at++) {
    await number(at);
    names.push(await first.innerText());
    if (at < 4) await step("Next page").click();
  }
  expect(new Set(names).size).toBe(4);
  await page.reload();
  await step("Previous page").click();
  await number(3);
  await expect(first).toHaveText(names[2] ?? "");
  await page.goBack();
  await number(4);
  await page.goForward();
  await number(3);
  await step("Previous page").click();
  await number(2);
  await expect(first).toHaveText(names[1] ?? "");
  await expect(step("First page")).toHaveCount(0);
  await step("Previous page").click();
  await number(1);
  await expect(page).toHaveURL(/\/jobs\?order=name$/);
  await expect(first).toHaveText(names[0] ?? "");
  await expect(step("Previous page")).toHaveCount(0);
  await step("Next page").click();
  await number(2);
  await page.getByLabel("Source", { exact: true }).selectOption({ label: "files" });
  await expect(page).toHaveURL(/sourceId=src_/);
  await number(1);
  await expect(page).not.toHaveURL(/cursor|before/);
});

test("a day of a job leads to its runs: one stop for each row, and the arrow keys go from day to day", async () => {
  const days = page.getByRole("table", { name: "Jobs" }).getByRole("group", { name: /^crm, last 30 days/ });
  await expect(days.locator("a[tabindex='0']")).toHaveCount(1);
  await expect(async () => {
    await days.getByRole("link").last().focus();
    await page.keyboard.press("Home");
    await expect(days.getByRole("link").first()).toBeFocused({ timeout: 1_000 });
  }).toPass();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/runs\?jobId=job_[^&]+&from=[\d-]+&to=[\d-]+$/);
  await expect(main().getByRole("row").filter({ hasText: "crm" }).first()).toBeVisible();
});

test("a job that was disabled by mistake is enabled again by one click", async () => {
  const [job] = (await app.api.get<List<{ id: string }>>("/jobs?q=nightly")).items;
  await page.goto(`/jobs/${job?.id}`);
  const enabled = page.getByRole("switch", { name: "Enabled" });
  await expect(async () => {
    if (await enabled.isChecked()) await enabled.click();
    await expect(page.getByText(/^nightly is disabled/)).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(enabled).not.toBeChecked();
  await page.getByRole("region", { name: "Messages" }).getByRole("button", { name: "Undo" }).click();
  await expect(enabled).toBeChecked();
  expect(await app.api.get(`/jobs/${job?.id}`)).toMatchObject({ enabled: true });
});

test("any job, page or action: a key, a part of its name, and Enter", async () => {
  const field = page.getByRole("combobox", { name: "Go to" });
  const goTo = async (text: string, option: RegExp) => {
    await expect(async () => {
      await page.keyboard.press("Control+k");
      await expect(field).toBeFocused({ timeout: 1_000 });
    }).toPass();
    await field.fill(text);
    await expect(page.getByRole("option", { name: option })).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("Enter");
  };
  await goTo("host-123", /^host-123\s*Job$/);
  await expect(page.getByRole("heading", { level: 1, name: "host-123" })).toBeVisible();
  await goTo("new chan", /^New channel/);
  await expect(page).toHaveURL(/\/channels\/new$/);
  expect(clicks).toBe(0);
});

test("sending again what a dead channel missed: no more than three clicks", async () => {
  await click(page.getByRole("table", { name: "Failing channels" }).getByRole("link", { name: "Night" }));
  // The service refused them for good: nothing of it is sent by itself, and the page promises nothing else.
  await expect(main().getByText(/^Failing since/)).toContainText("are not sent again by themselves");
  await click(main().getByRole("button", { name: /^Resend \d+ undelivered/ }));
  await click(page.getByRole("dialog").getByRole("button", { name: /^Send \d+ notification/ }));
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(clicks).toBeLessThanOrEqual(3);
});

test("a restore: no more than four clicks", async () => {
  await click(page.getByRole("link", { name: "Restore", exact: true }));
  await click(page.getByRole("row").filter({ hasText: "documents" }).getByRole("link", { name: "Restore" }));
  await click(main().getByRole("button", { name: "Restore", exact: true }));
  await expect(page).toHaveURL(/\/runs\//);
  expect(clicks).toBeLessThanOrEqual(4);
});

test("three hundred jobs to one channel: no more than six clicks", async () => {
  await click(page.getByRole("link", { name: "Jobs", exact: true }));
  await click(page.getByLabel("Select all jobs of this page"));
  await click(page.getByRole("button", { name: "Select all that match" }));
  await expect(page.getByText(`${MANY + 3} jobs selected`)).toBeVisible();
  // With one profile it is the one that is chosen already.
  await click(page.getByRole("region", { name: "Selected jobs" }).getByRole("button", { name: "Profile" }));
  await click(page.getByRole("dialog").getByRole("button", { name: "Set the profile" }));
  await expect(page.getByText(`${MANY + 3} jobs changed`)).toBeVisible();
  expect(clicks).toBeLessThanOrEqual(6);
});

test("a job without rules says nobody is notified only where nobody is: a channel may have subscribed to its failures", async () => {
  const { items } = await app.api.get<List<{ id: string; sourceId: string; destinationIds: string[] }>>("/jobs?q=crm");
  const { sourceId, destinationIds } = await app.api.get<(typeof items)[number]>(`/jobs/${items[0]?.id}`);
  const job = await made("/jobs", { name: "no rules", sourceId, destinationIds });
  await made("/channels", {
    name: "Listener",
    provider: "webhook",
    config: { url: hook.url },
    events: ["backup.failed"],
  });
  await page.goto(`/jobs/${job.id}?tab=notifications`);
  await expect(main().getByText("Listener", { exact: true })).toBeVisible();
  const empty = main().getByText(/^This job has no rule/);
  await expect(empty).toContainText("Who gets notified?");
  await expect(main().getByText(/in the inbox only/)).toHaveCount(0);
});

test("the sidebar stays as it was left", async () => {
  const sections = page.getByRole("navigation", { name: "Sections" });
  await expect(sections).toBeVisible();
  const show = page.getByRole("button", { name: "Show sidebar" });
  await expect(async () => {
    await page.getByRole("button", { name: "Hide sidebar" }).click({ timeout: 1_000 });
    await expect(show).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.reload();
  await expect(sections).toBeHidden();
  await show.click();
  await expect(sections).toBeVisible();
});
