import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeAuthority } from "@/e2e/support/authority";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import type { Provider } from "../contract";
import { allProviders, providerOf } from "../registry";
import { createHttp } from "./http";
import { createMail } from "./mail";

const authority = makeAuthority();
const client = authority.issue("DNS:belfry.example");
const foreign = makeAuthority("Somebody else").issue("DNS:belfry.example");
/** Common names of the clients whose requests arrived. */
const arrived: string[] = [];
const server = createServer(
  { ...authority.issue("IP:127.0.0.1"), ca: authority.ca, requestCert: true, rejectUnauthorized: true },
  (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    arrived.push(String(subject.CN));
    request.resume().on("end", () => response.end("{}"));
  },
);
const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
const mail = createMail({ egress: "any" });
/** Mail has a test of its own. */
const withFields = allProviders().filter(
  ({ configSchema, transport }) => transport === "http" && "tlsKey" in configSchema.shape,
);

beforeAll(() => new Promise<void>((done) => server.listen(0, "127.0.0.1", done)));
beforeEach(() => {
  arrived.length = 0;
});
afterAll(async () => {
  await http.close();
  await mail.close();
  server.closeAllConnections();
  server.close();
});

async function trySending(provider: Provider, certificates: Record<string, string>) {
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const moved = Object.entries(provider.example as object).map(([name, value]) =>
    typeof value === "string" ? [name, value.replace(/^https?:\/\/[^/]+/, origin)] : [name, value],
  );
  const config = provider.parse({ ...Object.fromEntries(moved), ...certificates });
  const payload = provider.render(sampleNotification(), config, sampleContext({ run: sampleRun() }));
  return await provider.send(payload, config, { http, mail });
}

describe("pain 46: channels whose server may be one's own", () => {
  test("all of them have the fields, under Advanced, the key as a secret", () => {
    expect(withFields.map(({ id }) => id)).toEqual(
      expect.arrayContaining(
        "webhook ntfy gotify mattermost rocketchat matrix zulip signal loki zabbix apprise uptime-kuma healthchecks".split(
          " ",
        ),
      ),
    );
    for (const provider of withFields) {
      const { properties } = provider.formSchema() as { properties: Record<string, { advanced?: boolean }> };
      for (const name of ["tlsCa", "tlsCert", "tlsKey"]) expect(properties[name]?.advanced, provider.id).toBe(true);
      expect(provider.secretFields).toContain("tlsKey");
    }
  });

  test.each(withFields.map((provider) => [provider.id, provider] as const))(
    "%s shows its client certificate and trusts its authority, for every request",
    async (_, provider) => {
      await trySending(provider, { tlsCa: authority.ca, tlsCert: client.cert, tlsKey: client.key });
      expect(arrived.length).toBeGreaterThan(0);
      arrived.length = 0;
      const result = await trySending(provider, { tlsCa: authority.ca, tlsCert: foreign.cert, tlsKey: foreign.key });
      expect(result.kind).toBe("retry");
      expect(arrived).toEqual([]);
      const untrusted = await trySending(provider, {});
      expect(untrusted).toMatchObject({
        kind: "retry",
        advice: expect.stringMatching(/CA certificate under Advanced/),
      });
    },
  );

  test("an Apprise URL of such a service uses the certificates of its channel", () => {
    const apprise = providerOf("apprise");
    const config = apprise?.parse({ url: "gotifys://push.example.org/AExampleToken.1", tlsCa: authority.ca });
    expect(apprise?.delegatesTo?.(config)).toMatchObject({ targets: [{ config: { tlsCa: authority.ca.trim() } }] });
  });
});

describe("what the fields take", () => {
  const gotify = providerOf("gotify");
  const problemsOf = (certificates: object) => {
    const parsed = gotify?.configSchema.safeParse({ ...(gotify.example as object), ...certificates });
    return parsed?.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
  };

  test.each([
    ["nothing", {}, []],
    ["blank fields", { tlsCa: " ", tlsCert: "", tlsKey: "" }, []],
    ["an authority alone", { tlsCa: authority.ca }, []],
    ["lines that end as on Windows", { tlsCert: client.cert.replaceAll("\n", "\r\n"), tlsKey: client.key }, []],
    ["a certificate without its key", { tlsCert: client.cert }, ["tlsKey: Enter the key that belongs"]],
    ["a key without its certificate", { tlsKey: client.key }, ["tlsCert: Enter the client certificate"]],
    ["the key of another one", { tlsCert: client.cert, tlsKey: foreign.key }, ["tlsKey: This key belongs to another"]],
    ["a name of a file", { tlsCa: "/etc/ssl/ca.pem" }, ["tlsCa: Enter certificates as PEM text"]],
    ["a certificate cut in half", { tlsCa: authority.ca.slice(0, 200) }, ["tlsCa: Enter certificates as PEM text"]],
    ["nonsense for a key", { tlsCert: client.cert, tlsKey: "secret" }, ["tlsKey: Enter the key as PEM text"]],
  ])("%s", (_, certificates, problems) => {
    expect(problemsOf(certificates)).toEqual(problems.map((start) => expect.stringContaining(start)));
  });

  test("a key with a passphrase is refused with the way to remove it", async () => {
    const { createPrivateKey } = await import("node:crypto");
    const key = createPrivateKey(client.key).export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "secret",
    });
    expect(problemsOf({ tlsCert: client.cert, tlsKey: String(key) })).toEqual([
      expect.stringMatching(/passphrase.*openssl pkey/),
    ]);
  });
});
