import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import type { List } from "./support/api";
import { ADMIN, type App, fillSignIn, startApp } from "./support/app";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

const PASSPHRASE = "bells ring over the old town";
const TOKEN = "Bearer tower-token-0123456789";

let folder = "";
let app: App;
let hook: WebhookServer;
let page: Page;
let channelId = "";
let before: Awaited<ReturnType<typeof everything>>;

/** Everything an admin has set up, as the API answers it. */
async function everything() {
  const { api } = app;
  const paths = ["channels", "sources", "destinations", "users"].map((name) => `/${name}?limit=200`);
  const lists = await Promise.all(paths.map((each) => api.get<List<Record<string, unknown>>>(each)));
  const jobs = await api.get<List<{ name: string; notifications: unknown[]; schedule: unknown }>>("/jobs");
  const settings = await Promise.all(
    ["general", "notifications", "email"].map((tab) => api.get<Record<string, unknown>>(`/settings/${tab}`)),
  );
  return {
    names: lists.map(({ items }) => items.map(({ id, name, config, role }) => ({ id, name, config, role }))),
    jobs: jobs.items.map(({ name, notifications, schedule }) => ({ name, notifications, schedule })),
    settings,
  };
}

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-configuration-"));
  for (const name of ["files", "backups"]) mkdirSync(path.join(folder, name));
  writeFileSync(path.join(folder, "files", "bell.txt"), "Große Glocke");
  hook = await startWebhookServer();
  app = await startApp({ dataDir: path.join(folder, "data") });
  const { api } = app;
  const made = async (where: string, body: object) => (await api.post<{ id: string }>(where, body)).id;
  channelId = await made("/channels", {
    name: "Tower hook",
    provider: "webhook",
    config: { url: hook.url, authHeader: TOKEN },
    events: ["user.login"],
  });
  const sourceId = await made("/sources", {
    name: "files",
    kind: "directory",
    config: { path: path.join(folder, "files") },
  });
  const destinationId = await made("/destinations", {
    name: "backup disk",
    kind: "local",
    createFolder: true,
    config: { path: path.join(folder, "backups") },
  });
  await made("/jobs", {
    name: "files nightly",
    kind: "managed",
    sourceId,
    destinationIds: [destinationId],
    schedule: { cron: "0 2 * * *", timezone: "Europe/Berlin" },
    enabled: true,
    compression: "gzip",
    retention: { keepLast: 3 },
    notifications: [
      {
        channelId,
        condition: "custom",
        states: ["failure", "missed"],
        repeat: "remind",
        remindHours: 6,
        title: "{{job.name}}!",
      },
    ],
  });
  await made("/users", {
    name: "Oleg Petrov",
    email: "oleg@mail.test",
    role: "operator",
    password: "a few words of Oleg",
  });
  await api.patch("/settings/general", { retentionDays: 45, timezone: "Europe/Berlin" });
  await api.patch("/settings/notifications", {
    globalChannels: [channelId],
    events: {
      "restore.failed": { channels: [channelId], repeat: "remind", remindHours: 12, notifyOnRecovery: false },
      "config_backup.completed": { enabled: true },
    },
  });
  before = await everything();
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = () => path.join(folder, "configuration.belfry");

test("the whole configuration is one file that only its passphrase opens", async () => {
  await page.goto("/settings/general");
  await page.getByLabel("Passphrase for the file").fill("short");
  await page.getByRole("button", { name: "Download", exact: true }).click();
  await expect(page.getByLabel("Passphrase for the file")).toHaveAccessibleDescription(/12 characters/);
  await page.getByLabel("Passphrase for the file").fill(PASSPHRASE);
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download", exact: true }).click();
  await (await downloading).saveAs(file());
  const bytes = readFileSync(file());
  expect(bytes.length).toBeGreaterThan(500);
  for (const plain of ["tower-token", "Tower hook", ADMIN.email]) expect(bytes.includes(plain)).toBe(false);
});

async function changeEverything(): Promise<void> {
  const { api } = app;
  const jobs = await api.get<List<{ id: string }>>("/jobs");
  for (const { id } of jobs.items) await api.delete(`/jobs/${id}`);
  await api.patch("/settings/notifications", {
    globalChannels: [],
    events: { "restore.failed": { channels: null, repeat: "every", notifyOnRecovery: true, enabled: false } },
  });
  await api.delete(`/channels/${channelId}`);
  await api.patch("/settings/general", { retentionDays: 7, timezone: "UTC" });
  const users = await api.get<List<{ id: string; email: string }>>("/users");
  await api.delete(`/users/${users.items.find(({ email }) => email === "oleg@mail.test")?.id}`);
  await api.post("/channels", { name: "Added later", provider: "webhook", config: { url: hook.url } });
}

async function restoreWith(passphrase: string): Promise<void> {
  await page.goto("/settings/general");
  await page.getByLabel("Configuration file").setInputFiles(file());
  await page.getByLabel("Passphrase of the file").fill(passphrase);
  await page.getByRole("button", { name: "Restore…" }).click();
  const dialog = page.getByRole("dialog", { name: "Replace the whole configuration?" });
  await expect(dialog.getByRole("button", { name: "Replace configuration" })).toBeDisabled();
  await dialog.getByRole("textbox").fill("replace");
  await dialog.getByRole("button", { name: "Replace configuration" }).click();
}

test("a wrong passphrase changes nothing and says so", async () => {
  await changeEverything();
  const changed = await everything();
  await restoreWith("not the passphrase at all");
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("passphrase does not open");
  expect(await everything()).toEqual(changed);
});

test("pain 36: restoring brings everything back, alert settings, rows and secrets too", async () => {
  await restoreWith(PASSPHRASE);
  await expect(page).toHaveURL(/\/login/);
  expect(await everything()).toEqual(before);

  await fillSignIn(page, ADMIN);
  await expect(page.getByRole("button", { name: /^Account of / })).toBeVisible();
  await page.goto("/settings/notifications");
  const row = page.getByRole("group", { name: "Restore Failed", exact: true });
  await expect(row.getByText("Custom Channels")).toBeVisible();
  await expect(row.getByLabel("Hours between reminders")).toHaveValue("12");
  await expect(page.getByText("Added later")).toBeHidden();

  // The secret is back as well: the channel signs in with its token.
  const had = hook.taken.length;
  await app.api.post(`/channels/${channelId}/test`);
  expect(hook.taken[had]?.headers.authorization).toBe(TOKEN);
});

test("a schedule that was changed is shown as it would be sent, whether backups are on or off meanwhile", async () => {
  await page.goto("/settings/general");
  const backups = page.getByRole("switch", { name: "Back up the configuration on schedule" });
  const schedule = page.getByLabel("Schedule", { exact: true });
  await backups.click();
  await page.getByRole("button", { name: "Change schedule" }).click();
  await schedule.fill("61 5 * * *");
  for (let turn = 0; turn < 2; turn++) {
    await backups.click();
    await expect(schedule).toHaveValue("61 5 * * *");
  }
  await backups.click();
  await page.getByRole("button", { name: "Save schedule" }).click();
  await expect(schedule).toHaveAttribute("aria-invalid", "true");
});

test("a scheduled one to a destination: run at once, stored there, and notified as the event says", async () => {
  await page.goto("/settings/general");
  await page.getByLabel("Destination", { exact: true }).selectOption({ label: "backup disk" });
  await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
  await page.getByRole("switch", { name: "Back up the configuration on schedule" }).click();
  await page.getByRole("button", { name: "Save schedule" }).click();
  await page.getByRole("button", { name: "Back up now" }).click();
  await expect(page).toHaveURL(/\/runs\/[^/]+$/);
  await expect(page.getByRole("main").getByText("Success", { exact: true }).first()).toBeVisible();
  const stored = readdirSync(path.join(folder, "backups"), { recursive: true }).map(String);
  expect(stored.filter((name) => name.endsWith(".belfry"))).toHaveLength(1);
  await expect
    .poll(() => hook.taken.map(({ text }) => (JSON.parse(text) as { type: string }).type))
    .toContain("config_backup.completed");
});
