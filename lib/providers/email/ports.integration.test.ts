import { afterAll, describe, expect, test } from "vitest";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { type SmtpServer, type SmtpSettings, startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import type { SendResult } from "../contract";
import { createHttp } from "../kit/http";
import { createMail } from "../kit/mail";
import { email } from "./email";

/*
 * The ports that mail servers really listen on; they are privileged, so the test wants root as the mail server's does.
 */

/** An address of this machine that nothing else listens on. */
const HOST = "127.0.25.87";
const SIGN_IN = { user: "backups", password: "quite-secret" };

const mail = createMail({ egress: "any", timeouts: { connectMs: 3_000, greetingMs: 1_000, replyMs: 2_000 } });
const io = { http: createHttp({ egress: "any", userAgent: "Belfry/test" }), mail };
afterAll(async () => {
  await mail.close();
  await io.http.close();
});

function deliver(values: Record<string, unknown>): Promise<SendResult> {
  const config = email.parse({ host: HOST, from: "backups@example.org", to: ["ops@example.org"], ...values });
  return email.send(email.render(sampleNotification(), config, sampleContext()), config, io);
}

async function withServer(settings: SmtpSettings, act: (server: SmtpServer) => Promise<void>): Promise<void> {
  const server = await startSmtpServer(settings);
  try {
    await act(server);
  } finally {
    await server.close();
  }
}

describe("the ports of mail", () => {
  test("25: a relay without encryption and without a sign-in", async () => {
    await withServer({ security: "none", at: { host: HOST, port: 25 } }, async ({ mails }) => {
      expect(await deliver({ port: 25, security: "none" })).toMatchObject({ kind: "sent" });
      expect(mails).toMatchObject([{ isEncrypted: false, user: null, to: ["ops@example.org"] }]);
    });
  });

  test("465: TLS from the first byte, signed in", async () => {
    await withServer({ security: "ssl", ...SIGN_IN, at: { host: HOST, port: 465 } }, async ({ mails }) => {
      expect(await deliver({ port: 465, security: "ssl", ...SIGN_IN })).toMatchObject({ kind: "sent" });
      expect(mails).toMatchObject([{ isEncrypted: true, user: "backups" }]);
      expect(await deliver({ port: 465, security: "starttls", ...SIGN_IN })).toMatchObject({
        kind: "retry",
        advice: expect.stringContaining("Port 465 expects SSL"),
      });
    });
  });

  test("587, the form's own default: STARTTLS, signed in, and without a sign-in where none is asked for", async () => {
    await withServer({ security: "starttls", ...SIGN_IN, at: { host: HOST, port: 587 } }, async ({ mails }) => {
      expect(await deliver(SIGN_IN)).toMatchObject({ kind: "sent" });
      expect(mails).toMatchObject([{ isEncrypted: true, user: "backups" }]);
      expect(await deliver({})).toMatchObject({ kind: "rejected", status: 530 });
      expect(mails).toHaveLength(1);
    });
    await withServer({ security: "starttls", at: { host: HOST, port: 587 } }, async ({ mails }) => {
      expect(await deliver({})).toMatchObject({ kind: "sent" });
      expect(mails).toMatchObject([{ isEncrypted: true, user: null }]);
    });
  });
});
