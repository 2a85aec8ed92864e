import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import Database from "better-sqlite3";
import type { List } from "./support/api";
import { type App, pick, startApp } from "./support/app";
import { until } from "./support/child";
import { type DiscordServer, startDiscordServer } from "./support/discord-server";
import { type MailServer, startMailServer } from "./support/mail-server";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

const JOB = "shop nightly";
let folder = "";
let app: App;
let discord: DiscordServer;
let mail: MailServer;
let hook: WebhookServer;
let page: Page;
const shop = () => path.join(folder, "shop.db");
const backups = () => path.join(folder, "backups");

interface Run {
  id: string;
  kind: string;
  status: string;
  error: string | null;
}
interface Delivery {
  id: string;
  channelName: string;
  status: string;
  title: string;
  isTest: boolean;
  kind: string;
  recipient: string | null;
  attemptCount: number;
}

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-main-"));
  mkdirSync(backups());
  const database = new Database(shop());
  database.exec("create table orders (id integer primary key, what text); begin");
  const insert = database.prepare("insert into orders (what) values (?)");
  for (let order = 0; order < 500; order++) insert.run(`bell ${order}`);
  database.exec("commit");
  database.close();
  [mail, discord, hook] = await Promise.all([
    startMailServer(["anna", "ops"]),
    startDiscordServer(),
    startWebhookServer(),
  ]);
  app = await startApp({ dataDir: path.join(folder, "data"), env: { NODE_EXTRA_CA_CERTS: mail.caFile } });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await Promise.all([mail?.stop(), discord?.close(), hook?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const testButton = () => page.getByRole("button", { name: "Test", exact: true });
const problem = () => page.getByRole("main").getByRole("alert");

async function chooseService(label: string, name: string): Promise<void> {
  await page.goto("/channels/new");
  await page
    .getByRole("list", { name: "Services" })
    .getByRole("link", { name: new RegExp(`^${label}`) })
    .click();
  await page.getByLabel("Name", { exact: true }).fill(name);
}

async function createChannel(): Promise<void> {
  await page.getByRole("button", { name: "Create channel" }).click();
  await expect(page).toHaveURL(/\/channels\/(?!new)[^/]+$/);
}

test("rule 19: a Test of a Discord channel shows Discord's own words and what helps; then it works, before Save", async () => {
  await chooseService("Discord", "Ops Discord");
  const right = discord.webhookUrl();
  await page.getByLabel("Webhook URL", { exact: true }).fill(`${right.slice(0, -12)}x`);
  await testButton().click();
  await expect(problem()).toContainText("Invalid Webhook Token");
  await expect(problem()).toContainText(/webhook/i);
  expect(discord.messages).toHaveLength(0);
  // Nothing is saved by a Test.
  expect((await app.api.get<List<unknown>>("/channels")).items).toHaveLength(0);

  await page.getByLabel("Webhook URL", { exact: true }).fill(right);
  await testButton().click();
  await expect(page.getByText(/^Works, /)).toBeVisible();
  expect(discord.messages).toHaveLength(1);
  expect(discord.messages[0]?.embeds[0]?.title).toBe("Test: Ops Discord");
  expect(discord.messages[0]?.username).toBe("Backup Manager");
  await createChannel();
});

test("pain 37: a stored secret is never sent back to the browser and kept when something else is edited", async () => {
  const secret = discord.webhookUrl().split("/").pop() ?? "";
  await page.reload();
  await expect(page.getByRole("group", { name: "Webhook URL" })).toContainText("Stored");
  expect(await page.content()).not.toContain(secret);
  await page.getByLabel("Username", { exact: true }).fill("Night Watch");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await testButton().click();
  await expect(page.getByText(/^Works, /)).toBeVisible();
  expect(discord.messages.at(-1)?.username).toBe("Night Watch");
  expect(await page.content()).not.toContain(secret);
});

test("pain 35: a mail channel through a real server with STARTTLS and sign-in: refused in its words, then read in the mailbox", async () => {
  await chooseService("Email", "Night mail");
  await page.getByRole("button", { name: "Custom SMTP" }).click();
  await expect(page.getByLabel("Security", { exact: true })).toHaveValue("starttls");
  await page.getByLabel("Host", { exact: true }).fill(mail.host);
  await page.getByLabel("Port", { exact: true }).fill(String(mail.port));
  await page.getByLabel("User", { exact: true }).fill(mail.addressOf("ops"));
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByLabel("From", { exact: true }).fill(`Belfry <${mail.addressOf("ops")}>`);
  await page.getByLabel("To", { exact: true }).fill(mail.addressOf("ops"));
  await page.getByLabel("To", { exact: true }).press("Enter");
  await testButton().click();
  await expect(problem()).toContainText(/535|authentication failed/i);
  await expect(problem()).toContainText(/password/i);
  expect(await mail.read("ops")).toHaveLength(0);

  await page.getByLabel("Password", { exact: true }).fill(mail.password);
  await testButton().click();
  await expect(page.getByText(/^Works, /)).toBeVisible();
  const [first] = await mail.waitFor("ops", 1);
  expect(first?.subject).toBe("Test: Night mail");
  // ESMTPSA: with encryption and signed in (RFC 3848).
  expect(JSON.stringify(first?.headers.get("received"))).toContain("with ESMTPSA");
  await createChannel();
  await expect(page.getByRole("group", { name: "Password" })).toContainText("Stored");
});

test("a webhook channel with a token of its own: 401 and what helps, then taken", async () => {
  await chooseService("Webhook", "Ledger");
  await page.getByLabel("URL", { exact: true }).fill(hook.url);
  await page.getByLabel("Authorization", { exact: true }).fill("Bearer ledger-token-0123456789");
  hook.failWith(401, "no such token");
  await testButton().click();
  await expect(problem()).toContainText("no such token");
  await expect(problem()).toContainText("does not accept the credentials");
  hook.recover();
  await testButton().click();
  await expect(page.getByText(/^Works, /)).toBeVisible();
  expect(hook.taken.at(-1)?.headers.authorization).toBe("Bearer ledger-token-0123456789");
  await createChannel();
});

test("a source and a destination are tried before they are saved", async () => {
  await page.goto("/sources/new");
  await page.getByRole("radio", { name: /^SQLite file/ }).check();
  await page.getByLabel("Name", { exact: true }).fill("shop");
  await page.getByLabel("Database file", { exact: true }).fill(path.join(folder, "nothing-here.db"));
  await testButton().click();
  await expect(problem()).toContainText(/no (such )?file|not there|does not exist|nothing/i);
  await page.getByLabel("Database file", { exact: true }).fill(shop());
  await testButton().click();
  await expect(page.getByRole("main").getByRole("status").filter({ hasText: /\S/ })).toBeVisible();
  await expect(problem()).toBeHidden();
  await page.getByRole("button", { name: "Save source" }).click();
  await expect(page).toHaveURL(/\/sources\/(?!new)[^/?]+$/);

  await page.goto("/destinations/new");
  await page.getByLabel("Name", { exact: true }).fill("backup disk");
  await page.getByLabel("Folder", { exact: true }).fill(backups());
  await testButton().click();
  await expect(page.getByRole("main").getByRole("status").filter({ hasText: /\S/ })).toBeVisible();
  await page.getByRole("button", { name: "Save destination" }).click();
  await expect(page).toHaveURL(/\/destinations\/(?!new)[^/?]+$/);
  // A probe leaves nothing behind.
  expect(readdirSync(backups())).toEqual([]);
});

test("pain 20: a job's new rule starts as On Failure; three channels get Always, On Success and On Failure", async () => {
  await page.goto("/jobs/new");
  await page.getByLabel("Name", { exact: true }).fill(JOB);
  await page.getByLabel("Source", { exact: true }).selectOption({ label: "shop (SQLite file)" });
  await page.getByRole("checkbox", { name: /backup disk/ }).check();
  await page.getByRole("tab", { name: "Schedule" }).click();
  await page.getByRole("radio", { name: /^Manual only/ }).check();
  await page.getByRole("tab", { name: "Notifications" }).click();
  const conditions = { "Ops Discord": "Always", Ledger: "On Success", "Night mail": "On Failure" };
  for (const [name, condition] of Object.entries(conditions)) {
    await pick(page, "Add", name);
    const rule = page.getByLabel(`When ${name} is notified`);
    await expect(rule.locator("option:checked")).toHaveText("On Failure");
    await rule.selectOption({ label: condition });
  }
  // A channel that has a rule is not offered again.
  await expect(page.getByRole("button", { name: "Add", exact: true })).toBeDisabled();
  await expect(page.getByText("If this job fails:")).toBeVisible();
  await page.getByRole("button", { name: "Save job" }).click();
  await expect(page).toHaveURL(/\/jobs\/(?!new)[^/?]+/);
  await expect(page.getByRole("heading", { name: JOB, level: 1 })).toBeVisible();
});

test("pain 21, 24: Who gets notified? names exactly who gets a failure, its end, and a success", async () => {
  await page.getByRole("tab", { name: /^Notifications/ }).click();
  const expectNotified = async (outcome: string, wanted: string[]) => {
    await page.getByLabel("Outcome", { exact: true }).selectOption({ label: outcome });
    const entries = page
      .getByRole("list")
      .getByRole("listitem")
      .filter({ hasText: /^(now|recovery)/ });
    await expect(entries).toHaveCount(wanted.length);
    expect((await entries.allInnerTexts()).map((text) => text.split("\n").slice(0, 2).join(" ")).sort()).toEqual(
      wanted,
    );
  };
  await expectNotified("Failure", ["now Night mail", "now Ops Discord", "recovery Night mail", "recovery Ops Discord"]);
  await expectNotified("Success", ["now Ledger", "now Ops Discord"]);
});

/** Runs the job by its button and waits on the run's page until it has ended. */
async function runJob(outcome: "Success" | "Failed"): Promise<string> {
  await page.goto("/jobs");
  await page.getByRole("button", { name: `Run ${JOB} now` }).click();
  await expect(page).toHaveURL(/\/runs\/[^/]+$/);
  await expect(page.getByRole("main").getByText(outcome, { exact: true }).first()).toBeVisible();
  return page.url().split("/").pop() ?? "";
}

/** The titles of this job that a channel really got, oldest first; Tests are left out. */
async function receivedBy(channelName: string): Promise<string[]> {
  const { items } = await app.api.get<List<Delivery>>("/deliveries?limit=200");
  return items
    .filter((one) => one.channelName === channelName && !one.isTest && one.status === "sent")
    .map((one) => one.title)
    .reverse();
}

async function allSent(count: number): Promise<void> {
  await until(`${count} deliveries are sent`, async () => {
    const { items } = await app.api.get<List<Delivery>>("/deliveries?limit=200&status=sent");
    return items.filter(({ isTest }) => !isTest).length >= count;
  });
}

test("pain 01, 16, 21, 24: success, failure, cannot start, success: each channel gets exactly what its condition says", async () => {
  await runJob("Success");
  await allSent(2);
  expect(readdirSync(backups()).length).toBeGreaterThan(0);

  // A failure: the file is there and is no database any more.
  const whole = path.join(folder, "whole.db");
  copyFileSync(shop(), whole);
  const corrupt = randomBytes(64 * 1024);
  writeFileSync(shop(), Buffer.concat([Buffer.from("SQLite format 3\0"), corrupt]));
  const failed = await runJob("Failed");
  await allSent(4);

  // It cannot even start: there is no file.
  rmSync(shop());
  const unstarted = await runJob("Failed");
  await allSent(6);

  // And well again, while Discord asks for a pause once.
  copyFileSync(whole, shop());
  discord.failWith({
    status: 429,
    body: { message: "You are being rate limited.", retry_after: 0.6, global: false },
    headers: { "Retry-After": "1", "X-RateLimit-Scope": "shared" },
    times: 1,
  });
  await runJob("Success");
  await allSent(9);

  const recovered = `Recovered: ${JOB}`;
  // A channel that gets the resolving event anyway gets one message, and it says that this is the end of the problem.
  expect(await receivedBy("Ops Discord")).toEqual([
    `Backup Completed: ${JOB}`,
    `Backup Failed: ${JOB}`,
    `Backup Failed: ${JOB}`,
    recovered,
  ]);
  expect(await receivedBy("Ledger")).toEqual([`Backup Completed: ${JOB}`, `Backup Completed: ${JOB}`]);
  expect(await receivedBy("Night mail")).toEqual([`Backup Failed: ${JOB}`, `Backup Failed: ${JOB}`, recovered]);

  // The same as the services and the mailbox have it.
  const embeds = discord.messages
    .map(({ embeds: [embed] }) => embed?.title ?? "")
    .filter((title) => !title.startsWith("Test"));
  // On Discord the recovery has taken the place of the last message of the problem.
  expect(embeds.map((title) => title.replaceAll("\\", ""))).toEqual([
    `Backup Completed: ${JOB}`,
    `Backup Failed: ${JOB}`,
    recovered,
  ]);
  const mails = (await mail.waitFor("ops", 4)).map(({ subject }) => subject).filter((one) => !one?.startsWith("Test"));
  expect(mails).toEqual([`Backup Failed: ${JOB}`, `Backup Failed: ${JOB}`, recovered]);
  const posts = hook.taken.map(({ text }) => JSON.parse(text) as { type: string; isTest: boolean });
  expect(posts.filter(({ isTest }) => !isTest).map(({ type }) => type)).toEqual([
    "backup.completed",
    "backup.completed",
  ]);

  const runs = await Promise.all([failed, unstarted].map((id) => app.api.get<Run>(`/runs/${id}`)));
  expect(runs.map(({ status }) => status)).toEqual(["failure", "failure"]);
  expect(runs[0]?.error).not.toEqual(runs[1]?.error);
});

test("pain 07, 12, 14: the delivery log shows attempts, the service's answers and what exactly was sent", async () => {
  await page.goto("/deliveries?tests=hide");
  const log = page.getByRole("table", { name: "Deliveries" });
  await expect(log.getByRole("row")).toHaveCount(1 + 9);
  const paused = log.getByRole("row").filter({ hasText: "Ops Discord" }).first();
  await expect(paused).toContainText("Sent");
  await paused.getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: `Recovered: ${JOB}`, level: 1 })).toBeVisible();
  const steps = page.getByRole("main").getByRole("listitem");
  await expect(steps.filter({ hasText: "Attempt 1: 429" })).toContainText("The service asked to wait");
  await expect(steps.filter({ hasText: /Attempt 2: 20[04]/ })).toBeVisible();
  const main = page.getByRole("main");
  await expect(main).toContainText("“Always”");
  await expect(main.getByRole("region", { name: "payload" })).toContainText('"embeds"');
  // The token of the webhook is in none of it.
  expect(await page.content()).not.toContain(discord.webhookUrl().split("/").pop());
});

test("Resend sends the same message once more, as a further attempt of the same delivery", async () => {
  await page.goto("/deliveries?tests=hide");
  const row = page.getByRole("row").filter({ hasText: "Recovered: " }).filter({ hasText: "Night mail" });
  await row.getByRole("link").first().click();
  await page.getByRole("button", { name: "Resend…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resend" }).click();
  await expect(
    page
      .getByRole("main")
      .getByRole("listitem")
      .filter({ hasText: /Attempt 2: sent/ }),
  ).toBeVisible();
  const mails = await mail.waitFor("ops", 5);
  expect(mails.at(-1)?.messageId).toBe(mails.at(-2)?.messageId);
});

test("pain 05: the log is live while a run goes on; a canceled run is no failure and notifies nobody", async () => {
  const files = path.join(folder, "files");
  mkdirSync(files);
  const block = randomBytes(8 * 1024 * 1024);
  for (let part = 0; part < 60; part++) writeFileSync(path.join(files, `part-${part}.bin`), block);
  const source = await app.api.post<{ id: string }>("/sources", {
    name: "large folder",
    kind: "directory",
    config: { path: files },
  });
  const { items } = await app.api.get<List<{ id: string }>>("/destinations");
  const channels = await app.api.get<List<{ id: string }>>("/channels");
  await app.api.post("/jobs", {
    name: "large files",
    kind: "managed",
    sourceId: source.id,
    destinationIds: [items[0]?.id],
    schedule: null,
    enabled: true,
    compression: "gzip",
    retention: { keepLast: 2 },
    notifications: channels.items.map(({ id }) => ({ channelId: id, condition: "always", repeat: "every" })),
  });
  const before = (await app.api.get<List<Delivery>>("/deliveries?limit=200")).items.length;
  await page.goto("/jobs");
  await page.getByRole("button", { name: "Run large files now" }).click();
  await expect(page).toHaveURL(/\/runs\/[^/]+$/);
  const main = page.getByRole("main");
  await expect(main.getByText("Running", { exact: true }).first()).toBeVisible();
  await expect(main.getByRole("region", { name: "Log of this run" })).toContainText(/\d\d:\d\d:\d\d/);
  // How long it has been going on, and how far it has come, without a reload.
  const runningFor = main.locator("dt", { hasText: "Running for" }).locator("+ dd");
  await expect(runningFor).not.toHaveText(await runningFor.innerText());
  await expect(main.getByText(/^\d.* so far, .* per second$/)).toBeVisible();
  await expect(main.getByText("Running", { exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: /^Cancel/ }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "Keep running" })).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel run" }).click();
  await expect(main.getByText("Canceled", { exact: true }).first()).toBeVisible();
  expect((await app.api.get<List<Delivery>>("/deliveries?limit=200")).items).toHaveLength(before);
  const left = readdirSync(backups(), { recursive: true }).map(String);
  expect(left.filter((name) => name.endsWith(".part"))).toEqual([]);
  expect(existsSync(files)).toBe(true);
});
