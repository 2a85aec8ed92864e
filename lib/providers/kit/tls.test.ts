import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { makeAuthority } from "@/e2e/support/authority";
import { selfSigned } from "@/e2e/support/certificate";
import { startProgram, until } from "@/e2e/support/child";
import { freePort } from "@/e2e/support/free-port";
import { ANY_RECEIVER } from "@/e2e/support/own-answers";
import { classify } from "./classify";
import { createHttp, type Http } from "./http";
import type { ClientTls } from "./trust";

const authority = makeAuthority();
const stranger = makeAuthority("Somebody else");
const NAMES = "DNS:localhost,IP:127.0.0.1";
const service = authority.issue(NAMES);
const client = authority.issue("DNS:belfry.example");
const foreign = stranger.issue("DNS:belfry.example");
const closing: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listen(server: Server & { closeAllConnections?(): void }): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(() => {
    server.closeAllConnections?.();
    return new Promise((done) => server.close(done));
  });
  return (server.address() as AddressInfo).port;
}

async function serve(options: ServerOptions): Promise<string> {
  const port = await listen(createSecureServer(options, (_, response) => response.end("taken")));
  return `https://127.0.0.1:${port}/`;
}

function io(authorities: string[] = []): Http {
  const http = createHttp({ egress: "any", userAgent: "Belfry/test", authorities });
  closing.push(() => http.close());
  return http;
}

async function trySending(url: string, tls?: ClientTls, http = io()) {
  const answer = await http.request({ url, method: "POST", body: "{}", ...(tls ? { tls } : {}) });
  const result = classify(answer, ANY_RECEIVER);
  return result.kind === "sent" ? { kind: "sent" } : { ...result, text: `${result.reason} ${result.advice ?? ""}` };
}

describe("fault D1: a certificate of one's own", () => {
  test.each([
    ["self-signed", () => selfSigned()],
    ["of one's own authority", () => service],
  ])("%s: the advice names both settings", async (_, make) => {
    const url = await serve(make());
    expect(await trySending(url, {})).toMatchObject({
      kind: "retry",
      text: expect.stringMatching(/certificate of 127\.0\.0\.1:\d+ .*CA certificate under Advanced.*BELFRY_CA_FILE/s),
    });
    const withoutFields = await trySending(url);
    expect(withoutFields).toMatchObject({
      text: expect.stringMatching(/PEM file and name its file in BELFRY_CA_FILE/),
    });
    expect(withoutFields).toMatchObject({ text: expect.not.stringMatching(/Advanced/) });
  });

  test("pain 46: the installation's authority is trusted, and the channel's, each beside the usual ones", async () => {
    const url = await serve(service);
    expect(await trySending(url, undefined, io([authority.ca]))).toEqual({ kind: "sent" });
    expect(await trySending(url, { ca: authority.ca })).toEqual({ kind: "sent" });
    expect(await trySending(url, { ca: `${stranger.ca}\n${authority.ca}` })).toEqual({ kind: "sent" });
    expect(await trySending(url, { ca: stranger.ca })).toMatchObject({ kind: "retry" });
    const own = selfSigned();
    expect(await trySending(await serve(own), { ca: own.cert }, io([authority.ca]))).toEqual({ kind: "sent" });
  });
});

describe("pain 46: a server that demands a client certificate", () => {
  const demanding = (more: ServerOptions = {}) =>
    serve({ ...service, ca: authority.ca, requestCert: true, rejectUnauthorized: true, ...more });

  /** OpenSSL's own server, which says by an alert what it misses. */
  async function opensslServer(version: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "belfry-tls-"));
    const files = { "cert.pem": service.cert, "key.pem": service.key, "ca.pem": authority.ca };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const port = await freePort();
    const keys = ["-cert", "cert.pem", "-key", "key.pem", "-CAfile", "ca.pem"];
    const demands = ["-Verify", "1", "-verify_return_error", "-www", version];
    const args = ["s_server", "-accept", `127.0.0.1:${port}`, ...keys, ...demands];
    const server = startProgram("openssl", args, { cwd: folder });
    closing.push(async () => {
      await server.stop("SIGKILL");
      rmSync(folder, { recursive: true });
    });
    await until("it listens", () => server.words().includes("ACCEPT"), { words: server.words });
    return `https://127.0.0.1:${port}/`;
  }

  test.each(["TLSv1.2", "TLSv1.3"] as const)("%s: the right one is taken", async (version) => {
    const url = await demanding({ minVersion: version, maxVersion: version });
    expect(await trySending(url, { ca: authority.ca, ...client })).toEqual({ kind: "sent" });
  });

  test.each([
    ["-tls1_2", "none", {}],
    ["-tls1_2", "a foreign one", foreign],
    ["-tls1_3", "none", {}],
    ["-tls1_3", "a foreign one", foreign],
  ])("OpenSSL with %s: %s is named as the cause", async (version, _, tls) => {
    const result = await trySending(await opensslServer(version), { ca: authority.ca, ...tls });
    expect(result).toMatchObject({ kind: "retry", text: expect.stringMatching(/client certificate.*under Advanced/) });
  });

  test("a server that only hangs up: the advice says why that may be", async () => {
    expect(await trySending(await demanding(), { ca: authority.ca })).toMatchObject({
      kind: "retry",
      text: expect.stringMatching(/without an answer\. Some servers do this when they miss a client certificate/),
    });
  });

  test("one channel's certificate is not another's, on the same server at the same time", async () => {
    const url = await demanding();
    const http = io([authority.ca]);
    const results = await Promise.all(
      [client, undefined, client, foreign].map((tls) => trySending(url, tls ?? {}, http)),
    );
    expect(results.map(({ kind }) => kind)).toEqual(["sent", "retry", "sent", "retry"]);
  });

  test("a key of another certificate is refused before anything is sent, and not shown", async () => {
    const result = await trySending(await demanding(), { cert: client.cert, key: foreign.key });
    expect(result).toMatchObject({
      kind: "rejected",
      text: expect.stringMatching(/key belongs to another certificate/),
    });
    expect(JSON.stringify(result)).not.toContain("PRIVATE KEY");
  });
});

describe("fault D4: a sentence and what to do, in place of OpenSSL's text", () => {
  const trusting = { ca: authority.ca };
  const OPENSSL = /SSL routines|error:[0-9A-F]{8}|EPROTO|ERR_|deps\/openssl/;

  test("a server with TLS 1.1 only", async () => {
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    const result = await trySending(await serve({ ...service, ...old }), trusting);
    expect(result).toMatchObject({
      text: expect.stringMatching(/speaks only TLS 1\.1 or older.*Switch TLS 1\.2 or 1\.3 on/s),
    });
    expect(JSON.stringify(result)).not.toMatch(OPENSSL);
  });

  test("https to a port without TLS", async () => {
    const port = await listen(createServer((_, response) => response.end()));
    const result = await trySending(`https://127.0.0.1:${port}/`, trusting);
    expect(result).toMatchObject({ text: expect.stringMatching(/does not speak TLS.*use http:\/\//s) });
    expect(JSON.stringify(result)).not.toMatch(OPENSSL);
  });

  test("an expired certificate", async () => {
    const result = await trySending(await serve(authority.issue(NAMES, -1)), trusting);
    expect(result).toMatchObject({ text: expect.stringMatching(/has expired\. Renew it on the server\..*clock/) });
  });

  test("a certificate for another name", async () => {
    const result = await trySending(await serve(authority.issue("DNS:mail.example,DNS:www.example")), trusting);
    expect(result).toMatchObject({
      text: expect.stringMatching(/is for another name \(mail\.example, www\.example\)\. Enter a host/),
    });
  });

  test("no cipher in common", async () => {
    const result = await trySending(await serve({ ...service, maxVersion: "TLSv1.2", ciphers: "PSK" }), trusting);
    expect(result).toMatchObject({ text: expect.stringMatching(/no cipher in common/) });
    expect(JSON.stringify(result)).not.toMatch(OPENSSL);
  });

  test("http to a port with TLS", async () => {
    const port = await listen(createTlsServer(service, (socket) => socket.end()));
    const result = await trySending(`http://127.0.0.1:${port}/`);
    expect(result).toMatchObject({ kind: "retry", text: expect.stringMatching(/https:\/\//) });
  });
});
