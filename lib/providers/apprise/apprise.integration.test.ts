import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { makeAuthority } from "@/e2e/support/authority";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import type { ProviderIo, SendResult } from "../contract";
import { createCommands } from "../kit/commands/commands";
import { apprise } from "./apprise";

/*
 * The real apprise of the Debian package, started as Belfry starts it, sends to a server on loopback.
 */

interface Got {
  path: string;
  headers: IncomingMessage["headers"];
  json: Record<string, unknown>;
}
const got: Got[] = [];
let answer: (response: ServerResponse) => void;
const web = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  got.push({
    path: request.url ?? "",
    headers: request.headers,
    json: JSON.parse(body || "{}") as Record<string, unknown>,
  });
  answer(response);
});
let host = "";
const commands = createCommands({ egress: "any" });
const nowhere = () => Promise.reject(new Error("not here"));
const io: ProviderIo = { http: { request: nowhere }, mail: { send: nowhere }, commands };

beforeAll(async () => {
  await new Promise<void>((done) => web.listen(0, "127.0.0.1", done));
  host = `127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterAll(async () => {
  web.closeAllConnections();
  await new Promise((done) => web.close(done));
});
beforeEach(() => {
  got.length = 0;
  answer = (response) => response.writeHead(200).end("{}");
});

function deliver(url: string, more = {}, extra = {}): Promise<SendResult> {
  const config = apprise.parse({ url });
  return apprise.send(apprise.render(sampleNotification(more), config, sampleContext(extra)), config, io);
}

test("it is found, and a channel for it may be saved", async () => {
  expect(await commands.findApprise()).toMatchObject({ kind: "found", version: expect.stringMatching(/^\d+\.\d+/) });
  expect(await apprise.inspect?.(apprise.parse({ url: "kodi://host" }), io)).toBeNull();
});

test("one message to a service that Belfry does not know itself", async () => {
  expect(await deliver(`kodi://belfry:word-of-mine@${host}`)).toMatchObject({
    kind: "sent",
    answer: expect.stringMatching(/Sent/),
  });
  expect(got).toHaveLength(1);
  expect(got[0]).toMatchObject({
    path: "/jsonrpc",
    headers: { authorization: `Basic ${btoa("belfry:word-of-mine")}` },
    json: {
      method: "GUI.ShowNotification",
      params: { title: "media-library could not be backed up", message: expect.stringContaining("nas.lan:22") },
    },
  });
});

describe("fault C2, C3: what Belfry hands on reaches the service with all its settings", () => {
  test.each<[url: (host: string) => string, request: Partial<Got>]>([
    [
      (at) => `ntfy://${at}/backups?attach=https://x.example/a.png&delay=30min`,
      {
        path: "/",
        headers: expect.objectContaining({ "x-delay": "30min" }),
        json: expect.objectContaining({ topic: "backups", attach: "https://x.example/a.png" }),
      },
    ],
    [(at) => `json://${at}/x?method=PUT&verify=no`, { path: "/x", json: expect.objectContaining({ type: "failure" }) }],
    [
      (at) => `mmost://${at}/3ccdd113474722377935511fc85d3dd4?overflow=split&to=one`,
      { path: "/hooks/3ccdd113474722377935511fc85d3dd4", json: expect.objectContaining({ channel: "one" }) },
    ],
    [
      (at) => `matrix://me:word@${at}/#room?mode=slack`,
      { path: "/api/v1/matrix/hook/word", json: expect.objectContaining({ username: "me" }) },
    ],
  ])("%s", async (url, request) => {
    const config = apprise.parse({ url: url(host) });
    expect(apprise.delegatesTo?.(config)).toBeNull();
    expect(await apprise.inspect?.(config, io)).toBeNull();
    expect(await deliver(url(host))).toMatchObject({ kind: "sent" });
    expect(got).toEqual([expect.objectContaining(request)]);
  });

  test("through the proxy that leads out of this installation, and this machine without it", async () => {
    const proxied = createCommands({ egress: "any", proxies: { httpProxy: `http://${host}` } });
    const send = (url: string) => {
      const config = apprise.parse({ url });
      const payload = apprise.render(sampleNotification(), config, sampleContext());
      return apprise.send(payload, config, { ...io, commands: proxied });
    };
    expect(await send("kodi://media.example.org")).toMatchObject({ kind: "sent" });
    expect(await send(`kodi://${host}`)).toMatchObject({ kind: "sent" });
    expect(got.map(({ path }) => path)).toEqual(["http://media.example.org/jsonrpc", "/jsonrpc"]);
  });

  test("to a server with a certificate of one's own: trusted by the channel or by the installation, by nobody else", async () => {
    const authority = makeAuthority();
    const secure = createSecureServer(authority.issue("IP:127.0.0.1"), (request, response) => {
      arrived.push(request.url ?? "");
      request.resume().on("end", () => response.end("{}"));
    });
    const arrived: string[] = [];
    await new Promise<void>((done) => secure.listen(0, "127.0.0.1", done));
    const url = `kodis://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    const send = (more: object, ownCommands = commands) => {
      const config = apprise.parse({ url, ...more });
      const payload = apprise.render(sampleNotification(), config, sampleContext());
      return apprise.send(payload, config, { ...io, commands: ownCommands });
    };
    expect(await send({})).not.toMatchObject({ kind: "sent" });
    expect(await send({ tlsCa: makeAuthority("another").ca })).not.toMatchObject({ kind: "sent" });
    expect(arrived).toEqual([]);
    expect(await send({ tlsCa: authority.ca })).toMatchObject({ kind: "sent" });
    const installed = createCommands({ egress: "any", authorities: [authority.ca] });
    expect(await send({}, installed)).toMatchObject({ kind: "sent" });
    expect(arrived).toEqual(["/jsonrpc", "/jsonrpc"]);
    secure.closeAllConnections();
    secure.close();
  });

  test("a URL that it does not take is refused before it is saved, in its words", async () => {
    const words = async (url: string) => (await apprise.inspect?.(apprise.parse({ url }), io))?.message;
    expect(await words("slack://x")).toMatch(/slack:\/\/T…\/B….*Apprise 1\.\d.*An invalid Slack/);
    // Newer than the installed one.
    expect(await words("workflows://host/id/sig?template=x")).toMatch(/“template”.*Unparseable URL.*newer Apprise/);
    // What a service needs is not here.
    expect(await words("windows://")).toMatch(/disabled on this system.*--details/);
    expect(await words("syslog://")).toBeUndefined();
  });
});

describe("text and type arrive as they are", () => {
  test.each(Object.entries(HOSTILE_NAMES).filter(([name]) => !/huge/.test(name)))("%s", async (_, text) => {
    const message = `${text}\nsecond line`;
    const sent = apprise.render(
      sampleNotification({ title: text, message }),
      apprise.parse({ url: "json://x" }),
      sampleContext(),
    ) as { title: string; body: string };
    expect(await deliver(`json://${host}/`, { title: text, message })).toMatchObject({ kind: "sent" });
    expect(got[0]?.json).toMatchObject({ title: sent.title, message: sent.body.trim(), type: "failure" });
  });
  test("a title that looks like options is a title", async () => {
    for (const title of ["--dry-run", "-b other", "-", "--"]) {
      got.length = 0;
      expect(await deliver(`json://${host}/`, { title })).toMatchObject({ kind: "sent" });
      expect(got[0]?.json).toMatchObject({ title });
    }
  });
});

test.each([
  [401, "rejected"],
  [404, "rejected"],
  [429, "retry"],
  [500, "retry"],
  [503, "retry"],
])("the service's %i is %s, in Apprise's words", async (status, kind) => {
  answer = (response) => response.writeHead(status).end();
  expect(await deliver(`kodi://${host}`)).toMatchObject({ kind, reason: expect.stringContaining(`error=${status}`) });
});

test("nothing listens: retried", async () => {
  expect(await deliver("kodi://127.0.0.1:1")).toMatchObject({
    kind: "retry",
    reason: expect.stringMatching(/connection error/i),
  });
});

test("a service that it does not know is refused, and no part of the URL is shown", async () => {
  const outcome = await deliver("nonsense://a-secret-of-mine@other-secret/third-secret");
  expect(outcome).toMatchObject({ kind: "rejected", reason: expect.stringMatching(/unparseable/i) });
  expect(JSON.stringify(outcome)).not.toMatch(/secret/);
});

test("while it sends, no process shows the URL or the text", async () => {
  let open: ServerResponse | undefined;
  answer = (response) => {
    open = response;
  };
  const sending = deliver(`kodi://belfry:word-of-mine@${host}`, { message: "text that nobody may see" });
  await vi.waitFor(() => expect(open).toBeDefined(), 10_000);
  const lines = commandLines();
  open?.writeHead(200).end("{}");
  expect(await sending).toMatchObject({ kind: "sent" });
  expect(
    lines.some((line) => /apprise.*-vv -n failure -t media-library could not be backed up -i text/.test(line)),
  ).toBe(true);
  for (const line of lines) expect(line).not.toMatch(/word-of-mine|text that nobody may see|kodi:\/\/[^h]/);
});

function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
      } catch {
        return [];
      }
    });
}
