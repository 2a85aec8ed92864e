import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import type { List } from "./support/api";
import { ADMIN, type App, startApp } from "./support/app";
import { until } from "./support/child";
import { freePort } from "./support/free-port";
import { type MailServer, startMailServer } from "./support/mail-server";
import { auditPage } from "./support/page-audit";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

let folder = "";
let app: App;
let mail: MailServer;
let hook: WebhookServer;
let page: Page;

interface Alert {
  id: string;
  status: string;
  title: string;
}

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-acknowledge-"));
  [mail, hook] = await Promise.all([startMailServer(["anna", "ops"]), startWebhookServer()]);
  const port = await freePort();
  const env = { NODE_EXTRA_CA_CERTS: mail.caFile, BELFRY_BASE_URL: `http://127.0.0.1:${port}` };
  app = await startApp({ dataDir: path.join(folder, "data"), port, env });
  // Nobody is signed in here.
  page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
});
test.afterAll(async () => {
  await page?.context().close();
  await app?.close();
  await Promise.all([mail?.stop(), hook?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const alertOf = async (title: string) =>
  (await app.api.get<List<Alert>>("/alerts?status=open")).items.find((one) => one.title.includes(title));

async function addChannel(name: string, provider: string, config: object): Promise<string> {
  return (await app.api.post<{ id: string }>("/channels", { name, provider, config })).id;
}

/** Raises a problem and returns the link in the mail about it. */
async function mailedLink(channelId: string, title: string, count: number): Promise<string> {
  await app.api.post("/notify", {
    title,
    message: "It hangs.",
    tone: "failure",
    dedupKey: title,
    channels: [channelId],
  });
  const mails = await mail.waitFor("ops", count);
  const { text = "", html } = mails.at(-1) ?? {};
  const link = /https?:\/\/\S+\/acknowledge\/\S+/.exec(text)?.[0] ?? "";
  expect(String(html)).toContain(`href="${link}"`);
  return link;
}

test("a problem is acknowledged from its mail, once, by a button and not by opening the link", async () => {
  const channel = await addChannel("Ops mail", "email", {
    host: mail.host,
    port: mail.port,
    security: "starttls",
    user: mail.addressOf("anna"),
    password: mail.password,
    from: mail.addressOf("anna"),
    to: [mail.addressOf("ops")],
  });
  const link = await mailedLink(channel, "Tape robot", 1);
  for (const method of ["GET", "HEAD"]) expect((await fetch(link, { method })).status).toBe(200);
  expect((await alertOf("Tape robot"))?.status).toBe("firing");

  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Acknowledge this alert?" })).toBeVisible();
  await expect(page.getByText("Tape robot")).toBeVisible();
  await auditPage(page, null, "acknowledge");
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await expect(page.getByRole("heading", { name: "This alert is acknowledged" })).toBeVisible();
  await expect(page.getByRole("status")).toContainText(/acknowledged by the link in channel Ops mail on/);
  expect((await alertOf("Tape robot"))?.status).toBe("acknowledged");
  await auditPage(page, null, "acknowledge-done");

  await page.goto(link);
  await expect(page.getByRole("status")).toContainText(/acknowledged by the link in channel Ops mail on/);
  await expect(page.getByRole("button")).toHaveCount(0);
});

test("an altered link says nothing about the alert, and changes nothing", async () => {
  const [channel] = (await app.api.get<List<{ id: string }>>("/channels")).items;
  const link = await mailedLink(channel?.id ?? "", "Library door", 2);
  const at = link.indexOf("/acknowledge/") + "/acknowledge/".length;
  const altered = link.slice(0, at) + (link[at] === "x" ? "y" : "x") + link.slice(at + 1);
  await page.goto(altered);
  await expect(page.getByRole("heading", { name: "Nothing was acknowledged" })).toBeVisible();
  await expect(page.getByText("This link is not valid.")).toBeVisible();
  await expect(page.getByText("Library door")).toHaveCount(0);
  expect((await alertOf("Library door"))?.status).toBe("firing");
  const log = app.belfry.words();
  expect(log).not.toContain(link.slice(at));
});

test("an escalation reaches the second receiver when nobody acknowledges", async ({ browser }) => {
  await addChannel("Second receiver", "webhook", { url: hook.url });
  const admin = await app.pageOf(browser, ADMIN, "/routing/escalation");
  await admin.getByRole("button", { name: "New policy" }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Night");
  await dialog.getByLabel("Minutes without acknowledgement, step 1").fill("0.02");
  await dialog.getByRole("checkbox", { name: "Second receiver" }).check();
  await dialog.getByRole("button", { name: "Create policy" }).click();
  await expect(admin.getByRole("heading", { name: "Night" })).toBeVisible();
  await expect(admin.getByText("after 0.02 min: Second receiver")).toBeVisible();

  const [policy] = (await app.api.get<List<{ id: string }>>("/escalation-policies")).items;
  const [ops] = (await app.api.get<List<{ id: string }>>("/channels")).items;
  await app.api.call("PATCH", "/settings/notifications", {
    globalChannels: [ops?.id],
    events: { "channel.failing": { escalationPolicyId: policy?.id } },
  });
  const broken = await startWebhookServer();
  broken.failWith(400);
  const channels = [await addChannel("Broken", "webhook", { url: broken.url })];
  await app.api.post("/notify", { title: "For nobody", message: "", channels });
  // The first receiver at once, the second because nobody acknowledges.
  const mails = await mail.waitFor("ops", 3);
  expect(mails.at(-1)?.subject).toMatch(/Broken/);
  await until("the second receiver is notified", () => hook.taken.length === 1);
  const sent = JSON.parse(hook.taken[0]?.text ?? "{}") as { message: string; status: string; acknowledgeUrl: string };
  expect(sent).toMatchObject({ status: "firing", message: expect.stringMatching(/^Nobody has acknowledged this for/) });
  expect(sent.acknowledgeUrl).toContain("/acknowledge/");
  await broken.close();
});
