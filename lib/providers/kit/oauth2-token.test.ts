import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { CLIENT, MAILBOX, type OAuth2Server, startOAuth2Server } from "@/e2e/support/oauth2-server";
import { createHttp } from "./http";
import { mailSignInFields, missingForSignIn, oauth2Of } from "./mail-sign-in";
import type { OAuth2Error } from "./oauth2-request";
import type { OAuth2SignIn, OAuth2Token } from "./oauth2-sign-in";
import { createTokenSource, type TokenStore } from "./oauth2-token";

const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
const server: OAuth2Server = await startOAuth2Server();
const MINUTE = 60_000;
let clock = Date.now();

beforeEach(() => {
  clock = Date.now();
  server.requests.length = 0;
  Object.assign(server.manners, { answer: null, lifeSeconds: 3599, rotates: false, delegates: true });
});
afterAll(async () => {
  await http.close();
  await server.close();
});

const sourceOf = (store?: TokenStore) => createTokenSource({ http, now: () => clock, ...(store ? { store } : {}) });
const microsoft = (more: Record<string, string> = {}): OAuth2SignIn =>
  signIn({
    signIn: "microsoft",
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    oauth2Url: server.microsoftUrl,
    ...more,
  });
const google = (more: Record<string, string> = {}): OAuth2SignIn =>
  signIn({ signIn: "google", serviceKey: server.serviceKey, oauth2Url: server.googleUrl, ...more });
const refresh = (more: Record<string, string> = {}): OAuth2SignIn =>
  signIn({
    signIn: "refresh_token",
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    refreshToken: server.refreshToken,
    oauth2Url: server.googleUrl,
    ...more,
  });

function signIn(values: Record<string, string>): OAuth2SignIn {
  const made = oauth2Of({ user: MAILBOX, ...values } as Parameters<typeof oauth2Of>[0]);
  if (!made) throw new Error("no OAuth2");
  return made;
}

const refusal = (from: OAuth2SignIn): Promise<OAuth2Error> =>
  sourceOf()
    .tokenFor(from)
    .then(
      () => {
        throw new Error("it was not refused");
      },
      (error) => error as OAuth2Error,
    );

/** A store in memory, as every process of an installation sees it. */
function sharedStore(): TokenStore & { kept: Map<string, OAuth2Token> } {
  const kept = new Map<string, OAuth2Token>();
  return {
    kept,
    read: async (name) => kept.get(name) ?? null,
    write: async (name, token) => void kept.set(name, token),
  };
}

describe("each way to a token", () => {
  test("the application of a tenant: client credentials, with the scope that Exchange wants", async () => {
    const { accessToken, expiresAt } = await sourceOf().tokenFor(microsoft());
    expect(server.accepts(MAILBOX, accessToken)).toBe(true);
    expect(expiresAt - clock).toBe(3_599_000);
    expect(server.requests).toEqual([
      {
        grant_type: "client_credentials",
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        scope: "https://outlook.office365.com/.default",
      },
    ]);
    const own = oauth2Of({ signIn: "microsoft", tenant: "example.org", user: MAILBOX });
    expect(own?.tokenUrl).toBe("https://login.microsoftonline.com/example.org/oauth2/v2.0/token");
  });
  test("a service account: a signed statement for the mailbox", async () => {
    expect(server.accepts(MAILBOX, (await sourceOf().tokenFor(google())).accessToken)).toBe(true);
    expect(oauth2Of({ signIn: "google", serviceKey: server.serviceKey })?.tokenUrl).toBe(
      "https://oauth2.googleapis.com/token",
    );
  });
  test("a refresh token", async () => {
    expect(server.accepts(MAILBOX, (await sourceOf().tokenFor(refresh())).accessToken)).toBe(true);
  });
});

describe("when a token is asked for", () => {
  test("once, however many connections wait, and again five minutes before its end", async () => {
    const source = sourceOf();
    const tokens = await Promise.all(Array.from({ length: 6 }, () => source.tokenFor(microsoft())));
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1);
    clock += 54 * MINUTE;
    expect(await source.tokenFor(microsoft())).toBe(tokens[0]);
    clock += MINUTE;
    expect((await source.tokenFor(microsoft())).accessToken).not.toBe(tokens[0]?.accessToken);
    expect(server.requests).toHaveLength(2);
  });
  test("a renewal ahead of the end that fails leaves the present token in use, to its end", async () => {
    const source = sourceOf();
    const first = await source.tokenFor(microsoft());
    server.manners.answer = { status: 503, body: "" };
    clock += 56 * MINUTE;
    expect(await source.tokenFor(microsoft())).toEqual(first);
    clock += 5 * MINUTE;
    await expect(source.tokenFor(microsoft())).rejects.toThrow(/answered 503 without one/);
  });
  test("another one when the mail server refused it, whatever its life", async () => {
    const source = sourceOf(sharedStore());
    const first = await source.tokenFor(google());
    const second = await source.tokenFor(google(), first.accessToken);
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(await source.tokenFor(google(), first.accessToken)).toEqual(second);
  });
  test("a process uses what another one was given, and works without a store that fails", async () => {
    const store = sharedStore();
    const token = await sourceOf(store).tokenFor(microsoft());
    expect(await sourceOf(store).tokenFor(microsoft())).toEqual(token);
    expect(server.requests).toHaveLength(1);
    const broken: TokenStore = {
      read: () => Promise.reject(new Error("down")),
      write: () => Promise.reject(new Error("down")),
    };
    expect(await sourceOf(broken).tokenFor(microsoft())).toMatchObject({ accessToken: expect.any(String) });
  });
  test("a refresh token that is good for one use is replaced by the one that came, also after a restart", async () => {
    server.manners.rotates = true;
    const store = sharedStore();
    const from = refresh();
    await sourceOf(store).tokenFor(from);
    clock += 2 * 60 * MINUTE;
    await sourceOf(store).tokenFor(from);
    server.manners.rotates = false;
    clock += 2 * 60 * MINUTE;
    await sourceOf(store).tokenFor(from);
    clock += 2 * 60 * MINUTE;
    expect(await sourceOf(store).tokenFor(from)).toMatchObject({ refreshToken: server.refreshToken });
    expect([...store.kept.keys()].join()).not.toContain(CLIENT.secret);
  });
});

describe("errors of the token endpoint, in words with advice", () => {
  const cases: [string, () => OAuth2SignIn, RegExp, RegExp][] = [
    [
      "wrong secret",
      () => microsoft({ clientSecret: "wrong" }),
      /invalid_client: AADSTS7000215: .*provided\.$/,
      /value, which/,
    ],
    ["unknown application", () => microsoft({ clientId: "other" }), /AADSTS700016/, /no application/],
    [
      "unknown tenant",
      () => microsoft({ oauth2Url: server.microsoftUrl.replace("8a2f", "9b3e") }),
      /AADSTS90002/,
      /no such tenant/,
    ],
    ["wrong scope", () => microsoft({ scope: "Mail.Send" }), /AADSTS1002012/, /outlook\.office365\.com/],
    [
      "mailbox of nobody",
      () => google({ user: "nobody@example.org" }),
      /Invalid email or User ID/,
      /mailbox of the domain/,
    ],
    ["revoked refresh token", () => refresh({ refreshToken: "1//old" }), /expired or revoked/, /Sign in again/],
    ["unknown client", () => refresh({ clientId: "other" }), /client was not found/, /Client ID or client secret/],
  ];
  test.each(cases)("%s", async (_, from, reason, advice) => {
    const error = await refusal(from());
    expect(error).toMatchObject({ retryable: false, message: expect.stringMatching(reason) });
    expect(error.advice).toMatch(advice);
    expect(`${error.message} ${error.advice}`).not.toContain(CLIENT.secret);
    expect(error.message).not.toContain("Trace ID");
  });
  test("a service account without delegation, and a wrong clock", async () => {
    server.manners.delegates = false;
    expect((await refusal(google())).advice).toMatch(/Domain-wide delegation/);
    clock += 3 * 60 * MINUTE;
    expect((await refusal(google())).advice).toMatch(/clock of this machine/);
  });
  test("what may pass by itself is tried again", async () => {
    for (const [status, body] of [
      [503, "<html>busy</html>"],
      [429, '{"error":"rate_limited"}'],
      [400, '{"error":"temporarily_unavailable","error_description":"AADSTS90033: A transient error"}'],
      [200, "<html>sign in here</html>"],
      [404, ""],
    ] as const) {
      server.manners.answer = { status, body };
      expect(await refusal(microsoft()), body).toMatchObject({ retryable: true });
    }
    const gone = await startOAuth2Server();
    await gone.close();
    const error = await refusal(google({ oauth2Url: gone.googleUrl }));
    expect(error).toMatchObject({ retryable: true, message: expect.stringMatching(/does not answer: .*refuses/) });
  });
  test("the rule about addresses holds for the token endpoint", async () => {
    const publicOnly = createHttp({ egress: "public", userAgent: "Belfry/test" });
    await expect(createTokenSource({ http: publicOnly }).tokenFor(microsoft())).rejects.toMatchObject({
      retryable: false,
      message: expect.stringMatching(/public addresses only/),
    });
    await publicOnly.close();
  });
});

describe("the fields", () => {
  const missing = (values: Record<string, string>) =>
    missingForSignIn(values as unknown as Parameters<typeof missingForSignIn>[0]).map(({ field }) => field);
  test("each sign-in names what it needs", () => {
    expect(missing({ signIn: "password" })).toEqual([]);
    expect(missing({ signIn: "microsoft" })).toEqual(["user", "tenant", "clientId", "clientSecret"]);
    expect(missing({ signIn: "google", user: MAILBOX })).toEqual(["serviceKey"]);
    expect(missing({ signIn: "google", user: MAILBOX, serviceKey: '{"client_email":"a"}' })).toEqual(["serviceKey"]);
    const broken = JSON.stringify({ client_email: "a", private_key: "-----BEGIN PRIVATE KEY-----\nAA==" });
    expect(missing({ signIn: "google", user: MAILBOX, serviceKey: broken })).toEqual(["serviceKey"]);
    expect(missing({ signIn: "google", user: MAILBOX, serviceKey: server.serviceKey })).toEqual([]);
    expect(missing({ signIn: "refresh_token", user: MAILBOX })).toEqual(["clientId", "refreshToken"]);
  });
  test("a token address is https, or on this network", () => {
    const takes = (url: string) => mailSignInFields.oauth2Url.safeParse(url).success;
    expect(["https://login.example/token", "http://127.0.0.1:9/token", "http://sso.lan/token", ""].map(takes)).toEqual(
      Array(4).fill(true),
    );
    expect(["http://login.example/token", "ftp://a/b", "no address"].map(takes)).toEqual(Array(3).fill(false));
  });
});
