import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeAuthority } from "@/e2e/support/authority";
import { type Running, startProgram, until } from "@/e2e/support/child";
import { freePort } from "@/e2e/support/free-port";
import { ANY_RECEIVER } from "@/e2e/support/own-answers";
import { classify } from "./classify";
import { createHttp } from "./http";

/** An address of this machine that is not loopback, which no proxy is used for. */
const HOST =
  Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === "IPv4" && !one.internal)?.address ?? "";
const authority = makeAuthority();
const seen: (string | undefined)[] = [];
const plain = createServer((request, response) => {
  seen.push(request.headers["proxy-authorization"]);
  response.writeHead(request.url === "/forbidden" ? 403 : 200).end("of the service");
});
const secure = createSecureServer(authority.issue(`IP:${HOST || "127.0.0.1"}`), (_, response) =>
  response.end("of the service"),
);
const portOf = (server: typeof plain) => (server.address() as AddressInfo).port;
let folder = "";
let proxy: Running;
let port = 0;

beforeAll(async () => {
  for (const server of [plain, secure]) await new Promise<void>((done) => server.listen(0, HOST, done));
  folder = mkdtempSync(join(tmpdir(), "belfry-tinyproxy-"));
  port = await freePort();
  const lines = [
    `Port ${port}`,
    "Listen 127.0.0.1",
    "Timeout 20",
    "BasicAuth backups pass-word",
    // Tunnels to this port only.
    `ConnectPort ${portOf(secure)}`,
    `LogFile "${join(folder, "log")}"`,
  ];
  writeFileSync(join(folder, "tinyproxy.conf"), `${lines.join("\n")}\n`);
  proxy = startProgram("tinyproxy", ["-d", "-c", join(folder, "tinyproxy.conf")]);
  const probe = createHttp({ egress: "any", userAgent: "Belfry/test" });
  await until(
    "tinyproxy answers",
    async () => (await probe.request({ url: `http://127.0.0.1:${port}/`, method: "GET" })).kind === "answer",
    {
      words: proxy.words,
    },
  );
  await probe.close();
});
afterAll(async () => {
  await proxy.stop();
  for (const server of [plain, secure]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});

async function send(url: string, user = "backups:pass-word@") {
  const address = `http://${user}127.0.0.1:${port}`;
  const proxies = { httpProxy: address, httpsProxy: address };
  const http = createHttp({ egress: "any", userAgent: "Belfry/test", proxies, authorities: [authority.ca] });
  try {
    return classify(await http.request({ url, method: "POST", body: "{}" }), ANY_RECEIVER);
  } finally {
    await http.close();
  }
}

describe("pain 45: through a real proxy, tinyproxy", () => {
  test("http and https reach the service, and only the proxy sees the password", async () => {
    expect(await send(`http://${HOST}:${portOf(plain)}/`)).toMatchObject({ kind: "sent", status: 200 });
    expect(await send(`https://${HOST}:${portOf(secure)}/`)).toMatchObject({ kind: "sent", status: 200 });
    expect(seen).toEqual([undefined]);
  });

  test.each(["", "backups:wrong@"])("without the right password it is the proxy that refuses: “%s”", async (user) => {
    for (const url of [`http://${HOST}:${portOf(plain)}/`, `https://${HOST}:${portOf(secure)}/`]) {
      const result = await send(url, user);
      expect(result).toMatchObject({ kind: "retry", reason: expect.stringMatching(/^The proxy 127\.0\.0\.1:\d+ /) });
      expect(result.status).toBeUndefined();
    }
  });

  test("a port that it does not tunnel to, and a service that is not there", async () => {
    expect(await send(`https://${HOST}:${portOf(plain)}/`)).toMatchObject({
      kind: "retry",
      reason: expect.stringMatching(/^The proxy .* does not allow connections to/),
    });
    expect(await send(`http://${HOST}:${await freePort()}/`)).toMatchObject({
      kind: "retry",
      reason: expect.stringMatching(/^The proxy .* could not reach/),
    });
  });

  test("the service's own refusal stays the service's", async () => {
    expect(await send(`http://${HOST}:${portOf(plain)}/forbidden`)).toMatchObject({ kind: "rejected", status: 403 });
  });
});
