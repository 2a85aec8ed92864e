import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { CLIENT, MAILBOX, type OAuth2Server, startOAuth2Server } from "@/e2e/support/oauth2-server";
import { type SmtpServer, startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import { systemActor } from "@/lib/auth/access/actor";
import { mailTokenStore } from "@/lib/dispatch/send/mail-token-store";
import { setProviderIo } from "@/lib/dispatch/send/provider-io";
import { createHttp } from "@/lib/providers/kit/http";
import { createMail } from "@/lib/providers/kit/mail";
import { createTokenSource } from "@/lib/providers/kit/oauth2-token";
import { setSecretKey } from "@/lib/secrets/key";
import { settingsEmailGet } from "./email-get";
import { settingsEmailTest } from "./email-test";
import { settingsEmailUpdate } from "./email-update";
import { sendSystemMail } from "./send-system-mail";

const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
let oauth2: OAuth2Server;
let server: SmtpServer;
let drop: () => Promise<void>;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  setSecretKey("k".repeat(32));
  drop = await freshDatabase();
  oauth2 = await startOAuth2Server();
  server = await startSmtpServer({ security: "starttls", acceptsToken: oauth2.accepts });
  startProcess();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await oauth2.close();
  await server.close();
  await drop();
});

/** The way out of one process: it knows no token by itself. */
function startProcess(): void {
  const mail = createMail({ egress: "any", tokens: createTokenSource({ http, store: mailTokenStore }) });
  closing.push(() => mail.close());
  setProviderIo({ http, mail });
}

const config = () => ({
  host: "127.0.0.1",
  port: server.port,
  signIn: "refresh_token",
  user: MAILBOX,
  clientId: CLIENT.id,
  clientSecret: CLIENT.secret,
  refreshToken: oauth2.refreshToken,
  oauth2Url: oauth2.googleUrl,
  from: `Belfry <${MAILBOX}>`,
});
const invite = () =>
  sendSystemMail({ to: "new@example.org", subject: "Invitation", text: "Come in", html: "<p>Come in</p>" });

test("the system mail server signs in by OAuth2: Test, invitations, and other processes by the same token", async () => {
  await settingsEmailTest.call(systemActor, { config: config(), to: "ops@example.org" });
  await settingsEmailUpdate.call(systemActor, { config: config() });
  await invite();
  expect(server.mails.map(({ user, to }) => [user, to.join()])).toEqual([
    [MAILBOX, "ops@example.org"],
    [MAILBOX, "new@example.org"],
  ]);
  startProcess();
  await invite();
  expect(oauth2.requests).toHaveLength(1);
});

test("a refresh token that the service replaced works after a restart", async () => {
  oauth2.manners.rotates = true;
  oauth2.manners.lifeSeconds = 60;
  await settingsEmailUpdate.call(systemActor, { config: config() });
  for (let process = 1; process <= 3; process++) {
    await invite();
    startProcess();
  }
  expect(new Set(oauth2.requests.map(({ refresh_token }) => refresh_token)).size).toBe(3);
});

test("nothing readable is stored, and nobody is shown it", async () => {
  await settingsEmailUpdate.call(systemActor, { config: config() });
  await invite();
  const { orm, t } = database();
  const stored = JSON.stringify([await orm.select().from(t.settings), await orm.select().from(t.systemState)]);
  expect(stored).toContain("mail-token:");
  for (const secret of [CLIENT.secret, oauth2.refreshToken, "ya29."]) expect(stored).not.toContain(secret);
  const shown = await settingsEmailGet.call(systemActor, {});
  expect(shown.config).toMatchObject({ refreshToken: { stored: true }, clientSecret: { stored: true } });
});

test("a sign-in that lacks something is refused at its field, and a changed one keeps the stored secrets", async () => {
  const { refreshToken: _, ...without } = config();
  await expect(settingsEmailUpdate.call(systemActor, { config: without })).rejects.toMatchObject({
    details: { fields: { "config.refreshToken": "Enter the refresh token." } },
  });
  await settingsEmailUpdate.call(systemActor, { config: config() });
  await settingsEmailUpdate.call(systemActor, { config: { from: MAILBOX } });
  await invite();
  expect(server.mails).toHaveLength(1);
});
