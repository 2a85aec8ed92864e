import { type AddressInfo, createServer, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, test } from "vitest";
import { makeAuthority } from "@/e2e/support/authority";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { createHttp } from "../kit/http";
import { createMail } from "../kit/mail";
import { email } from "./email";

const authority = makeAuthority();
const stranger = makeAuthority("Somebody else");
const HOST = "mail.example";
const service = authority.issue(`DNS:${HOST}`);
const client = authority.issue("DNS:belfry.example");
const foreign = stranger.issue("DNS:belfry.example");
const OPENSSL = /SSL routines|error:[0-9A-F]{8}|EPROTO|ERR_|deps\/openssl/;
const closing: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(options: SMTPServerOptions): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH"],
    onData: (stream, _, done) => stream.resume().on("end", () => done()),
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(() => new Promise<void>((done) => server.close(() => done())));
  return (server.server.address() as AddressInfo).port;
}

async function trySending(port: number, more: Record<string, unknown> = {}, authorities: string[] = []) {
  const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
  const mail = createMail({ egress: "any", resolve, authorities });
  const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
  closing.push(
    () => mail.close(),
    () => http.close(),
  );
  const config = email.parse({ host: HOST, port, from: "a@b.example", to: ["c@d.example"], ...more });
  const payload = email.render(sampleNotification(), config, sampleContext());
  const result = await email.send(payload, config, { http, mail });
  return result.kind === "sent" ? { kind: "sent" } : { ...result, text: `${result.reason} ${result.advice ?? ""}` };
}

describe.each([
  ["starttls", {}],
  ["ssl", { secure: true }],
] as const)("certificates of a mail server, %s", (security, base) => {
  const send = (port: number, more = {}, authorities: string[] = []) =>
    trySending(port, { security, ...more }, authorities);

  test("fault D1: an authority of one's own: the advice names both settings", async () => {
    expect(await send(await serve({ ...service, ...base }))).toMatchObject({
      kind: "retry",
      text: expect.stringMatching(/certificate of mail\.example:\d+ .*CA certificate under Advanced.*BELFRY_CA_FILE/s),
    });
  });

  test("pain 46: the installation's authority is trusted, and the server's own", async () => {
    const port = await serve({ ...service, ...base });
    expect(await send(port, {}, [authority.ca])).toEqual({ kind: "sent" });
    expect(await send(port, { tlsCa: authority.ca })).toEqual({ kind: "sent" });
    expect(await send(port, { tlsCa: stranger.ca })).toMatchObject({ kind: "retry" });
  });

  test("pain 46: a server that demands a client certificate", async () => {
    const port = await serve({ ...service, ...base, ca: authority.ca, requestCert: true, rejectUnauthorized: true });
    const given = (pair: { cert: string; key: string }) => ({
      tlsCa: authority.ca,
      tlsCert: pair.cert,
      tlsKey: pair.key,
    });
    expect(await send(port, given(client))).toEqual({ kind: "sent" });
    expect(await send(port, { tlsCa: authority.ca })).toMatchObject({ kind: "retry" });
    expect(await send(port, given(foreign))).toMatchObject({ kind: "retry" });
  });

  test.each([
    [
      "TLS 1.1 only",
      () => ({ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }),
      /only TLS 1\.1 or older.*Switch TLS 1\.2/s,
    ],
    ["expired", () => authority.issue(`DNS:${HOST}`, -1), /has expired\. Renew it/],
    ["for another name", () => authority.issue("DNS:www.example"), /is for another name.*Enter a host name/s],
  ] as const)("fault D4: %s", async (_, make, words) => {
    const port = await serve({ ...service, ...base, ...(make() as SMTPServerOptions) });
    const result = await send(port, { tlsCa: authority.ca });
    expect(result).toMatchObject({ text: expect.stringMatching(words) });
    expect(JSON.stringify(result)).not.toMatch(OPENSSL);
  });
});

test("fault D4: SSL to a port without TLS", async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined).write("220 mail.example ESMTP\r\n");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => server.close(done));
  });
  const result = await trySending((server.address() as AddressInfo).port, { security: "ssl" });
  expect(result).toMatchObject({ text: expect.stringMatching(/does not speak TLS.*choose STARTTLS/s) });
  expect(JSON.stringify(result)).not.toMatch(OPENSSL);
});
