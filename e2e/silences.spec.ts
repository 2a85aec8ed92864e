import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { ADMIN, type App, startApp } from "./support/app";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

const VI = { email: "vi@mail.test", password: "a few words of a viewer" };

let dataDir = "";
let app: App;
let hook: WebhookServer;
test.beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-silences-"));
  app = await startApp({ dataDir });
  hook = await startWebhookServer();
  const { id } = await app.api.post<{ id: string }>("/channels", {
    name: "Ops",
    provider: "webhook",
    config: { url: hook.url },
  });
  await app.api.patch("/settings/notifications", { globalChannels: [id] });
  await app.api.post("/users", { name: "Vi", role: "viewer", ...VI });
});
test.afterAll(async () => {
  await app?.close();
  await hook?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const titles = () => hook.requests.map(({ text }) => (JSON.parse(text) as { title: string }).title);
const raise = (title: string, tone = "failure") =>
  app.api.post("/notify", { title, message: `${title}, 97 %`, tone, dedupKey: title });

test("silence from an alert: what it holds is shown, and comes when it is ended", async ({ browser }) => {
  const page = await app.pageOf(browser);
  await raise("Disk full");
  await expect.poll(titles).toEqual(["Disk full"]);
  await page.goto("/notifications");
  await page
    .getByRole("link", { name: /Disk full/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Silence", exact: true }).click();
  await page.getByRole("menuitem", { name: "Until…" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "New silence" })).toBeVisible();
  await expect(page.getByText(/would have matched, such as Notification: Disk full/)).toBeVisible();
  // A hurried person forgets why.
  await page.getByRole("button", { name: "8 hours" }).click();
  await page.getByRole("button", { name: "Create silence" }).click();
  await expect(page.getByText("Say why: those who miss notifications will ask.")).toBeVisible();
  await page.getByLabel("Reason").fill("New disks");
  await page.getByRole("button", { name: "Create silence" }).dblclick();
  const row = page.getByRole("row").filter({ hasText: "New disks" });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("On");
  await raise("Disk full", "success");
  await raise("Another problem");
  await expect.poll(titles).toEqual(["Disk full", "Another problem"]);
  await expect(row).toContainText("1 held");
  await row.getByRole("button", { name: "End now" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End now" }).click();
  await expect.poll(titles).toEqual(["Disk full", "Another problem", "Recovered: Disk full"]);
  await expect(page.getByText("Nothing is silenced")).toBeVisible();
});

test("from its own page a client is silenced for the night with two clicks", async ({ browser }) => {
  const { id } = await app.api.post<{ id: string }>("/clients", { name: "web-1" });
  const page = await app.pageOf(browser, ADMIN, `/clients/${id}`);
  await page.getByRole("button", { name: "Silence", exact: true }).click();
  await page.getByRole("menuitem", { name: "Until tomorrow, 08:00" }).click();
  await expect(page.getByText(/^Silenced until .*, 08:00: notifications are held/)).toBeVisible();
  await page.goto("/silences");
  const row = page.getByRole("row").filter({ hasText: "Silenced from the page of web-1" });
  await expect(row).toContainText("On");
  await expect(row).toContainText("web-1");
  const { items } = await app.api.get<{ items: { id: string }[] }>("/silences");
  for (const silence of items) await app.api.delete(`/silences/${silence.id}`);
});

test("a viewer sees silences and makes none", async ({ browser }) => {
  await app.api.post("/silences", { reason: "patch night of srv-7", conditions: [{ field: "job", value: "media" }] });
  const page = await app.pageOf(browser, VI, "/silences");
  await expect(page.getByText("Job is “media”")).toBeVisible();
  await expect(page.getByText("srv-7")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "New silence" })).toHaveCount(0);
  await page.goto("/silences/new");
  await expect(page.getByText("Only operators and administrators silence notifications.")).toBeVisible();
});

test("a silence of everything is confirmed with how much that is, and what is refused is named on the form", async ({
  browser,
}) => {
  const page = await app.pageOf(browser, ADMIN, "/silences/new");
  await page.getByRole("button", { name: "Create silence" }).click();
  const dialog = page.getByRole("dialog", { name: "This silences everything" });
  await expect(dialog.getByText(/events? of the last seven days, \d+ would have matched/)).toBeVisible();
  await dialog.getByRole("button", { name: "Silence everything" }).click();
  await expect(page.getByText("Say why: those who miss notifications will ask.")).toBeVisible();
  await expect(dialog).toHaveCount(0);
  await page.getByLabel("Reason").fill("Moving house");
  await page.getByRole("button", { name: "Create silence" }).click();
  await dialog.getByRole("button", { name: "Silence everything" }).dblclick();
  const row = page.getByRole("row").filter({ hasText: "Moving house" });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("Everything");
  await row.getByRole("button", { name: "Delete Moving house" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete silence" }).click();
  await expect(row).toHaveCount(0);
  await expect(page.getByRole("main")).toBeFocused();
});

test("a route that takes everything is confirmed with how much that is", async ({ browser }) => {
  const page = await app.pageOf(browser, ADMIN, "/routing/routes");
  await page.getByRole("link", { name: "New route" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("All");
  await page.getByRole("button", { name: "Remove condition 1" }).click();
  await page.getByRole("checkbox", { name: "Ops" }).check();
  await page.getByRole("button", { name: "Create route" }).click();
  const dialog = page.getByRole("dialog", { name: "This route takes everything" });
  await expect(dialog.getByText(/events? of the last seven days, \d+ would have matched/)).toBeVisible();
  await dialog.getByRole("button", { name: "Send everything" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Everything" })).toContainText("Ops");
});
