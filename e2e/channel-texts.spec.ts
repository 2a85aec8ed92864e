import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import type { List } from "./support/api";
import { type App, startApp } from "./support/app";
import { until } from "./support/child";
import { type DiscordServer, startDiscordServer } from "./support/discord-server";
import { auditPage, expectNoViolations } from "./support/page-audit";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

let folder = "";
let app: App;
let discord: DiscordServer;
let hook: WebhookServer;
let page: Page;
const ids = { chat: "", hook: "", mail: "", source: "", destination: "", job: "" };
const files = () => path.join(folder, "files");

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-texts-"));
  mkdirSync(path.join(folder, "backups"));
  layFiles();
  [discord, hook] = await Promise.all([startDiscordServer(), startWebhookServer()]);
  discord.limitRate(false);
  app = await startApp({ dataDir: path.join(folder, "data") });
  const made = async (where: string, body: object) => (await app.api.post<{ id: string }>(where, body)).id;
  ids.chat = await made("/channels", {
    name: "Ops chat",
    provider: "discord",
    config: { webhookUrl: discord.webhookUrl(), onRecovery: "new" },
  });
  ids.hook = await made("/channels", { name: "Side hook", provider: "webhook", config: { url: hook.url } });
  ids.mail = await made("/channels", {
    name: "Team mail",
    provider: "email",
    config: { host: "127.0.0.1", port: 9, security: "none", from: "belfry@example.org", to: ["ops@example.org"] },
  });
  ids.source = await made("/sources", { name: "files", kind: "directory", config: { path: files() } });
  ids.destination = await made("/destinations", {
    name: "disk",
    kind: "local",
    createFolder: true,
    config: { path: path.join(folder, "backups") },
  });
  ids.job = await made("/jobs", {
    name: "night *files*",
    sourceId: ids.source,
    destinationIds: [ids.destination],
    notifications: [ids.chat, ids.hook].map((channelId) => ({
      channelId,
      condition: "always",
      notifyOnRecovery: false,
    })),
  });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await Promise.all([discord?.close(), hook?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function layFiles(): void {
  mkdirSync(files(), { recursive: true });
  writeFileSync(path.join(files(), "bell.txt"), "Große Glocke");
}

/** One run of the job, to its end. @returns its status */
async function runJob(): Promise<string> {
  const { runId } = await app.api.post<{ runId: string }>(`/jobs/${ids.job}/run`);
  let status = "queued";
  await until("the run is over", async () => {
    ({ status } = await app.api.get<{ status: string }>(`/runs/${runId}`));
    return !["queued", "running"].includes(status);
  });
  return status;
}

const embedAt = (index: number) => discord.messages.at(index)?.embeds[0];
const receivedByHook = () => hook.taken.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
const editor = (row: string) => page.getByRole("listitem").filter({ has: page.getByText(row, { exact: true }) });
const preview = (within: Locator | Page) => within.getByRole("region", { name: "Preview" });
const tab = (within: Locator | Page, name: RegExp) =>
  within.getByRole("tablist", { name: "Outcome of the text" }).getByRole("tab", { name });
const save = () => page.getByRole("button", { name: "Save", exact: true }).click();

/** Opens what a button folds out; before the page is alive it does nothing yet. */
async function unfold(button: Locator, within: Locator): Promise<void> {
  await expect(async () => {
    if ((await button.getAttribute("aria-expanded")) === "false") await button.click();
    await expect(within.getByLabel("Custom title")).toBeVisible({ timeout: 1_000 });
  }).toPass();
}

async function openRow(name: string): Promise<Locator> {
  await page.goto(`/jobs/${ids.job}?tab=notifications`);
  const row = editor(name);
  await unfold(row.getByRole("button", { name: /^Text: / }), row);
  return row;
}

async function openTexts(id: string): Promise<Locator> {
  await page.goto(`/channels/${id}?tab=texts`);
  const panel = page
    .locator("section")
    .filter({ has: page.getByRole("heading", { name: "Custom text", exact: true }) });
  await expect(preview(panel)).toBeVisible();
  return panel;
}

test("a rule's custom text arrives as the preview showed it", async () => {
  const row = await openRow("Ops chat");
  await row.getByLabel("Custom title").fill("{{job.name}} is done");
  await row.getByLabel("Custom message").fill("**{{subject.name}}** took its time");
  await row.getByLabel("Outcome of the preview").selectOption("success");
  const shown = preview(row);
  await expect(shown).toContainText("night *files* is done");
  await expect(shown.locator("strong").filter({ hasText: "night *files*" })).toBeVisible();
  await expect(shown).not.toContainText("\\*");
  await save();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  expect(await runJob()).toBe("success");
  await until("both are notified", () => discord.messages.length === 1 && hook.taken.length === 1);
  expect(embedAt(0)?.title).toBe("night \\*files\\* is done");
  expect(embedAt(0)?.description).toMatch(/^\*\*night \\\*files\\\*\*\* took its time/);
  // The other row has Belfry's own.
  expect(receivedByHook()[0]?.title).toBe("Backup Completed: night *files*");
});

test("an unknown variable is marked at its character, refused when saving, and the preview keeps what works", async () => {
  const row = await openRow("Side hook");
  await row.getByLabel("Custom title").fill("Well: {{job.name}}");
  await expect(preview(row)).toContainText("Well: night *files*");
  await row.getByLabel("Custom title").fill("Well: {{job.nmae}}");
  await expect(row.locator("mark")).toHaveText("{{job.nmae}}");
  await expect(row.getByText("(character 7)")).toBeVisible();
  await expect(preview(row)).toContainText("There is no {{job.nmae}}. The preview shows the last valid text.");
  await expect(preview(row)).toContainText("Well: night *files*");
  await save();
  await expect(row.getByLabel("Custom title")).toHaveAccessibleDescription(
    /There is no \{\{job\.nmae\}\}.*character 7/,
  );
  await expect(row.getByLabel("Custom title")).toBeFocused();
  await page.getByRole("button", { name: "Reset" }).click();
  await expect(row.getByLabel("Custom title")).toHaveValue("");
});

test("an error on a tab that is not selected selects it; the keyboard alone goes from tab to tab", async () => {
  const row = await openRow("Side hook");
  await tab(row, /^All outcomes/).focus();
  for (const name of [/^Success/, /^Warning/, /^Failure/]) {
    await page.keyboard.press("ArrowRight");
    await expect(tab(row, name)).toBeFocused();
  }
  await row.getByLabel("Custom message").fill("{{#error}}");
  await tab(row, /^Success/).click();
  await expect(row.getByLabel("Custom message")).toHaveValue("");
  await save();
  await expect(tab(row, /^Failure/)).toHaveAttribute("aria-selected", "true");
  await expect(tab(row, /^Failure/)).toHaveAccessibleName(/invalid/);
  await expect(row.getByLabel("Custom message")).toHaveAttribute("aria-invalid", "true");
});

test("a variable is inserted where the cursor stands", async () => {
  const row = await openRow("Side hook");
  const title = row.getByLabel("Custom title");
  await title.fill("Job  is down");
  await title.evaluate((field: HTMLInputElement) => field.setSelectionRange(4, 4));
  await row.getByRole("button", { name: "Insert variable" }).first().click();
  const variable = page.getByRole("menuitem", { name: "job.name", exact: true });
  await expect(variable).toBeVisible();
  await expectNoViolations(page, "the menu of variables");
  await variable.click();
  await expect(title).toHaveValue("Job {{job.name}} is down");
});

test("a channel's text for one outcome: each outcome arrives in its own, the text of a rule precedes it", async () => {
  const texts = await openTexts(ids.hook);
  await texts.getByLabel("Custom title").fill("From the channel: {{event.name}}");
  await tab(texts, /^Failure/).click();
  await texts.getByLabel("Custom title").fill("Wake up: {{error}}");
  await texts.getByLabel("Priority").selectOption("urgent");
  await texts.getByLabel("Tags").fill("fire, night");
  await expect(preview(texts)).toContainText("Wake up: The destination could not be reached");
  await expect(tab(texts, /^Failure/)).toHaveAccessibleName(/customized/);
  await save();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  const before = hook.taken.length;
  expect(await runJob()).toBe("success");
  await until("the success is sent", () => hook.taken.length === before + 1);
  expect(receivedByHook().at(-1)?.title).toBe("From the channel: Backup Completed");
  rmSync(files(), { recursive: true });
  expect(await runJob()).toBe("failure");
  await until("the failure is sent", () => hook.taken.length === before + 2);
  expect(receivedByHook().at(-1)).toMatchObject({ priority: "urgent", tags: ["fire", "night"] });
  expect(receivedByHook().at(-1)?.title).toMatch(/^Wake up: /);
  // The row of the chat has words of its own.
  await until("the chat is notified", () => embedAt(-1)?.title === "night \\*files\\* is done");
  layFiles();
});

test("a mute holds what would be sent and releases it when it ends", async () => {
  await page.goto(`/channels/${ids.hook}?tab=rules`);
  await page.getByRole("group", { name: "Mute" }).getByRole("button", { name: "1 hour" }).click();
  await expect(
    page
      .getByRole("banner")
      .or(page.locator("header"))
      .getByText(/^Muted until /),
  ).toBeVisible();
  const before = hook.taken.length;
  expect(await runJob()).toBe("success");
  const held = () => app.api.get<List<{ id: string }>>(`/deliveries?channelId=${ids.hook}&status=held`);
  await until("it is held", async () => (await held()).items.length === 1);
  expect(hook.taken).toHaveLength(before);
  await page.goto(`/jobs/${ids.job}?tab=notifications`);
  await page.getByLabel("Outcome", { exact: true }).selectOption("success");
  await expect(page.getByText(/channel is muted/)).toBeVisible();
  await page.goto(`/channels/${ids.hook}?tab=rules`);
  await page.getByRole("button", { name: "Unmute" }).click();
  await until("it is sent after all", () => hook.taken.length === before + 1);
  await expect(page.getByText(/^Muted until /)).toHaveCount(0);
});

test("mute until a given time: a time that has passed is refused beside it", async () => {
  await page.goto(`/channels/${ids.hook}?tab=rules`);
  await page.getByRole("button", { name: "Custom time…" }).click();
  const field = page.getByLabel("Muted until");
  await field.fill("2020-01-01T08:00");
  await field.press("Enter");
  await expect(field).toHaveAccessibleDescription(/has passed/);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await field.fill(`${tomorrow}T09:30`);
  await page.getByRole("button", { name: "Mute", exact: true }).click();
  await expect(page.getByText(/^Muted until .*09:30/).first()).toBeVisible();
  const { mutedUntil } = await app.api.get<{ mutedUntil: string }>(`/channels/${ids.hook}`);
  expect(Math.abs(Date.parse(mutedUntil) - Date.now() - 86_400_000)).toBeLessThan(2 * 86_400_000);
  await page.getByRole("button", { name: "Unmute" }).click();
  await expect(page.getByRole("group", { name: "Mute" })).toBeVisible();
});

test("a floor keeps a success away and says so in the routing preview", async () => {
  await page.goto(`/channels/${ids.hook}?tab=rules`);
  await page.getByLabel("Minimum severity").selectOption("critical");
  await save();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  const before = { hook: hook.taken.length, chat: discord.messages.length };
  expect(await runJob()).toBe("success");
  await until("the other channel is notified", () => discord.messages.length === before.chat + 1);
  const { items } = await app.api.get<List<{ status: string }>>(`/deliveries?channelId=${ids.hook}&limit=200`);
  expect(items.filter(({ status }) => status !== "sent")).toEqual([]);
  expect(hook.taken).toHaveLength(before.hook);
  await page.goto(`/jobs/${ids.job}?tab=notifications`);
  await page.getByLabel("Outcome", { exact: true }).selectOption("success");
  await expect(page.getByText("The event is below the channel's minimum severity.")).toBeVisible();
});

test("a custom rate limit: half of it is refused beside its field, the whole is stored", async () => {
  await page.goto(`/channels/${ids.hook}?tab=rules`);
  await page.getByLabel("Maximum messages").fill("3");
  await save();
  await expect(page.getByText("At least one second.")).toBeVisible();
  await page.getByLabel("Interval in seconds").fill("60");
  await save();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Maximum messages")).toHaveValue("3");
  await expect(page.getByLabel("Minimum severity")).toHaveValue("critical");
});

test("what was entered in the tabs of a channel stays while another is open, and one Save sends it", async () => {
  const tabOf = (name: string) =>
    page.getByRole("tablist", { name: "Parts of the channel" }).getByRole("tab", { name });
  await page.goto(`/channels/${ids.hook}`);
  await tabOf("Delivery rules").click();
  await page.getByLabel("Minimum severity").selectOption("warning");
  await tabOf("Activity").click();
  await expect(page.getByRole("heading", { name: "Recent deliveries" })).toBeVisible();
  await tabOf("Settings").click();
  await page.getByLabel("Name", { exact: true }).fill("");
  await tabOf("Subscriptions").click();
  await expect(page).toHaveURL(/tab=subscriptions/);
  await save();
  // The tab with the field that was refused opens, and the field has the focus.
  await expect(tabOf("Settings")).toHaveAttribute("aria-selected", "true");
  const name = page.getByLabel("Name", { exact: true });
  await expect(name).toBeFocused();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await name.fill("Side hook");
  await tabOf("Delivery rules").click();
  await expect(page.getByLabel("Minimum severity")).toHaveValue("warning");
  await save();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  expect(await app.api.get<object>(`/channels/${ids.hook}`)).toMatchObject({ minSeverity: "warning" });
});

test("the guide of the service stands beside the form, new or stored, and is folded on a phone", async () => {
  const steps = page.getByText("Server Settings → Integrations → Webhooks → New Webhook", { exact: false }).last();
  const unfolds = page.getByRole("button", { name: "Discord guide" });
  for (const address of [`/channels/${ids.chat}`, "/channels/new?provider=discord"]) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(address);
    await expect(page.getByRole("heading", { name: "Discord guide" })).toBeVisible();
    await expect(steps).toBeVisible();
    await expect(unfolds).toBeHidden();
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(steps).toBeHidden();
    await expect(async () => {
      if ((await unfolds.getAttribute("aria-expanded")) === "false") await unfolds.click();
      await expect(steps).toBeVisible({ timeout: 1_000 });
    }).toPass();
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("a mail is shown as a document in which nothing runs", async () => {
  const texts = await openTexts(ids.mail);
  const frame = texts.locator("iframe");
  await expect(frame).toHaveAttribute("sandbox", "");
  await expect(texts.frameLocator("iframe").getByText("Backup Failed: shop-production").last()).toBeVisible();
});

test("what uses a channel moves to another one, after a list of what changes, and only once", async () => {
  const spare = await app.api.post<{ id: string }>("/channels", {
    name: "Spare hook",
    provider: "webhook",
    config: { url: hook.url },
    events: ["user.created"],
  });
  const other = await app.api.post<{ id: string }>("/channels", {
    name: "Next hook",
    provider: "webhook",
    config: { url: hook.url },
  });
  await app.api.patch("/settings/notifications", { fallbackChannels: [spare.id] });
  await page.goto(`/channels/${spare.id}`);
  await page.getByRole("button", { name: "Delete…" }).click();
  await page.getByRole("button", { name: "Move to another channel…" }).click();
  const dialog = page.getByRole("dialog", { name: "Move what uses Spare hook" });
  const act = dialog.getByRole("button", { name: /^Move/ });
  await expect(act).toBeDisabled();
  await dialog.getByLabel("To").selectOption("Next hook");
  const changes = dialog.getByRole("region", { name: "What changes" });
  await expect(changes).toContainText("Fallback channels");
  await expect(changes).toContainText("1 subscription: User Created");
  await expect(act).toBeDisabled();
  await dialog.getByRole("checkbox", { name: /cannot be undone/ }).check();
  await act.dblclick();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("2 uses of Spare hook moved to Next hook.")).toBeVisible();
  expect(await app.api.get<object>("/settings/notifications")).toMatchObject({ fallbackChannels: [other.id] });
  const { items } = await app.api.get<List<{ verb: string }>>("/audit?verb=channels.move");
  expect(items).toHaveLength(1);
  await page.goto(`/channels/${spare.id}?tab=activity`);
  await expect(page.getByText("Nothing sends through this channel yet.")).toBeVisible();
  expect((await app.api.call("DELETE", `/channels/${spare.id}`)).status).toBe(200);
});

test("an operator's editor shows the channel's text under the rule's, and nobody's address", async ({ browser }) => {
  await app.api.post("/users", {
    name: "Olga",
    email: "olga@example.org",
    role: "operator",
    password: "a few words of Olga",
  });
  const olga = await app.pageOf(
    browser,
    { email: "olga@example.org", password: "a few words of Olga" },
    `/jobs/${ids.job}?tab=notifications`,
  );
  const row = olga.getByRole("listitem").filter({ has: olga.getByText("Side hook", { exact: true }) });
  await row.getByRole("button", { name: /^Text: / }).click();
  await expect(preview(row)).toContainText("Wake up: The destination could not be reached");
  await olga.context().close();
});

test("the editors and their previews are accessible and fit every screen", async () => {
  for (const [name, id, words] of [
    ["chat", ids.chat, "Backup Failed: shop-production"],
    ["request", ids.hook, "Wake up"],
    ["mail", ids.mail, "ops@example.org"],
  ] as const) {
    const texts = await openTexts(id);
    await expect(preview(texts)).toContainText(words);
    await auditPage(page, null, `channel-texts-${name}`);
  }
  const row = await openRow("Ops chat");
  await tab(row, /^Failure/).click();
  await row.getByLabel("Custom title").fill("{{job.nmae}}");
  await expect(preview(row)).toContainText("There is no");
  await auditPage(page, null, "job-row-texts");
});
