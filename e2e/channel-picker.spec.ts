import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import type { List } from "./support/api";
import { type App, pick, startApp } from "./support/app";
import { auditPage, expectNoViolations } from "./support/page-audit";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

const OTHERS = {
  operator: { email: "operator@mail.test", password: "a few words of an operator" },
  viewer: { email: "viewer@mail.test", password: "a few words of a viewer" },
};
const DISCORD_TOKEN = "aTokenThatMustNotBeLeftAnywhere0123456789";
const DISCORD = `https://discord.com/api/webhooks/123456789012345678/${DISCORD_TOKEN}`;

let folder = "";
let app: App;
let page: Page;
let hook: WebhookServer;

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-picker-"));
  hook = await startWebhookServer();
  app = await startApp({ dataDir: path.join(folder, "data") });
  for (const role of ["operator", "viewer"] as const) {
    await app.api.post("/users", { name: `Some ${role}`, role, ...OTHERS[role] });
  }
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

const pasteField = () => page.getByLabel("Paste a webhook URL, an Apprise URL or an SMTP URL");
const services = () => page.getByRole("list", { name: "Services" }).getByRole("link");
const channelIds = async () =>
  (await app.api.get<List<{ id: string; name: string; enabled: boolean }>>("/channels")).items;

/** As Ctrl+V does it: the text is on the clipboard, the keys are pressed. */
async function paste(text: string): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate((value) => navigator.clipboard.writeText(value), text);
  await pasteField().focus();
  await page.keyboard.press("Control+v");
}

test("with no channel the list says what to do, and the picker is accessible and fits every screen", async () => {
  await auditPage(page, "/channels", "channels-empty");
  await auditPage(page, "/channels/new", "channel-picker");
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("a pasted Discord URL opens Discord's form filled in, and the secret is in no address and no storage", async () => {
  await page.goto("/channels/new");
  await paste(DISCORD);
  await expect(page).toHaveURL(`${app.url}/channels/new?provider=discord`);
  await expect(page.getByRole("heading", { name: "New Discord channel" })).toBeVisible();
  await expect(page.getByText("Filled in from the pasted text")).toBeVisible();
  await expect(page.getByLabel("Webhook URL", { exact: true })).toHaveValue(DISCORD);
  const left = await page.evaluate(() =>
    JSON.stringify([history.state, { ...localStorage }, { ...sessionStorage }, location.href, document.cookie]),
  );
  expect(left).not.toContain(DISCORD_TOKEN);

  await page.getByLabel("Name", { exact: true }).fill("Ops Discord");
  await page.getByRole("button", { name: "Create channel" }).click();
  await expect(page).toHaveURL(/\/channels\/(?!new)[^/]+$/);
  await page.reload();
  await expect(page.getByRole("group", { name: "Webhook URL" })).toContainText("Stored");
  expect(await page.content()).not.toContain(DISCORD_TOKEN);
});

test("a form that was left is empty when one comes back", async () => {
  await page.goto("/channels/new");
  await paste(DISCORD);
  await expect(page.getByLabel("Webhook URL", { exact: true })).toHaveValue(DISCORD);
  await page.getByRole("link", { name: "Other services" }).click();
  // The form that is being left has a link to Discord's documentation.
  await page.getByRole("link", { name: "Discord To a server channel" }).click();
  await expect(page.getByLabel("Webhook URL", { exact: true })).toHaveValue("");
  await page.goto("/channels/new?provider=discord");
  await expect(page.getByLabel("Webhook URL", { exact: true })).toHaveValue("");
});

test("an SMTP URL fills in the mail form, typed and sent off by Enter as well", async () => {
  await page.goto("/channels/new");
  await pasteField().fill("smtps://ops%40mail.test:pass:word@mail.test?to=night@mail.test,day@mail.test");
  await pasteField().press("Enter");
  await expect(page.getByRole("heading", { name: "New Email channel" })).toBeVisible();
  await expect(page.getByLabel("Host", { exact: true })).toHaveValue("mail.test");
  await expect(page.getByLabel("Port", { exact: true })).toHaveValue("465");
  await expect(page.getByLabel("Security", { exact: true })).toHaveValue("ssl");
  await expect(page.getByLabel("User", { exact: true })).toHaveValue("ops@mail.test");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("pass:word");
  await expect(page.getByLabel("From", { exact: true })).toHaveValue("ops@mail.test");
  await page.getByLabel("Name", { exact: true }).fill("Night mail");
  await page.getByRole("button", { name: "Create channel" }).click();
  await expect(page).toHaveURL(/\/channels\/(?!new)[^/]+$/);
  const made = (await channelIds()).find(({ name }) => name === "Night mail");
  expect(await app.api.get(`/channels/${made?.id}`)).toMatchObject({
    config: { to: ["night@mail.test", "day@mail.test"], password: { stored: true } },
  });
});

test("a topic of ntfy without a scheme and a mail address open the forms that they mean", async () => {
  await page.goto("/channels/new");
  await paste("ntfy.sh/belfry-nights");
  await expect(page.getByRole("heading", { name: "New ntfy channel" })).toBeVisible();
  await expect(page.getByLabel("Topic", { exact: true })).toHaveValue("belfry-nights");
  await page.goto("/channels/new");
  await paste("mailto:night@mail.test");
  await expect(page.getByRole("heading", { name: "New Email channel" })).toBeVisible();
  await expect(page.getByText("This holds only a part of what the form asks for.")).toBeVisible();
  await expect(page.getByText("night@mail.test").or(page.locator('[value="night@mail.test"]')).first()).toBeVisible();
});

test("an Apprise URL opens the form of the service it means; what only Apprise knows, that of Apprise", async () => {
  await page.goto("/channels/new");
  await paste(`discord://Belfry@123456789012345678/${DISCORD_TOKEN}`);
  await expect(page.getByRole("heading", { name: "New Discord channel" })).toBeVisible();
  await expect(page.getByLabel("Webhook URL", { exact: true })).toHaveValue(DISCORD);
  await page.goto("/channels/new");
  await paste("mqtt://broker.test/backups");
  await expect(page.getByRole("heading", { name: "New Apprise channel" })).toBeVisible();
  await expect(page.getByText("mqtt://broker.test/backups").or(page.locator("[name='config.url']"))).toBeVisible();
});

test("any other address becomes a webhook, which is said; its Test goes out at once", async () => {
  await page.goto("/channels/new");
  await paste(`  "${hook.url}/in"  `);
  await expect(page.getByRole("heading", { name: "New Webhook channel" })).toBeVisible();
  await expect(page.getByText("Belfry does not recognise this address")).toBeVisible();
  await expect(page.getByLabel("URL", { exact: true })).toHaveValue(`${hook.url}/in`);
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.getByText(/^Works, /)).toBeVisible();
  expect(hook.taken).toHaveLength(1);
  await page.getByLabel("Name", { exact: true }).fill("Automation");
  await page.getByRole("button", { name: "Create channel" }).click();
  await expect(page).toHaveURL(/\/channels\/(?!new)[^/]+$/);
});

for (const [what, rubbish, words] of [
  ["a word", "just some words", /more than one address/],
  ["no address at all", "pigeon", /Belfry does not understand this/],
  ["a script", "javascript:alert(1)", /Belfry does not understand this/],
  ["a link to a channel of Discord", "https://discord.com/channels/1/2", /a page of Discord.*Copy Webhook URL/],
  ["two addresses", `${DISCORD} ${DISCORD}`, /more than one address/],
] as const) {
  test(`${what} is answered in words beside the field, and stays there`, async () => {
    await page.goto("/channels/new");
    await paste(rubbish);
    await expect(pasteField()).toHaveAttribute("aria-invalid", "true");
    await expect(pasteField()).toHaveAccessibleDescription(words);
    await expect(pasteField()).toHaveValue(rubbish);
    await expectNoViolations(page, "a refused paste");
    await pasteField().press("End");
    await pasteField().press("x");
    await expect(pasteField()).not.toHaveAttribute("aria-invalid", "true");
    await expect(page).toHaveURL(`${app.url}/channels/new`);
  });
}

test("services are found by what people call them, and chosen by the keyboard alone", async () => {
  await page.goto("/channels/new");
  const search = page.getByLabel("Search services");
  await search.fill("teams");
  await expect(services()).toHaveCount(1);
  await expect(services()).toContainText("Teams");
  await search.fill("mail");
  await expect(services().first()).toContainText("Email");
  await search.fill("hc-ping");
  await expect(page.getByRole("list", { name: "Monitors" }).getByRole("link")).toContainText("Healthchecks");
  await expect(page.getByText("Add them to the notification rules of jobs")).toBeVisible();
  await search.fill("pigeon post");
  await expect(page.getByText("No service matches “pigeon post”.")).toBeVisible();

  await search.fill("");
  await search.press("ArrowDown");
  await expect(services().first()).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(services().nth(1)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(services().nth(1)).not.toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(services().nth(1)).toBeFocused();
  await page.keyboard.press("Home");
  await expect(services().first()).toBeFocused();
  await search.fill("webh");
  await search.press("Enter");
  await expect(page.getByRole("heading", { name: "New Webhook channel" })).toBeVisible();
});

test("the list shows what went through today, and leads to the log", async () => {
  const automation = (await channelIds()).find(({ name }) => name === "Automation");
  await app.api.patch(`/channels/${automation?.id}`, { events: ["custom.notification", "user.created"] });
  await page.goto("/channels");
  const row = page.getByRole("row").filter({ hasText: "Automation" });
  await expect(row.getByRole("link", { name: "Today through Automation: 0 sent, 0 failed, 0 waiting" })).toBeVisible();
  await app.api.post(
    "/notify",
    [1, 2].map((number) => ({ title: `Note ${number}`, message: "m" })),
  );
  await expect(row.getByRole("link", { name: /: 2 sent, 0 failed, 0 waiting$/ })).toBeVisible();
  hook.failWith(403, "no entry for you");
  await app.api.post("/notify", { title: "Note 3", message: "m" });
  await expect(row.getByRole("link", { name: /: 2 sent, 1 failed, 0 waiting$/ })).toBeVisible();
  await expect(row).toContainText("no entry for you");
  await expect(row).toContainText("Failing");
  hook.failWith(503, "not now");
  await app.api.post("/notify", { title: "Note 4", message: "m" });
  await expect(row.getByRole("link", { name: /: 2 sent, 1 failed, 1 waiting$/ })).toBeVisible();
  await page.getByLabel("State", { exact: true }).selectOption("healthy");
  await expect(page).toHaveURL(/state=healthy/);
  await expect(row).toHaveCount(0);
  await page.getByLabel("State", { exact: true }).selectOption("failing");
  await expect(row).toBeVisible();
  await page.getByLabel("Service", { exact: true }).selectOption("discord");
  await expect(page.getByText("No matching channels", { exact: true })).toBeVisible();
  await page.goto("/channels");
  await row.getByRole("link", { name: /^Today through/ }).click();
  await expect(page.getByRole("table", { name: "Deliveries" })).toContainText("Note 4");
});

test("a Test from the row is refused in the receiver's own words, and then gets through", async () => {
  await page.goto("/channels");
  hook.failWith(403, "no entry for you");
  await pick(page, "Actions for Automation", "Send test");
  await expect(page.getByRole("dialog")).toContainText("no entry for you");
  await expectNoViolations(page, "a refused Test");
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  hook.recover();
  await pick(page, "Actions for Automation", "Send test");
  await expect(page.getByText(/^Test sent through Automation in /)).toBeVisible();
});

test("a copy opens, switched off and with its secrets; the switch asks whom it silences before it silences", async () => {
  await page.goto("/channels");
  await pick(page, "Actions for Automation", "Duplicate");
  await expect(page.getByRole("heading", { name: "Automation (copy)", level: 1 })).toBeVisible();
  await expect(page.getByRole("group", { name: "URL" })).toContainText("Stored");
  const toggle = page.getByRole("switch", { name: "Automation (copy) enabled" });
  await expect(toggle).not.toBeChecked();
  const before = hook.taken.length;
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.getByText(/^Works, /)).toBeVisible();
  expect(hook.taken).toHaveLength(before + 1);
  await toggle.click();
  await expect(toggle).toBeChecked();
  // Nothing uses the copy: no question, and one click takes it back.
  await toggle.click();
  await expect(toggle).not.toBeChecked();
  await expect(page).toHaveTitle(/^Automation \(copy\), disabled/);
  const messages = page.getByRole("region", { name: "Messages" });
  await messages
    .getByText("Automation (copy) was disabled.")
    .locator("..")
    .getByRole("button", { name: "Undo" })
    .click();
  await expect(toggle).toBeChecked();

  await app.api.patch("/settings/notifications", {
    globalChannels: (await channelIds()).filter(({ name }) => name === "Automation").map(({ id }) => id),
  });
  await page.goto("/channels");
  const own = page.getByRole("switch", { name: "Automation enabled" });
  await own.click();
  const dialog = page.getByRole("dialog", { name: "Disable Automation?" });
  await expect(dialog).toContainText("Global channels");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(own).toBeChecked();
  await own.click();
  await dialog.getByRole("button", { name: "Disable" }).click();
  await expect(own).not.toBeChecked();
  await page.getByRole("region", { name: "Messages" }).getByRole("button", { name: "Undo" }).click();
  await expect(own).toBeChecked();
  await own.click();
  await dialog.getByRole("button", { name: "Disable" }).click();
  await expect(own).not.toBeChecked();
  await expect(page.getByRole("row").filter({ hasText: "Automation" }).first()).toContainText("Disabled");
  await own.click();
  await expect(own).toBeChecked();
});

test("a monitor's row is preset, and two jobs on one check are warned of each other", async () => {
  for (const name of ["files", "backups"]) mkdirSync(path.join(folder, name));
  const source = await app.api.post<{ id: string }>("/sources", {
    name: "Files",
    kind: "directory",
    config: { path: path.join(folder, "files") },
  });
  const destination = await app.api.post<{ id: string }>("/destinations", {
    name: "Disk",
    kind: "local",
    createFolder: true,
    config: { path: path.join(folder, "backups") },
  });
  const check = await app.api.post<{ id: string }>("/channels", {
    name: "Nightly check",
    provider: "healthchecks",
    config: { pingUrl: "https://hc-ping.com/5f1f3a2e-0b1c-4d5e-8f90-a1b2c3d4e5f6" },
  });
  const job = (name: string, notifications: object[]) =>
    app.api.post<{ id: string }>("/jobs", {
      name,
      kind: "managed",
      sourceId: source.id,
      destinationIds: [destination.id],
      schedule: null,
      enabled: true,
      compression: "none",
      retention: { keepLast: 3 },
      notifications,
    });
  await job("Shop database", [{ channelId: check.id, condition: "always" }]);
  const second = await job("Mail archive", []);
  await page.goto(`/jobs/${second.id}?tab=notifications`);
  await pick(page, /^Add$/, /^Nightly check/);
  await expect(page.getByLabel("When Nightly check is notified")).toHaveValue("custom");
  const outcomes = page.getByRole("group", { name: "Outcomes of which Nightly check is notified" });
  for (const state of ["Start", "Success", "Warning", "Failure"]) {
    await expect(outcomes.getByRole("checkbox", { name: state })).toBeChecked();
  }
  await expect(outcomes.getByRole("checkbox", { name: "Missed" })).not.toBeChecked();
  await expect(page.getByText("Nightly check watches one job, and Shop database uses it already")).toBeVisible();
  await auditPage(page, null, "job-shared-monitor");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  await page.goto("/settings/notifications");
  await page.getByRole("button", { name: "Add channel" }).click();
  await expect(page.getByRole("menuitem", { name: /^Nightly check/ })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(
    page.getByText("Monitors watch single jobs, so they can be used in the notification rules of jobs only."),
  ).toBeVisible();
  const refused = await app.api.call("PATCH", "/settings/notifications", { globalChannels: [check.id] });
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused.body)).toContain("watches one job at a time");
});

test("the full list is accessible and fits every screen", async () => {
  await auditPage(page, "/channels", "channels-full");
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("operators may try channels and change none; viewers do neither", async ({ browser }) => {
  const as = (role: keyof typeof OTHERS, other: Browser) => app.pageOf(other, OTHERS[role]);
  const operator = await as("operator", browser);
  await operator.goto("/channels");
  await expect(operator.getByRole("row").filter({ hasText: "Automation" }).first()).toBeVisible();
  await expect(operator.getByRole("switch")).toHaveCount(0);
  await operator.getByRole("button", { name: "Actions for Automation", exact: true }).click();
  await expect(operator.getByRole("menuitem")).toHaveText(["Send test", "Recover…"]);
  await expectNoViolations(operator, "an operator's list of channels");

  const viewer = await as("viewer", browser);
  await viewer.goto("/channels");
  await expect(viewer.getByRole("row").filter({ hasText: "Automation" }).first()).toBeVisible();
  await expect(viewer.getByRole("switch")).toHaveCount(0);
  await expect(viewer.getByRole("button", { name: /^Actions for/ })).toHaveCount(0);
  for (const other of [operator, viewer]) {
    await other.goto("/channels/new");
    await expect(other.getByLabel(/^Paste a webhook URL/)).toHaveCount(0);
    await other.context().close();
  }
});
