import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fact, factsFor, type Request } from "@/e2e/support/apprise/facts";
import { ownAnswersOf } from "@/e2e/support/own-answers";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { followDelegate } from "@/lib/dispatch/send/resolve-provider";
import type { ProviderIo } from "../contract";
import { createHttp, type Http as HttpClient } from "../kit/http";
import type { MailMessage } from "../kit/mail";
import type { MailServerConfig } from "../kit/mail-exchange";
import { apprise } from "./apprise";
import { parseAppriseUrl } from "./url";

/*
 * Every form of Apprise's URLs, with each argument and its values: what Belfry does with it, compared with the requests
 * that the real Apprise made of it (e2e/support/apprise/record.py, which made the list too). A URL is either sent by
 * Belfry, and then its requests say everything that Apprise's say, or it goes to Apprise itself with a reason.
 */

const TITLE = "Nightly backup";
const BODY = "All 3 files were stored.";

type Mail = [kind: "MAIL", host: string, server: Fact, message: Fact];
type Http = [method: string, url: string, headers: Record<string, string>, body: string];
type Recorded = Http | Mail;
interface Row {
  url: string;
  /** The same URL without its one setting. */
  base: Row | null;
  requests: Recorded[];
}

const ROWS = readRows();
function readRows(): Row[] {
  const file = path.join(import.meta.dirname, "../../../e2e/support/apprise/requests.jsonl");
  const requests: Recorded[] = [];
  const rows: Row[] = [];
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    const [kind, ...rest] = JSON.parse(line) as [string, ...unknown[]];
    if (kind === "request") requests.push(rest[0] as Recorded);
    const [url, base, numbers] = rest as [string, number | null, number[]];
    if (kind === "url")
      rows.push({
        url,
        base: base === null ? null : (rows[base] ?? null),
        requests: numbers.flatMap((at) => requests.slice(at, at + 1)),
      });
  }
  return rows;
}

/** What the service in use answers when it takes a message. */
let taken = "";
const sent: Request[] = [];
const mails: { server: MailServerConfig; message: MailMessage }[] = [];
const web = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { "x-original": original = "", ...headers } = request.headers as Record<string, string>;
  sent.push({ method: request.method ?? "", url: Buffer.from(original, "base64").toString(), headers, body });
  // Slack's API answers in another way than its webhooks.
  response.writeHead(200).end(request.url?.startsWith("/api/chat.") ? '{"ok":true}' : taken);
});
let http: HttpClient;
let io: ProviderIo;
beforeAll(async () => {
  await new Promise<void>((done) => web.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  http = createHttp({ egress: "any", userAgent: "Belfry/test" });
  io = {
    http: {
      request: ({ headers, url, ...input }) =>
        http.request({
          ...input,
          headers: { ...headers, "x-original": Buffer.from(url).toString("base64") },
          url: url.replace(/^https?:\/\/[^/?]+/, origin),
        }),
    },
    mail: {
      send: async (server, message) => {
        mails.push({ server, message });
        return { kind: "sent", receipt: "taken-1", accepted: message.to, refused: [] };
      },
    },
  };
});
afterAll(async () => {
  await http.close();
  web.closeAllConnections();
  await new Promise((done) => web.close(done));
});

/** The server of the account has another name than in the URL of any room. */
const HOMESERVER = { room_id: "!resolved:example.org", user_id: "@me:host.example.org" };

/** Sends a plain message by everything that a URL stands for; false when Apprise itself has to. */
async function deliver(url: string): Promise<boolean> {
  const config = apprise.parse({ url });
  const followed = followDelegate(apprise, config);
  const isFailure = /^(pagerduty|opsgenie|pover)/.test(url);
  const notification = sampleNotification({
    title: TITLE,
    message: BODY,
    tone: isFailure ? "failure" : "info",
    severity: isFailure ? "critical" : "info",
    fields: [],
    times: [],
    link: undefined,
    ...(isFailure ? {} : { status: undefined, alertId: undefined }),
  });
  const itself = { provider: apprise, targets: new Map([["", config]]) };
  const { provider, targets } = followed && "provider" in followed ? followed : itself;
  if (provider === apprise && !/^apprises?:/.test(url)) return false;
  const { taken: own } = ownAnswersOf(provider.id);
  taken = provider.id === "matrix" ? JSON.stringify({ ...JSON.parse(own), ...HOMESERVER }) : own;
  for (const target of targets.values()) {
    for (const recipient of provider.audience(target).fixed) {
      const context = sampleContext({ recipient, values: {}, installation: { name: "Belfry", url: null } });
      const outcome = await provider.send(provider.render(notification, target, context), target, io);
      if (/commands? cannot be used/.test(JSON.stringify(outcome))) return false;
      expect(outcome, `${url}: ${JSON.stringify(outcome)}`).toMatchObject({ kind: "sent" });
    }
  }
  return true;
}

/** URLs of which current versions of Apprise make something else than the recorded one, or what it sends is a defect. */
const NEWER: [urls: RegExp, what: string][] = [
  [/^zulip:.*[?&]token=/, "`token=` takes the place of the first entry of the path"],
  [/^nctalks?:.*[?&]url_prefix=/, "`url_prefix=` is known"],
  [
    /^(json|form|xml)s?:.*[?&]:message=/i,
    "`:name=` renames or leaves out a field of its own, where it once replaced its value",
  ],
  [/^xmls?:.*[?&]-/, "`-name=` reaches the address"],
  [/^matrixs?:.*[?&]token=/, "`token=` is an access token, where it once was the password"],
  [/^ifttt:.*[?&]([+-])/, "`+name=` and `-name=` are heeded"],
  [/^mailtos?:\/\/[^:@]*%40/, "a user that is an address already is not made one again"],
  [/^mmosts?:\/\/[^/:]*\//, "there is no port of its own where the URL has none"],
];

/** Mail domains of which the recorded version knows no server, or one that has moved since. */
const LATER_SERVERS = /^(icloud|me|googlemail|outlook|yahoo|office365)\.com/;

/** Every fact of Apprise's has one of Belfry's that says at least the same. */
function missing(theirs: Fact[], ours: Fact[]): string[] {
  const left = [...ours];
  const lacking = theirs.filter((fact) => {
    const at = left.findIndex((own) => Object.entries(fact).every(([name, value]) => isSame(value, own[name])));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const say = (what: string, facts: Fact[]) => facts.map((fact) => `${what} ${JSON.stringify(fact)}`);
  return lacking.length > 0 || left.length > 0 ? [...say("Apprise:", lacking), ...say("Belfry:", left)] : [];
}

function isSame(theirs: unknown, ours: unknown): boolean {
  return theirs === undefined || theirs === null || JSON.stringify(theirs) === JSON.stringify(ours);
}

test("the list is what the real Apprise takes", () => {
  expect(ROWS.length).toBeGreaterThan(800);
});

describe("fault C3: every URL that Apprise takes is taken", () => {
  test("by Belfry, or by Apprise itself with a reason", () => {
    const refused = ROWS.flatMap(({ url }) => {
      const mapping = parseAppriseUrl(url);
      const isTaken = apprise.configSchema.safeParse({ url }).success && !("problem" in mapping);
      return isTaken && (!("apprise" in mapping) || /^[A-Z].*\.$/.test(mapping.apprise))
        ? []
        : [`${url}: ${JSON.stringify(mapping)}`];
    });
    expect(refused).toEqual([]);
  });
});

/** Settings that change how Apprise writes its text or which picture it adds: Belfry's messages have their own form. */
const FORM = /[?&](format|blocks|image|avatar|footer|footer_logo|fields)=/;

function read(facts: (requests: Request[]) => Fact[], requests: Recorded[]): Fact[] {
  const http = requests.filter((request): request is Http => request[0] !== "MAIL");
  return facts(http.map(([method, url, headers, body]) => ({ method, url, headers, body })));
}

/** Each once: two messages to one target say no more than one. */
function distinct(facts: Fact[]): Fact[] {
  return [...new Map(facts.map((fact) => [JSON.stringify(fact), fact])).values()];
}

describe("fault C2: what a URL sets reaches the service", () => {
  const services = new Map<string, Row[]>();
  for (const row of ROWS) {
    if (!factsFor(row.url) || row.requests.length === 0) continue;
    const name = row.url.startsWith("https:") ? "https" : (row.url.split(":")[0] ?? "").replace(/s$/, "");
    services.set(name, [...(services.get(name) ?? []), row]);
  }
  let native = 0;

  test.each([...services])("%s", async (_, rows) => {
    const faults: string[] = [];
    let count = 0;
    for (const { url, base, requests } of rows) {
      const facts = factsFor(url);
      if (!facts || NEWER.some(([pattern]) => pattern.test(url))) continue;
      sent.length = 0;
      if (!(await deliver(url))) continue;
      count += 1;
      const theirs = distinct(read(facts, requests));
      faults.push(...missing(theirs, distinct(facts(sent))).map((line) => `${url}\n    ${line}`));
      // What changes Apprise's requests changes a fact, or the comparison would be blind to it.
      if (
        base &&
        !FORM.test(url) &&
        JSON.stringify(base.requests) !== JSON.stringify(requests) &&
        missing(theirs, read(facts, base.requests)).length === 0
      )
        faults.push(`${url}\n    is compared by no fact: ${JSON.stringify(requests)}`);
    }
    expect(faults.join("\n")).toBe("");
    expect(count).toBeGreaterThan(0);
    native += count;
  });

  test("most forms are Belfry's own", () => {
    expect(native).toBeGreaterThan(300);
  });
});

describe("fault C2: mail", () => {
  const isRecent = ({ url }: Row) => !NEWER.some(([pattern]) => pattern.test(url));
  const rows = ROWS.filter((row) => /^mailtos?:/.test(row.url) && row.requests.length > 0 && isRecent(row));
  test.each(rows.map((row) => [row.url, row] as const))("%s", async (url, { requests }) => {
    mails.length = 0;
    if (!(await deliver(url))) return;
    const theirs = requests.filter((request): request is Mail => request[0] === "MAIL");
    const [first] = theirs;
    const [, host, { port, security, user, password }, message] = first as Mail;
    const domain = url.split("@").at(-1) ?? "";
    const isLater = LATER_SERVERS.test(domain);
    const [own] = mails;
    // Apprise sends one mail each where Belfry sends one to all.
    const recipients = new Set(theirs.flatMap(([, , , one]) => one.recipients as string[]));
    expect({
      ...own?.server,
      to: new Set(own?.message.to),
      from: own?.message.from,
      reply: own?.message.replyTo,
    }).toMatchObject({
      ...(isLater ? {} : { host, ...(user ? { user, password } : {}) }),
      // With TLS from the first byte the port is its own, unless the URL has one.
      ...(isLater || (security === "ssl" && port === 587) ? {} : { port, security }),
      to: recipients,
      from: String(message.from).replace(/^Apprise <(.*)>$/, "$1"),
      ...(message["reply-to"] ? { reply: message["reply-to"] } : {}),
    });
    expect(message.headers).toEqual({});
    expect(message.bcc).toBeUndefined();
    expect(message.kinds).toContain("text/html");
  });
});
