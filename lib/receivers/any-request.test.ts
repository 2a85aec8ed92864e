import { expect, test } from "vitest";
import { SIGNAL_STATES } from "@/lib/core/signal";
import type { WebhookMapping } from "@/lib/core/webhook-mapping";
import { readAddress } from "./address";
import type { Reading, ReceivedRequest, Signal } from "./contract";
import { RECEIVERS, receiverById } from "./registry";
import { RECEIVED_AT, TOKEN } from "./testing/receive";

const COUNT = 10_000;
const FAIL = "A borgmatic FAIL event happened";
const UUID = "11111111-1111-4111-8111-555555555555";

/** The same sequence for the same seed (mulberry32). */
class Chance {
  constructor(private state: number) {}

  whole(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.whole(choices.length)] as T;
  }

  /** Several of them in a row. */
  some(choices: readonly string[], most: number): string {
    return Array.from({ length: this.whole(most + 1) }, () => this.of(choices)).join("");
  }

  bytes(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.whole(most + 1) }, () => this.whole(256)));
  }
}

const IDS = RECEIVERS.map(({ id }) => id);
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", ""];
const URL_PIECES = [
  "/",
  "//",
  "?",
  "&",
  "=",
  "%",
  "%2F",
  "%3f",
  "%00",
  "%E0%A4%A",
  "%ff",
  "#",
  ".",
  "..",
  ";",
  "\\",
  " ",
  "é",
  "\u0000",
  "\ud800",
  "in",
  "ping",
  "api",
  "push",
  "cron",
  "message",
  "notify",
  TOKEN,
  UUID,
  UUID.toUpperCase(),
  "key",
  "slug",
  "Slug",
  "start",
  "fail",
  "log",
  "run",
  "complete",
  "finish",
  "0",
  "1",
  "255",
  "256",
  "-1",
  "99999999999999999999",
  "create=1",
  "status=up",
  "status=down",
  "msg=fail",
  "msg=",
  "ping=",
  "rid=",
  `rid=${UUID}`,
  "state=fail",
  "metric=duration:1e9",
  ...IDS,
];
const BODY_PIECES = [
  "{",
  "}",
  "[",
  "]",
  '"',
  ":",
  ",",
  "\\",
  "\\ud800",
  "\n",
  "\r\n",
  "--",
  "--x\r\n",
  "<",
  ">",
  "&",
  "=",
  "%",
  "null",
  "true",
  "-1",
  "1e999",
  '"title":',
  '"message":',
  '"type":"failure"',
  '"status":"firing"',
  '"alerts":[{}]',
  '"streams":[{"values":[["1","x"]]}]',
  '"Data":{}',
  '"method":"history.push"',
  '"params":{"value":"fail"}',
  '"event_action":"trigger"',
  '"payload":{}',
  '"embeds":[{}]',
  '"blocks":[[]]',
  "title=x",
  "message=%",
  "payload=%7B",
  "<Subject>x</Subject>",
  "<MessageType>",
  "&#x110000;",
  "&#0;",
  "ParsedResult: Error",
  FAIL,
  "\u0000",
  "\ud800",
  "\ufeff",
  "é",
  "😀",
  "__proto__",
  '{"__proto__":{"title":"x"}}',
  "[".repeat(3_000),
  '{"a":'.repeat(2_000),
];
const HEADERS: [string, string[]][] = [
  ["x-title", ["", "x", FAIL, "=?utf-8?b?////?=", "=?utf-8?q?=FF?=", "\u00ff\u00fe"]],
  ["x-message", ["", "m", "\\n\\n", "\u0000"]],
  ["x-priority", ["max", "9", "-1", "x"]],
  ["x-gotify-key", [TOKEN, ""]],
  ["authorization", [`Bearer ${TOKEN}`, "Basic dTpw", "Bearer"]],
  ["content-type", ["application/json", "multipart/form-data", ""]],
];
const MAPPINGS: (WebhookMapping | undefined)[] = [
  undefined,
  {},
  { title: "title", message: "$", state: { path: "type", rules: [{ equals: "failure", state: "failure" }] } },
  { title: "[0].x", bytes: "a", startedAt: "message", runKey: "$" },
];

function randomUrl(chance: Chance): string {
  const start = chance.of([
    "",
    `/in/${TOKEN}/`,
    `/in/${TOKEN}/${chance.of(IDS)}/`,
    `/ping/${UUID}/`,
    `/in/${TOKEN}`,
    "/ping/key/slug",
    "/api/push/",
    "/in/api/1/cron/",
  ]);
  return start + chance.some(URL_PIECES, 8);
}

function randomBody(chance: Chance): Buffer {
  if (chance.whole(8) === 0) return chance.bytes(200);
  return Buffer.from(chance.some(BODY_PIECES, 12));
}

function randomRequest(chance: Chance): Omit<ReceivedRequest, "path" | "query"> {
  const headers = new Map(
    HEADERS.filter(() => chance.whole(2) === 0).map(([name, values]) => [name, chance.of(values)]),
  );
  const mapping = chance.of(MAPPINGS);
  return {
    method: chance.of(METHODS),
    header: (name) => headers.get(name),
    receivedAt: RECEIVED_AT,
    body: randomBody(chance),
    isCut: chance.whole(4) === 0,
    ...(mapping && { mapping }),
  };
}

/** What is wrong with a reading; empty for nothing. */
function faultsOf({ signals, answer }: Reading): string[] {
  const isOwn = Number.isInteger(answer.status) && answer.status >= 200 && answer.status < 600;
  const isRedirect = answer.status >= 300 && answer.status < 400;
  const faults = isOwn && !isRedirect ? signals.flatMap(faultsOfSignal) : [`status ${answer.status}`];
  if (answer.status >= 400 && signals.length > 0) faults.push("a refused request counts");
  if (answer.contentType === "application/json") {
    const value: unknown = JSON.parse(answer.body);
    if (typeof value !== "object" || value === null || Array.isArray(value)) faults.push("not one object");
  }
  if (answer.status === 204 && answer.body !== "") faults.push("204 with a body");
  return faults;
}

function faultsOfSignal(signal: Signal): string[] {
  const faults = SIGNAL_STATES.includes(signal.state) ? [] : [`state ${signal.state}`];
  for (const [name, value] of Object.entries(signal)) {
    if (typeof value === "number" && !(Number.isFinite(value) && value >= 0)) faults.push(`${name} ${value}`);
    if (typeof value === "string" && (value.includes("\0") || !value.isWellFormed()))
      faults.push(`${name} cannot be stored`);
    if (value === undefined || value === "") faults.push(`${name} is empty`);
  }
  if ((signal.message?.length ?? 0) > 700 || signal.message?.includes("\n")) faults.push("the message is no line");
  return faults;
}

test("whatever comes, nothing throws, and the answer is valid", () => {
  const chance = new Chance(20_261_127);
  let read = 0;
  for (let index = 0; index < COUNT; index++) {
    const url = randomUrl(chance);
    const request = randomRequest(chance);
    const address = readAddress(url, request.header);
    const receiver = address && receiverById(address.receiver);
    if (!address || !receiver) continue;
    read++;
    const reading = receiver.read({ ...request, path: address.path, query: address.query });
    expect(faultsOf(reading), `${index}: ${request.method} ${url}\n${request.body.toString()}`).toEqual([]);
  }
  expect(read).toBeGreaterThan(COUNT / 3);
});

test("every receiver reads every body", () => {
  const chance = new Chance(7);
  for (let index = 0; index < COUNT; index++) {
    const receiver = chance.of(RECEIVERS);
    const request = { ...randomRequest(chance), method: "POST", path: chance.of(["", "x", "v2/enqueue"]), query: "" };
    const faults = faultsOf(receiver.read(request));
    expect(faults, `${index}: ${receiver.id}\n${request.body.toString()}`).toEqual([]);
  }
});

/** Requests that say that a run failed, in the words of each protocol; `/` and `?` stand where people and tools vary them. */
const FAILURES: [line: string, body?: string][] = [
  [`POST /in/${TOKEN}/fail`],
  [`POST /in/${TOKEN}/7`],
  [`POST /in/${TOKEN}/start/fail`],
  [`POST /in/${TOKEN}/fail/0`],
  [`POST /in/${TOKEN}/watchgoose/fail`],
  [`POST /ping/${UUID}/fail`],
  [`POST /ping/${UUID}/255?rid=${UUID}`],
  ["POST /ping/key/slug/fail?create=1"],
  ["POST /ping/key/slug?create=1/fail"],
  ["POST /ping/key/slug?create=1/fail?create=1"],
  ["POST /ping/key/slug?create=1/3"],
  [`GET /in/${TOKEN}/cronitor/x/fail`],
  [`GET /in/${TOKEN}/cronitor/x?state=fail`],
  [`GET /in/${TOKEN}/cronitor/x?state=complete/fail`],
  [`GET /in/${TOKEN}/cronitor/x?state=complete%2Ffail`],
  [`GET /in/${TOKEN}/cronitor/x?state=complete&message=OK/fail`],
  [`GET /in/${TOKEN}/cronhub/fail/x`],
  [`GET /in/${TOKEN}/cronhub/fail/fail/x`],
  [`GET /api/push/${TOKEN}?status=down&msg=fail`],
  [`GET /in/${TOKEN}/kuma?status=up&msg=OK&ping=?status=down&msg=fail`],
  [`POST /in/api/1/cron/slug/${TOKEN}/?status=error`],
  [`POST /in/${TOKEN}/ntfy`, `{"topic":"t","title":"${FAIL}","message":"${FAIL}","tags":"x"}`],
  [`POST /in/${TOKEN}/ntfy/topic`, FAIL],
  [`POST /in/${TOKEN}/gotify/message`, `{"title":"${FAIL}","message":"x"}`],
  [`POST /in/${TOKEN}/apprise`, '{"title":"","body":"x","type":"failure"}'],
  [`POST /in/${TOKEN}/json`, '{"version":"1.0","title":"t","message":"x","type":"failure"}'],
  [`POST /in/${TOKEN}/json`, `{"title":"${FAIL}","message":"x","type":"success"}`],
  [`POST /in/${TOKEN}/form`, "version=1.0&title=t&message=m&type=failure"],
  [`POST /in/${TOKEN}/xml`, "<Subject>t</Subject><MessageType>failure</MessageType><Message>m</Message>"],
  [`POST /in/${TOKEN}/loki`, '{"streams":[{"stream":{},"values":[["1795188482068339814","x: Failed backup"]]}]}'],
  [`POST /in/${TOKEN}/zabbix`, '{"jsonrpc":"2.0","method":"history.push","params":{"itemid":1,"value":"fail"},"id":1}'],
  [`POST /in/${TOKEN}/pagerduty`, '{"event_action":"trigger","payload":{"summary":"s","severity":"error"}}'],
  [`POST /in/${TOKEN}/alertmanager`, '{"status":"firing","alerts":[{"status":"firing"},{"status":"resolved"}]}'],
  [`POST /in/${TOKEN}/slack`, `{"text":"${FAIL}"}`],
  [`POST /in/${TOKEN}/discord`, `{"content":"${FAIL}"}`],
  [`POST /in/${TOKEN}/duplicati`, '{"Data":{"ParsedResult":"Error"},"Extra":{},"LogLines":[]}'],
  [`POST /in/${TOKEN}/proxmox`, '{"title":"t","message":"m","severity":"error","fields":{"type":"vzdump"}}'],
  [`POST /in/${TOKEN}/webhook`, '{"status":"failed","message":"m"}'],
  [`POST /in/${TOKEN}/mail`, '{"subject":"Backup of the NAS failed","text":"disk is full"}'],
];

test("each protocol is among those whose failures are pasted and changed", () => {
  const receivers = FAILURES.map(([line]) => readAddress(line.split(" ")[1] ?? "", () => undefined)?.receiver);
  expect([...new Set(receivers)].sort()).toEqual([...IDS].sort());
});

/** As people paste addresses and tools change them on the way. */
const CHANGES: ((url: string, chance: Chance) => string)[] = [
  (url) => url,
  (url, chance) => url.replace(/\/(?=[^/]*$)/, chance.of(["//", "///", "/"])),
  (url) => (url.includes("?") ? url : `${url}/`),
  (url) => (url.includes("?") ? url : `${url}//`),
  (url) => (url.startsWith("/") ? `http://belfry.example${url}` : url),
  (url) => url.replace(/^\//, "//"),
  (url) => (url.includes("?") ? `${url}&x=1` : `${url}?x=1`),
  (url) => `${url}#anchor`,
  (url) => url.replace("?", "/?"),
  (url) => url.replace("fail", "%66ail"),
  (url) => url.replace(/fail$/, "FAIL"),
  (url) => url.replace(/(=1)\/(?=\w+$)/, "$1%2F"),
  (url) => url.replace("=?status=down", "=%3Fstatus=down"),
];

/** Requests that say that a run succeeded, with a text at their end. */
const SUCCESSES = [
  `GET /in/${TOKEN}/cronitor/x?state=complete&message=`,
  `GET /in/${TOKEN}/cronitor/x/complete?msg=`,
  `GET /in/${TOKEN}/cronitor/x?state=ok&series=`,
  `GET /api/push/${TOKEN}?status=up&msg=`,
  `POST /in/api/1/cron/slug/${TOKEN}/?status=ok&environment=`,
];

test.each(SUCCESSES)("a path within an encoded text makes no failure of a success: %s", (start) => {
  for (const text of ["x/fail", "/srv/fail", "/srv/fail/", "what?/fail", "why?state=fail", "a&state=fail", "/7"]) {
    const [method = "", url = ""] = `${start}${encodeURIComponent(text)}`.split(" ");
    const address = readAddress(url, () => undefined);
    const { path, query } = address ?? { path: "", query: "" };
    const request = { method, path, query, header: () => undefined, receivedAt: RECEIVED_AT, isCut: false };
    const reading = receiverById(address?.receiver ?? "")?.read({ ...request, body: Buffer.from("") });
    expect(
      reading?.signals.map(({ state }) => state),
      text,
    ).toEqual(["success"]);
  }
});

test("a request that says that a run failed is never read as a success", () => {
  const chance = new Chance(42);
  for (let index = 0; index < COUNT; index++) {
    const [line, body = ""] = chance.of(FAILURES);
    const [method = "", target = ""] = line.split(" ");
    const url = chance.of(CHANGES)(chance.of(CHANGES)(target, chance), chance);
    const headers = new Map([
      ["content-type", chance.of(["application/json", "text/plain", "application/x-www-form-urlencoded"])],
    ]);
    const header = (name: string) => headers.get(name);
    const address = readAddress(url, header);
    const receiver = address && receiverById(address.receiver);
    const bytes = Buffer.from(body === "" ? chance.of(["", "log", "success\n"]) : body);
    const request = { method, path: address?.path ?? "", query: address?.query ?? "", header, receivedAt: RECEIVED_AT };
    const states = receiver?.read({ ...request, body: bytes, isCut: false }).signals.map(({ state }) => state);
    expect(states, `${index}: ${method} ${url}`).toEqual(["failure"]);
  }
});
