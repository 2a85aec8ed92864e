import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import type { SendResult } from "./contract";
import { createHttp } from "./kit/http";
import { createMail } from "./kit/mail";
import { webhook } from "./webhook";

const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
const io = { http, mail: createMail({ egress: "any" }) };
const seen: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
let status = 200;
let answerBody = "taken";
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
  response.writeHead(status).end(answerBody);
});
let url = "";

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=a%20b`;
});
afterAll(async () => {
  await http.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

async function deliver(
  extra: Record<string, unknown> = {},
  more: Parameters<typeof sampleNotification>[0] = {},
  context = sampleContext(),
): Promise<SendResult> {
  const config = webhook.parse({ url, ...extra });
  return webhook.send(webhook.render(sampleNotification(more), config, context), config, io);
}
function last() {
  const request = seen.at(-1);
  if (!request) throw new Error("nothing arrived");
  return request;
}

test("the documented payload, version 1", async () => {
  expect(await deliver()).toMatchObject({ kind: "sent", status: 200, answer: "taken" });
  expect(last()).toMatchObject({ method: "POST", url: "/hook?key=a%20b" });
  expect(last().headers).toMatchObject({ "content-type": "application/json", "idempotency-key": "dlv_01" });
  expect(JSON.parse(last().body)).toEqual({
    version: 1,
    id: "dlv_01",
    eventId: "evt_01",
    type: "backup.failed",
    typeName: "Backup Failed",
    tone: "failure",
    severity: "critical",
    status: "firing",
    alertId: "alt_01",
    isTest: false,
    title: "media-library could not be backed up",
    message: expect.stringContaining("nas.lan:22"),
    fields: expect.arrayContaining([{ label: "Job", value: "media-library" }]),
    times: [{ label: "Started", at: "2026-11-20T02:09:33.000Z" }],
    link: "https://backup.example.org/runs/run_01",
    acknowledgeUrl: null,
    at: "2026-11-20T02:10:04.000Z",
    source: { name: "Belfry", url: "https://backup.example.org" },
  });
});

test("signed after Standard Webhooks, with any secret and with a whsec_ one", async () => {
  for (const [signingSecret, key] of [
    ["plain words", Buffer.from("plain words")],
    [`whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`, Buffer.from("0123456789abcdef01234567")],
  ] as const) {
    await deliver({ signingSecret });
    const { headers, body } = last();
    const expected = createHmac("sha256", key)
      .update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`)
      .digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${expected}`);
    expect(headers["webhook-id"]).toBe("dlv_01");
    expect(headers["webhook-timestamp"]).toBe(String(Date.UTC(2026, 10, 20, 2, 10, 4) / 1000));
  }
});

test("own headers and Authorization go along", async () => {
  await deliver({ authHeader: "Bearer abc", headers: { "X-Tenant": "one" }, method: "PUT" });
  expect(last()).toMatchObject({ method: "PUT", headers: { authorization: "Bearer abc", "x-tenant": "one" } });
});

test("GET carries title and message in the address, beside what is there", async () => {
  await deliver({ method: "GET" }, { title: "a & b\r\nc", message: "日本 ?x=1" });
  const { url: path, body, headers } = last();
  expect(path).toMatch(/^\/hook\?key=a%20b&title=/);
  const query = new URL(path, url).searchParams;
  expect([query.get("title"), query.get("message"), query.get("id")]).toEqual(["a & b c", "日本 ?x=1", "dlv_01"]);
  expect(body).toBe("");
  expect(headers["content-type"]).toBeUndefined();
  await deliver({ method: "HEAD" }, { message: "x".repeat(100_000) });
  expect(last().url.length).toBeLessThan(4_000);
});

describe("custom bodies", () => {
  const hostile = { title: 'sh"op\\ </t>&{{belfry.url}} 日本 🙂', message: "l1\nl2" };
  test("only a template asks for values", () => {
    expect(webhook.needsValues(webhook.parse({ url, template: '{"t": {{title}}}' }))).toBe(true);
    expect(webhook.needsValues(webhook.parse({ url }))).toBe(false);
  });
  test("JSON", async () => {
    const template =
      '{"text": "{{title}}: {{message}}", "files": {{run.files}}, "alert": {{alert.id}}, "own": "{{ event.id }}"}';
    await deliver({ template }, hostile, sampleContext({ values: { run: { files: 3 } } }));
    expect(JSON.parse(last().body)).toEqual({
      text: `${hostile.title}: l1\nl2`,
      files: 3,
      alert: "alt_01",
      own: "evt_01",
    });
  });
  test("the words of other systems", async () => {
    const template = '["{{thread.id}}", "{{apprise.type}}", "{{splunk.type}}"]';
    const said = async (more: Parameters<typeof sampleNotification>[0]) => {
      await deliver({ template }, more);
      return JSON.parse(last().body);
    };
    expect(await said({})).toEqual(["alt_01", "failure", "CRITICAL"]);
    expect(await said({ tone: "system", status: undefined })).toEqual(["alt_01", "info", "INFO"]);
    expect(await said({ tone: "success", status: "resolved" })).toEqual(["alt_01", "success", "RECOVERY"]);
    expect(await said({ tone: "warning", status: "acknowledged" })).toEqual(["alt_01", "warning", "ACKNOWLEDGEMENT"]);
    expect(await said({ tone: "warning" })).toEqual(["alt_01", "warning", "WARNING"]);
  });
  test("forms, markup, text", async () => {
    await deliver({ contentType: "application/x-www-form-urlencoded", template: "t={{title}}&n=1" }, hostile);
    expect(new URLSearchParams(last().body).get("t")).toBe(hostile.title);
    await deliver({ contentType: "application/xml", template: "<t>{{title}}</t>" }, hostile);
    expect(last().body).toContain("&lt;/t&gt;&amp;{{belfry.url}}");
    await deliver({ contentType: "text/plain" }, hostile);
    expect(last().body).toBe(`${hostile.title}\n\nl1\nl2\n`);
    await deliver({ contentType: "application/x-www-form-urlencoded" }, hostile);
    expect(new URLSearchParams(last().body).get("title")).toBe(hostile.title);
  });
  const problems = (extra: Record<string, unknown>) =>
    (webhook.configSchema.safeParse({ url: "https://x.example/", ...extra }).error?.issues ?? []).map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );
  test("what cannot work is refused when saving, beside its field", () => {
    expect(problems({ template: '{"a": "{{job.nam}}"}' })[0]).toMatch(
      /^template: There is no {{job\.nam}}\..*character 8/,
    );
    expect(problems({ template: '{"a": {{title}}' })[0]).toMatch(/^template: The result is not valid JSON/);
    expect(problems({ template: "{{#job}}{{/job}}", contentType: "text/plain" })[0]).toMatch(/^template: Sections/);
    expect(problems({ template: "x", method: "GET" })[0]).toMatch(/^template: GET sends no body/);
    expect(problems({ contentType: "application/xml" })[0]).toMatch(/^template: Belfry has no standard body/);
    expect(problems({ contentType: "text/plain\r\nx: y" })[0]).toMatch(/^contentType: /);
    expect(problems({ url: "javascript:alert(1)" })[0]).toMatch(/^url: /);
    expect(problems({ template: '{"a": "{{title}}", "b": {{run.bytes}}}' })).toEqual([]);
  });
  test("headers that would break the request are refused when saving", () => {
    for (const name of [
      "Host",
      "Content-Length",
      "Transfer-Encoding",
      "Connection",
      "a b",
      "x:y",
      "x\r\ny",
      "",
      "webhook-signature",
    ]) {
      expect(problems({ headers: { [name]: "v" } }), name).toHaveLength(1);
    }
    expect(problems({ headers: { "X-A": "b\r\nX-C: d" } })).toHaveLength(1);
    expect(problems({ authHeader: "Bearer \n" })).toHaveLength(1);
    expect(problems({ headers: { "X-A": "b c; d" }, authHeader: "Bearer é" })).toEqual([]);
  });
});

test("pain 33: hostile texts arrive as they are, in one request", async () => {
  const title = 'a\r\nX-Evil: 1\0 "q" \u202e 日本 👨‍👩‍👧‍👦';
  await deliver({}, { title, message: title, fields: [{ label: title, value: title }] });
  const body = JSON.parse(last().body) as { title: string };
  expect(body.title).toBe('a X-Evil: 1 "q" 日本 👨‍👩‍👧‍👦');
  expect(last().headers["x-evil"]).toBeUndefined();
});

test("pain 34: 100 kB and more stay under a megabyte", async () => {
  const long = "e\u0301🙂".repeat(100_000);
  await deliver({}, { title: long, message: long }, sampleContext({ log: long }));
  expect(Buffer.byteLength(last().body)).toBeLessThan(1_000_000);
  expect((JSON.parse(last().body) as { log: string }).log).toMatch(/… .* cut …/);
});

describe("fault B14: a channel may demand an answer", () => {
  const demand = async (demanded: Record<string, unknown>, answer: { status?: number; body?: string }) => {
    ({ status = 200, body: answerBody = "" } = answer);
    const { kind } = await deliver(demanded);
    [status, answerBody] = [200, "taken"];
    return kind;
  };
  test.each([
    [{ successStatus: "202" }, { status: 202 }, "sent"],
    [{ successStatus: "202" }, { status: 200 }, "rejected"],
    [{ successStatus: "200, 201" }, { status: 201 }, "sent"],
    [{ successText: "queued" }, { body: "It is queued." }, "sent"],
    [{ successText: "queued" }, { body: "Queued" }, "rejected"],
    [{ successText: "queued" }, { body: "" }, "rejected"],
    [{ successPath: "ok", successValue: "true" }, { body: '{"ok":true}' }, "sent"],
    [{ successPath: "ok", successValue: "true" }, { body: '{"ok":"true"}' }, "sent"],
    [{ successPath: "ok", successValue: "true" }, { body: '{"ok":false}' }, "rejected"],
    [{ successPath: "ok" }, { body: '{"ok":false}' }, "rejected"],
    [{ successPath: "ok" }, { body: '{"ok":0}' }, "sent"],
    [{ successPath: "result.items.1.id" }, { body: '{"result":{"items":[{},{"id":7}]}}' }, "sent"],
    [{ successPath: "result.items.2.id" }, { body: '{"result":{"items":[{},{"id":7}]}}' }, "rejected"],
    [{ successPath: "0.id", successValue: "7" }, { body: '[{"id":7}]' }, "sent"],
    [{ successPath: "constructor" }, { body: "{}" }, "rejected"],
    [{ successPath: "ok" }, { body: "ok" }, "rejected"],
    [{ successStatus: "200", successText: "ok", successPath: "n" }, { body: '{"n":1,"ok":1}' }, "sent"],
    [{ successText: "Sign" }, { body: "<!doctype html><title>Sign in</title>" }, "sent"],
    [{ successText: "queued" }, { body: "<!doctype html><title>Sign in</title>" }, "retry"],
    [{}, { body: "<!doctype html><title>Sign in</title>" }, "sent"],
  ])("%o and the answer %o: %s", async (demanded, answer, kind) => {
    expect(await demand(demanded, answer)).toBe(kind);
  });
  test("what was demanded is named", async () => {
    answerBody = '{"ok":false}';
    expect(await deliver({ successPath: "ok", successValue: "true" })).toMatchObject({
      kind: "rejected",
      reason: expect.stringMatching(/JSON that has “true” at ok, which this channel demands/),
      advice: expect.stringMatching(/correct what the channel demands, under Advanced/),
    });
    answerBody = "taken";
  });
  test.each([
    ["successStatus", { successStatus: "302" }],
    ["successStatus", { successStatus: "ok" }],
    ["successPath", { successPath: "a..b" }],
    ["successPath", { successValue: "true" }],
    ["successText", { method: "HEAD", successText: "ok" }],
    ["successPath", { method: "HEAD", successPath: "ok" }],
  ])("%s is refused in %o", (field, extra) => {
    const { error } = webhook.configSchema.safeParse({ url: "https://x.example/", ...extra });
    expect(error?.issues[0]?.path).toEqual([field]);
  });
});

test("410 is gone, 413 says what to do", async () => {
  status = 410;
  expect(await deliver()).toMatchObject({ kind: "gone", status: 410 });
  status = 413;
  expect(await deliver()).toMatchObject({ kind: "rejected", advice: expect.stringMatching(/log/) });
  status = 200;
});
