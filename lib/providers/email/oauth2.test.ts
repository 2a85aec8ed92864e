import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLIENT, MAILBOX, type OAuth2Server, startOAuth2Server } from "@/e2e/support/oauth2-server";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { type SmtpServer, startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import { splitSecrets } from "@/lib/secrets/config";
import { setSecretKey } from "@/lib/secrets/key";
import type { SendResult } from "../contract";
import { createHttp } from "../kit/http";
import { createMail, type Mail } from "../kit/mail";
import { createTokenSource } from "../kit/oauth2-token";
import { email } from "./email";

setSecretKey("k".repeat(32));
const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
const oauth2: OAuth2Server = await startOAuth2Server();
const server: SmtpServer = await startSmtpServer({ security: "starttls", acceptsToken: oauth2.accepts });
let mail: Mail;

beforeEach(() => {
  mail = createMail({ egress: "any", tokens: createTokenSource({ http }) });
  oauth2.requests.length = 0;
});
afterEach(async () => {
  await mail.close();
  server.manners.refuseToken = null;
  Object.assign(oauth2.manners, { answer: null, delegates: true });
});
afterAll(async () => {
  await http.close();
  await oauth2.close();
  await server.close();
});

const SIGN_INS = {
  microsoft: () => ({
    signIn: "microsoft",
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    oauth2Url: oauth2.microsoftUrl,
  }),
  google: () => ({ signIn: "google", serviceKey: oauth2.serviceKey, oauth2Url: oauth2.googleUrl }),
  refresh_token: () => ({
    signIn: "refresh_token",
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    refreshToken: oauth2.refreshToken,
    oauth2Url: oauth2.googleUrl,
  }),
};
const KINDS = Object.keys(SIGN_INS) as (keyof typeof SIGN_INS)[];
const settings = (kind: keyof typeof SIGN_INS, more: Record<string, unknown> = {}) => ({
  host: "127.0.0.1",
  port: server.port,
  user: MAILBOX,
  from: MAILBOX,
  to: ["ops@example.org"],
  ...SIGN_INS[kind](),
  ...more,
});

function deliver(kind: keyof typeof SIGN_INS, more: Record<string, unknown> = {}): Promise<SendResult> {
  const config = email.parse(settings(kind, more));
  return email.send(email.render(sampleNotification(), config, sampleContext()), config, { http, mail });
}

describe("pain 42: mail by OAuth2", () => {
  test.each(KINDS)("%s: signed in with a token, which is asked for once", async (kind) => {
    const count = server.mails.length;
    expect(await deliver(kind)).toMatchObject({ kind: "sent" });
    expect(await deliver(kind)).toMatchObject({ kind: "sent" });
    expect(server.mails.slice(count)).toMatchObject([
      { user: MAILBOX, isEncrypted: true },
      { user: MAILBOX, isEncrypted: true },
    ]);
    expect(oauth2.requests).toHaveLength(1);
  });
  test.each([
    ["a challenge, as Gmail", null],
    ["a refusal at once, as Exchange", [535, "5.7.3 Authentication unsuccessful"] as [number, string]],
  ])("a token that was revoked is replaced: %s does it", async (_, refusal) => {
    expect(await deliver("microsoft")).toMatchObject({ kind: "sent" });
    await mail.close();
    oauth2.revoke();
    server.manners.refuseToken = refusal;
    expect(await deliver("microsoft")).toMatchObject({ kind: "sent" });
  });
  test("a mail server that takes no token of this application: its words, and what to do in Exchange", async () => {
    server.manners.refuseToken = [535, "5.7.3 Authentication unsuccessful"];
    const before = server.signIns;
    const outcome = await deliver("microsoft", { user: "other@example.org" });
    expect(outcome).toMatchObject({
      kind: "rejected",
      status: 535,
      reason: expect.stringContaining("5.7.3 Authentication unsuccessful"),
      advice: expect.stringMatching(/SMTP\.SendAsApp/),
    });
    // With the token at hand, and once with a new one.
    expect(server.signIns - before).toBe(2);
    server.manners.refuseToken = [
      535,
      "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
    ];
    expect(await deliver("microsoft", { user: "other@example.org" })).toMatchObject({
      advice: expect.stringMatching(/enable Authenticated SMTP/),
    });
  });
  test("a token endpoint that refuses: its words and what to do; no mail server is asked", async () => {
    const before = server.signIns;
    oauth2.manners.delegates = false;
    const outcome = await deliver("google");
    expect(outcome).toMatchObject({
      kind: "rejected",
      reason: expect.stringMatching(
        /^No access token: 127\.0\.0\.1:\d+ answered unauthorized_client: Client is unauth/,
      ),
      advice: expect.stringMatching(/Domain-wide delegation/),
    });
    expect(await deliver("microsoft", { clientSecret: "not-the-secret" })).toMatchObject({
      kind: "rejected",
      advice: expect.stringMatching(/client secret is wrong/),
    });
    expect(server.signIns).toBe(before);
  });
  test("a token endpoint that does not answer: tried again", async () => {
    oauth2.manners.answer = { status: 503, body: "" };
    expect(await deliver("refresh_token")).toMatchObject({ kind: "retry", reason: expect.stringMatching(/503/) });
    oauth2.manners.answer = null;
    expect(await deliver("refresh_token")).toMatchObject({ kind: "sent" });
  });
});

describe("the form", () => {
  const problems = (value: unknown) =>
    (email.configSchema.safeParse(value).error?.issues ?? []).map(({ path }) => path.join("."));
  test("names what the chosen sign-in needs, of the channel's own server only", () => {
    const base = { host: "smtp.office365.com", from: "a@example.org", to: ["b@example.org"] };
    expect(problems({ ...base, signIn: "microsoft" })).toEqual(["user", "tenant", "clientId", "clientSecret"]);
    expect(problems({ to: ["b@example.org"], useSystemServer: true, signIn: "microsoft" })).toEqual([]);
    expect(problems(base)).toEqual([]);
  });
  test("secrets are sealed", () => {
    for (const kind of KINDS) {
      const { plain } = splitSecrets(email.parse(settings(kind)) as Record<string, unknown>, email.secretFields);
      const stored = JSON.stringify(plain);
      for (const secret of [CLIENT.secret, "PRIVATE KEY", oauth2.refreshToken]) expect(stored).not.toContain(secret);
    }
    expect(email.secretFields).toEqual(
      expect.arrayContaining(["password", "clientSecret", "serviceKey", "refreshToken"]),
    );
  });
});
