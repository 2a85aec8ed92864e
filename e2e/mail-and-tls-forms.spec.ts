import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TLSSocket } from "node:tls";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { SMTPServer } from "smtp-server";
import { type App, startApp } from "./support/app";
import { makeAuthority } from "./support/authority";
import { type ChannelForm, channelForm } from "./support/channel-form";
import { type MailServer, startMailServer } from "./support/mail-server";
import { CLIENT, MAILBOX, type OAuth2Server, startOAuth2Server, TENANT } from "./support/oauth2-server";
import { auditPage } from "./support/page-audit";
import { type ProxyServer, startProxyServer } from "./support/proxy-server";
import { type SmtpServer, startSmtpServer } from "./support/smtp-misbehaving";

test.describe.configure({ mode: "serial" });

interface ProviderView {
  id: string;
  schema: Record<string, unknown>;
}

const authority = makeAuthority();
const stranger = makeAuthority("Somebody else");
const client = authority.issue("DNS:belfry.example");
const otherClient = authority.issue("DNS:other.example");

let folder = "";
let app: App;
let page: Page;
let mail: MailServer;
let oauth2: OAuth2Server;
let smtp: SmtpServer;
let proxy: ProxyServer;
const forms = new Map<string, ChannelForm>();
const form = (provider: string) => {
  const found = forms.get(provider);
  if (!found) throw new Error(`There is no form of ${provider}.`);
  return found;
};
/** Asks for a client certificate of the authority, and says who came. */
let hook: Server;
const callers: string[] = [];
const smtpWithTls = new SMTPServer({
  ...authority.issue("DNS:localhost"),
  secure: true,
  requestCert: true,
  rejectUnauthorized: true,
  ca: authority.ca,
  authOptional: true,
  disabledCommands: ["AUTH"],
  onData: (stream, _, done) => {
    stream.resume().on("end", () => done());
  },
});

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-forms-"));
  const service = authority.issue("DNS:hook.example");
  hook = createServer(
    { ...service, ca: authority.ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      callers.push(String((request.socket as TLSSocket).getPeerCertificate().subjectaltname));
      request.resume().on("end", () => response.end("taken"));
    },
  );
  hook.on("tlsClientError", () => undefined);
  smtpWithTls.on("error", () => undefined);
  await Promise.all([
    new Promise<void>((done) => hook.listen(0, "127.0.0.1", done)),
    new Promise<void>((done) => smtpWithTls.listen(0, "127.0.0.1", done)),
  ]);
  [mail, oauth2, proxy] = await Promise.all([
    startMailServer(["anna", "ops"]),
    startOAuth2Server(),
    startProxyServer(),
  ]);
  smtp = await startSmtpServer({ security: "starttls", acceptsToken: oauth2.accepts });
  const env = { NODE_EXTRA_CA_CERTS: mail.caFile, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
  app = await startApp({ dataDir: path.join(folder, "data"), env });
  page = await app.sharedPageOf(browser);
  const providers = await app.api.get<ProviderView[]>("/providers");
  for (const { id, schema } of providers) forms.set(id, channelForm(page, schema));
});
test.afterAll(async () => {
  await app?.close();
  await Promise.all([mail?.stop(), oauth2?.close(), smtp?.close(), proxy?.close()]);
  await new Promise<void>((done) => smtpWithTls.close(() => done()));
  hook?.closeAllConnections();
  await new Promise((done) => hook?.close(done));
  rmSync(folder, { recursive: true, force: true });
});

const main = () => page.getByRole("main");
const tryIt = () => page.getByRole("button", { name: "Test", exact: true }).click();
const works = () => page.getByRole("status").filter({ hasText: "Works" });
const create = () => page.getByRole("button", { name: "Create channel" }).click();
/** Of the page that is open: scrolled down, its top bar would cover a part of what is below it. */
const auditFromTop = async (name: string) => {
  await page.evaluate(() => window.scrollTo(0, 0));
  await auditPage(page, null, name);
};
/** The sentence beside the field, which its control names. */
const expectError = async (control: Locator, sentence: string | RegExp) => {
  await expect(control).toHaveAttribute("aria-describedby", /-error\b/);
  const ids = (await control.getAttribute("aria-describedby"))?.split(" ") ?? [];
  await expect(control).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator(`[id="${ids.find((each) => each.endsWith("-error"))}"]`)).toHaveText(sentence);
};
const created = async () => {
  await page.waitForURL(/\/channels\/(?!new)[\w-]+$/);
  await page.reload();
};

test("a mail of which one recipient is refused is Sent in part, in the list and on its page, with the server's words", async () => {
  const { id } = await app.api.post<{ id: string }>("/channels", {
    name: "Team mail",
    provider: "email",
    config: {
      host: mail.host,
      port: mail.port,
      user: mail.addressOf("ops"),
      password: mail.password,
      from: mail.addressOf("ops"),
      to: [mail.addressOf("anna"), mail.addressOf("nobody")],
    },
  });
  await app.api.post("/notify", { title: "The disk is nearly full", message: "90 %", channels: ["Team mail"] });
  const [arrived] = await mail.waitFor("anna", 1);
  expect(arrived?.subject).toContain("The disk is nearly full");
  await page.goto(`/deliveries?channel=${id}`);
  const row = page.getByRole("row").filter({ hasText: "The disk is nearly full" });
  await expect(row).toContainText("Sent in part");
  await row.getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: /The disk is nearly full/, level: 1 })).toBeVisible();
  await expect(main()).toContainText("Sent in part");
  await expect(main()).toContainText(mail.addressOf("nobody"));
  await expect(main()).toContainText(/550/);
  await auditFromTop("delivery-sent-in-part");
});

test("the mail form's OAuth2 fields: what is missing stands beside its field, the service's refusal is explained, then it works", async () => {
  const { fill, control, name, stored } = form("email");
  await page.goto("/channels/new?provider=email");
  await page.getByRole("button", { name: "Custom SMTP" }).click();
  await name.fill("Microsoft mail");
  await fill({ host: "127.0.0.1", port: smtp.port, from: MAILBOX, to: ["ops@example.org"], signIn: "microsoft" });
  await expect(page.getByLabel("Password", { exact: true })).toHaveCount(0);
  await expect(page.getByLabel("Key of the service account")).toHaveCount(0);
  await create();
  await expectError(control("user"), "Enter the address of the mailbox that sends.");
  await expectError(control("tenant"), "Enter the tenant's ID.");
  await expectError(control("clientId"), "Enter the application's ID.");
  await expectError(control("clientSecret"), "Enter the client secret.");
  await auditFromTop("mail-form-oauth2-missing");

  await fill({ user: MAILBOX, tenant: TENANT, clientId: CLIENT.id, clientSecret: "the ID, not the value" });
  await fill({ oauth2Url: oauth2.microsoftUrl });
  await tryIt();
  await expect(main().getByRole("alert").first()).toContainText(/AADSTS7000215/);
  await expect(main().getByRole("alert").first()).toContainText(/client secret is wrong/i);
  expect(smtp.mails).toHaveLength(0);

  await fill({ clientSecret: CLIENT.secret });
  await tryIt();
  await expect(works()).toBeVisible();
  expect(smtp.mails.at(-1)?.user).toBe(MAILBOX);
  await create();
  await created();
  await expect(await stored("clientSecret")).toContainText("Stored");
  await expect(control("tenant")).toHaveValue(TENANT);
  await expect(control("signIn")).toHaveValue("microsoft");
  expect(await page.content()).not.toContain(CLIENT.secret);
  const before = smtp.mails.length;
  await tryIt();
  await expect(works()).toBeVisible();
  expect(smtp.mails.length).toBe(before + 1);
  await auditFromTop("mail-form-oauth2-stored");
});

test("another kind of sign-in shows its own fields, and refuses a key that is none", async () => {
  const { fill, control } = form("email");
  await page.goto("/channels/new?provider=email");
  await page.getByRole("button", { name: "Custom SMTP" }).click();
  await form("email").name.fill("Google mail");
  await fill({ host: "127.0.0.1", port: smtp.port, from: MAILBOX, to: ["ops@example.org"], user: MAILBOX });
  await fill({ signIn: "google", serviceKey: "not JSON" });
  await expect(page.getByLabel("Client secret")).toHaveCount(0);
  await create();
  await expectError(control("serviceKey"), /JSON/);
  await fill({ serviceKey: oauth2.serviceKey, oauth2Url: oauth2.googleUrl });
  await tryIt();
  await expect(works()).toBeVisible();
});

test("Advanced on a webhook: authority, client certificate and key, through a proxy; each mistake beside its field", async () => {
  const { fill, control, name, stored } = form("webhook");
  const url = `https://hook.example:${(hook.address() as AddressInfo).port}/in`;
  await page.goto("/channels/new?provider=webhook");
  await name.fill("Own receiver");
  await fill({ url, tlsCa: "not PEM", tlsCert: client.cert });
  await create();
  await expectError(control("tlsCa"), /PEM|certificate/i);
  await fill({ tlsCa: stranger.ca });
  await create();
  await expectError(control("tlsKey"), "Enter the key that belongs to the client certificate.");
  await fill({ tlsKey: otherClient.key });
  await create();
  await expectError(control("tlsKey"), "This key belongs to another certificate.");
  await auditFromTop("webhook-form-tls-errors");

  await fill({ tlsKey: client.key });
  await tryIt();
  await expect(main().getByRole("alert").first()).toContainText(/certificate of hook\.example/);
  expect(callers).toEqual([]);
  await fill({ tlsCa: authority.ca });
  await tryIt();
  await expect(works()).toBeVisible();
  expect(callers).toEqual(["DNS:belfry.example"]);
  expect(proxy.asked.at(-1)).toBe(`CONNECT ${new URL(url).host}`);
  await create();
  await created();
  await expect(await stored("tlsKey")).toContainText("Stored");
  await expect(control("tlsCert")).toHaveValue(client.cert.trim());
  expect(await page.content()).not.toContain(client.key.split("\n")[1]);
  await tryIt();
  await expect(works()).toBeVisible();
  expect(callers).toHaveLength(2);
  await auditFromTop("webhook-form-tls-stored");
});

test("Advanced on the mail form: a server with an authority of its own that asks for a certificate", async () => {
  const { fill, control, name, stored } = form("email");
  await page.goto("/channels/new?provider=email");
  await page.getByRole("button", { name: "Custom SMTP" }).click();
  await name.fill("Own mail server");
  const { port } = smtpWithTls.server.address() as AddressInfo;
  await fill({ security: "ssl", host: "localhost", port, from: "belfry@example.org", to: ["ops@example.org"] });
  await fill({ tlsCa: authority.ca, tlsCert: client.cert });
  await create();
  await expectError(control("tlsKey"), "Enter the key that belongs to the client certificate.");
  await fill({ tlsCert: "", tlsKey: "" });
  await tryIt();
  await expect(main().getByRole("alert").first()).toContainText(/client certificate/i);
  await fill({ tlsCert: client.cert, tlsKey: client.key });
  await tryIt();
  await expect(works()).toBeVisible();
  await create();
  await created();
  await expect(await stored("tlsKey")).toContainText("Stored");
  await tryIt();
  await expect(works()).toBeVisible();
});
