import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, expect, type Locator, type Page, test } from "@playwright/test";
import type { ErrorBody, List } from "./support/api";
import { ADMIN, type App, pick, signIn, startApp } from "./support/app";
import { until } from "./support/child";
import { type MailServer, startMailServer } from "./support/mail-server";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

const OLEG = { name: "Oleg Petrov", email: "oleg@mail.test", password: "a few words of Oleg" };

let folder = "";
let app: App;
let mail: MailServer;
let hook: WebhookServer;
let page: Page;
const channelIds: Record<string, string> = {};

interface Settings {
  globalChannels: string[];
  events: Record<string, { enabled: boolean; channels: string[] | null; notifyUser: string }>;
  catalog: { type: string; name: string }[];
}
interface Delivery {
  id: string;
  channelName: string;
  recipient: string | null;
  status: string;
  title: string;
}

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-system-"));
  [mail, hook] = await Promise.all([
    startMailServer(["anna", "ops", "oleg", "ines", "jan", "ola"]),
    startWebhookServer(),
  ]);
  app = await startApp({ dataDir: path.join(folder, "data"), env: { NODE_EXTRA_CA_CERTS: mail.caFile } });
  await app.api.post("/users", { ...OLEG, role: "operator" });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await Promise.all([mail?.stop(), hook?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const row = (name: string): Locator => page.getByRole("group", { name, exact: true });
const mode = (name: string): Locator => row(name).getByLabel("Notify user directly");
const settings = () => app.api.get<Settings>("/settings/notifications");

/** A change on the tab is saved at once; the tab says when. */
async function saved(change: () => Promise<unknown>): Promise<void> {
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await change();
  await answered;
  await expect(page.getByText("Changes are saved immediately")).toBeVisible();
}

async function addChannel(name: string, provider: string, config: object): Promise<void> {
  const { id } = await app.api.post<{ id: string }>("/channels", { name, provider, config });
  channelIds[name] = id;
}

/** Who got the newest event of a type, complete from the moment the event is there. */
async function deliveriesOfNewest(type: string, isNew: (id: string) => boolean): Promise<Delivery[]> {
  let id = "";
  await until(`a new ${type}`, async () => {
    const { items } = await app.api.get<List<{ id: string }>>(`/events?type=${type}&limit=1`);
    id = items[0]?.id ?? "";
    return id !== "" && isNew(id);
  });
  const ofIt = async () => (await app.api.get<List<Delivery>>(`/deliveries?eventId=${id}`)).items;
  await until("all of it is sent", async () => (await ofIt()).every(({ status }) => status === "sent"));
  seen.add(id);
  return ofIt();
}
const seen = new Set<string>();
const unseen = (id: string) => !seen.has(id);
const targets = (deliveries: Delivery[]) =>
  deliveries.map(({ channelName, recipient }) => (recipient ? `${channelName} → ${recipient}` : channelName)).sort();

async function olegSignsIn(browser: Browser): Promise<void> {
  const context = await browser.newContext({ baseURL: app.url });
  await signIn(await context.newPage(), OLEG);
  await context.close();
}

test("the system mail server: a Test that is refused says why, one that works arrives, and only then it is saved", async () => {
  await page.goto("/settings/email");
  await expect(page.getByText("No mail is sent yet")).toBeVisible();
  await page.getByLabel("Host", { exact: true }).fill(mail.host);
  await page.getByLabel("Port", { exact: true }).fill(String(mail.port));
  await page.getByLabel("User", { exact: true }).fill(mail.addressOf("ops"));
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.getByLabel("From", { exact: true }).fill(`Belfry <${mail.addressOf("ops")}>`);
  await expect(page.getByLabel("Send a test mail to")).toHaveValue(ADMIN.email);
  await page.getByRole("button", { name: "Send test mail" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText(/535|authentication failed/i);
  await page.getByLabel("Password", { exact: true }).fill(mail.password);
  await page.getByRole("button", { name: "Send test mail" }).click();
  await expect(page.getByText(`Accepted by the server. Check the mailbox of ${ADMIN.email}.`)).toBeVisible();
  expect(await mail.waitFor("anna", 1)).toHaveLength(1);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("group", { name: "Password" })).toContainText("Stored");
  await expect(page.getByText("No mail is sent yet")).toBeHidden();
});

test("mail to all administrators: a switch is saved at once and alone, and its event is mailed to each of them", async () => {
  const ola = { name: "Ola Nord", email: mail.addressOf("ola"), role: "admin", password: "a few words of Ola" };
  const { id } = await app.api.post<{ id: string }>("/users", ola);
  const mailed = (name: string) => page.getByRole("switch", { name, exact: true });
  for (const [name, isOn] of [
    ["Backup Failed", true],
    ["Restore Failed", true],
    ["User Created", false],
  ] as const)
    await expect(mailed(name)).toBeChecked({ checked: isOn });
  await saved(() => mailed("User Created").check());
  await saved(() => mailed("Backup Failed").uncheck());
  await page.reload();
  await expect(mailed("User Created")).toBeChecked();
  await expect(mailed("Backup Failed")).not.toBeChecked();
  await expect(page.getByRole("group", { name: "Password" })).toContainText("Stored");
  const { mailAdmins } = await app.api.get<{ mailAdmins: Record<string, boolean> }>("/settings/email");
  expect(mailAdmins).toMatchObject({ "user.created": true, "backup.failed": false, "restore.failed": true });

  const had = (await mail.read("anna")).length;
  await app.api.post("/users", { ...OLEG, name: "Oda Li\u202e <b>", email: "oda@mail.test", role: "viewer" });
  for (const arrived of [(await mail.waitFor("anna", had + 1)).at(-1), (await mail.waitFor("ola", 1)).at(-1)]) {
    expect(arrived?.subject).toBe("[Belfry] User Created: Oda Li <b>");
    expect(arrived?.text).toContain("Sent by Belfry because of your role as an administrator. Times are UTC.");
  }
  const deliveries = await deliveriesOfNewest("user.created", unseen);
  expect(targets(deliveries)).toEqual([`System mail → ${ADMIN.email}`, `System mail → ${ola.email}`]);
  await page.goto(`/deliveries/${deliveries[0]?.id}`);
  await page.getByRole("link", { name: "System mail" }).click();
  await expect(page).toHaveURL(/\/settings\/email$/);
  await page.getByRole("button", { name: "Send test mail" }).click();
  await expect(page.getByText(`Accepted by the server. Check the mailbox of ${ADMIN.email}.`)).toBeVisible();
  await saved(() => mailed("User Created").uncheck());
  await app.api.delete(`/users/${id}`);
});

test("without any channel the tab says where problems stand, and a Test says that nothing was sent", async () => {
  await page.goto("/settings/notifications");
  await expect(page.getByText("No channels yet: alerts appear in the inbox only.")).toBeVisible();
  await expect(page.getByText("Where are the backup events?")).toBeVisible();
  await row("System Error").getByRole("button", { name: "Test", exact: true }).click();
  await expect(row("System Error").getByRole("status")).toContainText("Nothing was sent");
});

test("Notify user directly needs an Email channel: the control explains itself, and the server refuses", async () => {
  await addChannel("Side hook", "webhook", { url: hook.url });
  await page.reload();
  await saved(() => pick(page, "Add channel", "Side hook"));
  await saved(() => row("User Login").getByRole("switch").click());
  await expect(mode("User Login")).toHaveAccessibleDescription(/add an Email channel to this event/);
  await expect(mode("User Login").locator("option:disabled")).toHaveText(["Admin & User", "User only"]);
  for (const notifyUser of ["also", "only"]) {
    const refused = await app.api.call<ErrorBody>("PATCH", "/settings/notifications", {
      events: { "user.login": { notifyUser } },
    });
    expect(refused.status).toBe(400);
    expect(refused.body.error.fields?.["events.user.login.notifyUser"]).toContain("Email channel");
  }
  expect((await settings()).events["user.login"]?.notifyUser).toBe("none");
});

test("an override shows its badge, and Reset to Global Channels takes it back", async () => {
  await addChannel("Team mail", "email", { useSystemServer: true, to: [mail.addressOf("ops")] });
  await page.reload();
  const restore = row("Restore Completed");
  await expect(restore.getByText("Custom Channels")).toBeHidden();
  await expect(restore).toContainText("Side hook");
  await restore.getByRole("button", { name: "Choose the channels of Restore Completed" }).click();
  const dialog = page.getByRole("dialog", { name: "Channels of Restore Completed" });
  await dialog.getByRole("checkbox", { name: "Side hook" }).uncheck();
  await dialog.getByRole("checkbox", { name: "Team mail" }).check();
  await saved(() => dialog.getByRole("button", { name: "Use these channels" }).click());
  await expect(restore.getByText("Custom Channels")).toBeVisible();
  await expect(restore.getByText("Team mail")).toBeVisible();
  await expect(restore.getByText("Side hook")).toBeHidden();
  await page.reload();
  await expect(restore.getByText("Custom Channels")).toBeVisible();
  expect((await settings()).events["restore.completed"]?.channels).toEqual([channelIds["Team mail"]]);

  await saved(() => restore.getByRole("button", { name: "Reset to Global Channels" }).click());
  await expect(restore.getByText("Custom Channels")).toBeHidden();
  await expect(restore.getByText("Side hook")).toBeVisible();
  await page.reload();
  await expect(restore.getByText("Custom Channels")).toBeHidden();
  expect((await settings()).events["restore.completed"]?.channels).toBeNull();
});

test("rule 14, pain 36: what another admin saved meanwhile stays when this tab saves something else", async () => {
  await app.api.patch("/settings/notifications", {
    events: { "channel.failing": { repeat: "remind", remindHours: 6 } },
  });
  await saved(() => row("Restore Completed").getByRole("switch").click());
  const { events } = await settings();
  expect(events["channel.failing"]).toMatchObject({ repeat: "remind", remindHours: 6 });
  expect(events["restore.completed"]?.enabled).toBe(false);
  expect(events["user.login"]?.enabled).toBe(true);
  await saved(() => row("Restore Completed").getByRole("switch").click());
});

test("rule 19: every event has a Test that goes through exactly its channels, also while it is off", async () => {
  await saved(() => pick(page, "Add channel", "Team mail"));
  const { catalog } = await settings();
  expect(catalog.length).toBeGreaterThan(8);
  // What the page shows is the whole catalogue.
  await expect(page.getByRole("main").getByRole("button", { name: "Test", exact: true })).toHaveCount(catalog.length);
  const [hadHook, hadMail] = [hook.taken.length, (await mail.read("ops")).length];
  let direct = 0;
  for (const { name } of catalog) {
    const results = row(name).getByRole("status");
    await row(name).getByRole("button", { name: "Test", exact: true }).click();
    await expect(results.getByRole("listitem").filter({ hasText: "Side hook" })).toContainText("Sent");
    await expect(results.getByRole("listitem").filter({ hasText: "Team mail" }).first()).toContainText("Sent");
    direct += await results.getByText(ADMIN.email).count();
    await row(name).getByRole("button", { name: "Close results" }).click();
  }
  const { mailAdmins } = await app.api.get<{ mailAdmins: Record<string, boolean> }>("/settings/email");
  const mailed = catalog.filter(({ type }) => mailAdmins[type]);
  expect(mailed.map(({ name }) => name)).toContain("Restore Failed");
  expect(direct).toBe(mailed.length);
  const posts = hook.taken
    .slice(hadHook)
    .map(({ text }) => JSON.parse(text) as { type: string; isTest: boolean; title: string });
  expect(posts.map(({ type }) => type)).toEqual(catalog.map(({ type }) => type));
  expect(posts.every(({ isTest, title }) => isTest && title.startsWith("Test: "))).toBe(true);
  const mails = await mail.waitFor("ops", hadMail + catalog.length);
  expect(mails.slice(hadMail).every(({ subject }) => subject?.startsWith("Test: "))).toBe(true);

  // And when a service refuses, its own words are shown, channel by channel.
  hook.failWith(503, "the side hook is being repaired");
  const error = row("System Error");
  await error.getByRole("button", { name: "Test", exact: true }).click();
  const failed = error.getByRole("status").getByRole("listitem").filter({ hasText: "Side hook" });
  await expect(failed).toContainText("Failed");
  await expect(failed).toContainText("the side hook is being repaired");
  await expect(error.getByRole("listitem").filter({ hasText: "Team mail" })).toContainText("Sent");
  hook.recover();
});

test("Admin & User on a real sign-in: the channels are notified about the user, and the user gets a mail", async ({
  browser,
}) => {
  await page.reload();
  await expect(mode("User Login")).toHaveAccessibleDescription(/Only the channels above are notified/);
  await saved(() => mode("User Login").selectOption({ label: "Admin & User" }));
  await olegSignsIn(browser);
  const deliveries = await deliveriesOfNewest("user.login", unseen);
  expect(targets(deliveries)).toEqual(["Side hook", "Team mail", `Team mail → ${OLEG.email}`]);
  const own = (await mail.waitFor("oleg", 1)).at(-1);
  expect(own?.subject).toBe("You signed in");
  expect(own?.text).toContain("You signed in from 127.0.0.1");
  expect((await mail.read("ops")).at(-1)?.subject).toBe(`User Login: ${OLEG.name}`);
});

test("User only on a real sign-in: the user's mail alone, no channel", async ({ browser }) => {
  await saved(() => mode("User Login").selectOption({ label: "User only" }));
  const had = hook.taken.length;
  await olegSignsIn(browser);
  const deliveries = await deliveriesOfNewest("user.login", unseen);
  expect(targets(deliveries)).toEqual([`Team mail → ${OLEG.email}`]);
  expect((await mail.waitFor("oleg", 2)).at(-1)?.subject).toBe("You signed in");
  expect(hook.taken).toHaveLength(had);
});

test("Disabled on a real sign-in: the channels alone, no mail to the user", async ({ browser }) => {
  await saved(() => mode("User Login").selectOption({ label: "Disabled" }));
  await olegSignsIn(browser);
  const deliveries = await deliveriesOfNewest("user.login", unseen);
  expect(targets(deliveries)).toEqual(["Side hook", "Team mail"]);
  expect(await mail.read("oleg")).toHaveLength(2);
});

/** Creates a user on the page; without a password they are invited. */
async function createUser(name: string, email: string, password?: string): Promise<void> {
  await page.goto("/users/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Mail address").fill(email);
  if (password) {
    await page.getByRole("radio", { name: /^Set password now/ }).check();
    await page.getByLabel("Initial password").fill(password);
  }
  await page.getByRole("button", { name: password ? "Create user" : "Create and invite" }).click();
  await expect(page.getByRole("link", { name })).toBeVisible();
}

test("User only on a real user creation: welcome and invitation are one mail; the link works once and no log shows it", async ({
  browser,
}) => {
  await saved(() => row("User Created").getByRole("switch").click());
  await saved(() => mode("User Created").selectOption({ label: "User only" }));
  await createUser("Ines Duarte", mail.addressOf("ines"));
  const deliveries = await deliveriesOfNewest("user.created", unseen);
  expect(targets(deliveries)).toEqual([`Team mail → ${mail.addressOf("ines")}`]);
  const mails = await mail.waitFor("ines", 1);
  expect(mails.map(({ subject }) => subject)).toEqual(["You are invited to Belfry"]);
  const link = /http:\/\/127\.0\.0\.1:\d+\/invite\/([\w-]+)/.exec(mails[0]?.text ?? "");
  const [address = "", token = "no token"] = link ?? [];
  expect(address).toContain(app.url);

  await page.goto(`/deliveries/${deliveries[0]?.id}`);
  await expect(page.getByRole("heading", { name: "You are invited to Belfry", level: 1 })).toBeVisible();
  expect(await page.content()).not.toContain(token);
  expect(JSON.stringify(await app.api.get(`/deliveries/${deliveries[0]?.id}`))).not.toContain(token);
  expect(app.belfry.words()).not.toContain(token);

  const context = await browser.newContext({ baseURL: app.url });
  const ines = await context.newPage();
  await ines.goto(address);
  await expect(ines.getByRole("heading", { name: "Welcome, Ines Duarte" })).toBeVisible();
  await ines.getByLabel("Password").fill("what Ines chose herself");
  await ines.getByRole("button", { name: "Set password" }).click();
  await expect(ines.getByRole("button", { name: "Account of Ines Duarte" })).toBeVisible();
  await context.clearCookies();
  await ines.goto(address);
  await expect(ines.getByRole("heading", { name: "This invitation is no longer valid" })).toBeVisible();
  await context.close();
});

test("Disabled on a real user creation: the channels are notified, and the system mail server carries the invitation", async () => {
  await page.goto("/settings/notifications");
  await saved(() => mode("User Created").selectOption({ label: "Disabled" }));
  await createUser("Jan Kos", mail.addressOf("jan"));
  const deliveries = await deliveriesOfNewest("user.created", unseen);
  expect(targets(deliveries)).toEqual(["Side hook", "Team mail"]);
  expect((await mail.waitFor("jan", 1)).map(({ subject }) => subject)).toEqual(["You are invited to Belfry"]);
  for (const { text } of hook.taken) expect(text).not.toContain("/invite/");
});

test("Admin & User on a real user creation with a password: a welcome that names none", async () => {
  await page.goto("/settings/notifications");
  await saved(() => mode("User Created").selectOption({ label: "Admin & User" }));
  const address = mail.addressOf("oleg");
  const had = (await mail.read("oleg")).length;
  const { items } = await app.api.get<List<{ id: string; email: string }>>("/users");
  await app.api.delete(`/users/${items.find(({ email }) => email === address)?.id}`);
  await createUser("Oleg Petrov", address, OLEG.password);
  const deliveries = await deliveriesOfNewest("user.created", unseen);
  expect(targets(deliveries)).toEqual(["Side hook", "Team mail", `Team mail → ${address}`]);
  const welcome = (await mail.waitFor("oleg", had + 1)).at(-1);
  expect(welcome?.subject).toBe("Your account was created");
  expect(`${welcome?.text}${welcome?.html}`).not.toContain(OLEG.password);
});

test("Who gets notified? names the channels and people of an event, and what is suppressed", async () => {
  await page.goto("/settings/notifications");
  await row("User Created").getByRole("button", { name: "Who gets notified?" }).click();
  const dialog = page.getByRole("dialog", { name: "Who gets notified of User Created?" });
  await expect(dialog).toContainText("Side hook");
  await expect(dialog).toContainText("Team mail");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(dialog).toBeHidden();

  await app.api.patch(`/channels/${channelIds["Side hook"]}`, { enabled: false });
  await row("System Error").getByRole("button", { name: "Who gets notified?" }).click();
  const other = page.getByRole("dialog", { name: "Who gets notified of System Error?" });
  await expect(other.getByRole("listitem").filter({ hasText: "Side hook" })).toContainText(/disabled/i);
  await other.getByRole("button", { name: "Close" }).last().click();
  await app.api.patch(`/channels/${channelIds["Side hook"]}`, { enabled: true });
});

test("a disabled Email channel: the setting says that the administrators are notified instead, and they are", async ({
  browser,
}) => {
  await saved(() => mode("User Login").selectOption({ label: "User only" }));
  await app.api.patch(`/channels/${channelIds["Team mail"]}`, { enabled: false });
  await page.reload();
  await expect(mode("User Login")).toHaveAccessibleDescription(/the administrators are notified instead/);
  await olegSignsIn(browser);
  const deliveries = await deliveriesOfNewest("user.login", unseen);
  expect(targets(deliveries)).toEqual(["Side hook"]);
});
