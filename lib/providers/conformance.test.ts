import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { ownAnswersOf } from "@/e2e/support/own-answers";
import { sampleContext, sampleNotification, sampleRun } from "@/e2e/support/sample-notification";
import { type SmtpServer, startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import { ACKNOWLEDGE_MARK } from "@/lib/core/acknowledge-mark";
import { TEMPLATE_NAMES } from "@/lib/core/template-names";
import { redactDeep, redactor } from "@/lib/secrets/redact";
import type { Provider, ProviderIo, SendResult } from "./contract";
import { createHttp } from "./kit/http";
import { createMail } from "./kit/mail";
import { measure } from "./kit/text";
import { allProviders, providerOf } from "./registry";

/*
 * The same tests for every provider of the registry; a new one gets them by being registered.
 */

const taken = (provider: Provider) => ownAnswersOf(provider.id).taken;

/** What stands in front of services when they are away, or nobody has signed in. */
const FOREIGN_PAGES = {
  nginx:
    "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n</body>\r\n</html>\r\n",
  "a sign-in page":
    '\n<!doctype html><html lang="en"><head><title>Sign in</title></head><body><form action="/login"></form></body></html>',
};

type AnswerMode = { status: number; body?: string; headers?: Record<string, string> } | "hang" | "reset" | "echo";
let answerMode: AnswerMode = { status: 200 };
const web = createServer(async (request, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (answerMode === "hang") return;
  if (answerMode === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  if (answerMode === "echo") {
    response
      .writeHead(400)
      .end(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks)}`);
    return;
  }
  response.writeHead(answerMode.status, answerMode.headers).end(answerMode.body ?? "");
});
let origin = "";
let smtp: SmtpServer;
const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
const mail = createMail({ egress: "any", timeouts: { connectMs: 5_000, greetingMs: 5_000, replyMs: 10_000 } });
/** Short only for a service that hangs: a busy machine is not a slow service. */
let requestTimeoutMs = 10_000;
const io: ProviderIo = { http: { request: (input) => http.request({ ...input, timeoutMs: requestTimeoutMs }) }, mail };

beforeAll(async () => {
  await new Promise<void>((done) => web.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  smtp = await startSmtpServer({ security: "starttls", user: "backups", password: "example-password" });
});
afterAll(async () => {
  await http.close();
  await mail.close();
  await smtp.close();
  web.closeAllConnections();
  await new Promise((done) => web.close(done));
});

interface Property {
  label?: string;
  secret?: boolean;
  showWhen?: { field: string };
  optionLabels?: Record<string, string>;
}
const propertiesOf = (provider: Provider) => (provider.formSchema().properties ?? {}) as Record<string, Property>;
const speaksSmtp = (provider: Provider) => provider.transport === "smtp";

/** The example, with every address replaced. */
function pointedAt(provider: Provider, target: { origin: string; host: string; port: number }): unknown {
  const config = provider.parse(provider.example) as Record<string, unknown>;
  const moved = Object.entries(config).map(([name, value]) => {
    if (name === "host") return [name, target.host];
    if (name === "port") return [name, target.port];
    const isAddress = typeof value === "string" && /^https?:\/\//.test(value);
    return [name, isAddress ? value.replace(/^https?:\/\/[^/]+/, target.origin) : value];
  });
  // Services with a fixed address get another one.
  if ("apiBaseUrl" in propertiesOf(provider)) moved.push(["apiBaseUrl", target.origin]);
  return Object.fromEntries(moved);
}
const here = (provider: Provider) => pointedAt(provider, { origin, host: "127.0.0.1", port: smtp.port });
const render = (provider: Provider, more = {}, extra = {}, config: unknown = provider.parse(provider.example)) =>
  provider.render(sampleNotification(more), config, sampleContext(extra));
const deliver = (provider: Provider, config: unknown, more = {}, extra = {}): Promise<SendResult> =>
  provider.send(render(provider, more, extra, config), config, io);

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return value ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
function secretsOf(provider: Provider, config: unknown): string[] {
  return provider.secretFields.flatMap((name) => stringsIn((config as Record<string, unknown>)[name]));
}

/** A fresh value for every name of a template. */
const VALUES = Object.fromEntries(TEMPLATE_NAMES.map((name) => [name, `value of ${name}`]));

describe.each(allProviders().map((provider) => [provider.id, provider] as const))("%s", (id, provider) => {
  test("its form is complete: labels, secrets, conditions that exist; a page documents it", () => {
    const properties = propertiesOf(provider);
    expect(Object.keys(properties).length).toBeGreaterThan(0);
    for (const [name, property] of Object.entries(properties)) {
      expect(property.label, name).toBeTruthy();
      expect(property.secret === true, name).toBe(provider.secretFields.includes(name));
      if (property.showWhen) expect(Object.keys(properties)).toContain(property.showWhen.field);
      // A field that looks like a secret must be one.
      if (/token|password|secret|webhookUrl|apiKey/i.test(name)) expect(property.secret, name).toBe(true);
    }
    expect(provider.docsUrl).toMatch(/^https:\/\//);
    const page = `docs/channels/${id}.md`;
    expect(existsSync(page), page).toBe(true);
    const text = readFileSync(page, "utf8");
    for (const name of Object.keys(properties)) expect(text, `${page} names ${name}`).toContain(`\`${name}\``);
  });

  test("it declares its place in the picker: an icon, a tagline, aliases", () => {
    // Path data and nothing else: it goes into an attribute.
    expect(provider.icon.path).toMatch(/^[Mm][\d\s.,a-zA-Z-]+$/);
    expect(provider.icon.path.length).toBeLessThan(3000);
    // A longer line does not fit beside two others.
    expect(provider.tagline).toMatch(/^\w.{5,27}$/);
    expect(provider.aliases.length).toBeGreaterThan(0);
  });

  test("its example and presets parse, and parsed values parse again", () => {
    const config = provider.parse(provider.example);
    expect(provider.parse(config)).toEqual(config);
    for (const { values } of provider.presets) provider.parse({ ...(provider.example as object), ...values });
    expect(provider.configSchema.safeParse({}).success).toBe(false);
    expect(provider.configSchema.safeParse(null).success).toBe(false);
  });

  test("render is pure: the same twice, inputs untouched, plain data", () => {
    const notification = Object.freeze(sampleNotification());
    const config = Object.freeze(provider.parse(provider.example) as object);
    const context = Object.freeze(sampleContext({ log: "one\ntwo" }));
    const before = structuredClone({ notification, config, context });
    const first = provider.render(notification, config, context);
    expect(provider.render(notification, config, context)).toEqual(first);
    expect({ notification, config, context }).toEqual(before);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  });

  test("its preview shows what is sent: the texts are there, a recovery looks different", () => {
    const config = provider.parse(provider.example);
    const shown = (more = {}, extra = {}) => provider.preview(render(provider, more, extra, config), config);
    const preview = shown();
    expect(preview).toEqual(shown());
    expect(JSON.parse(JSON.stringify(preview))).toEqual(preview);
    if (provider.purpose === "message") expect(JSON.stringify(preview)).toContain("could not be backed up");
    const run = sampleRun({ state: "success" });
    expect(shown({ status: "resolved", tone: "success", title: "Recovered: media-library" }, { run })).not.toEqual(
      preview,
    );
  });

  test("a recovery differs from a firing alert, a test from a real one", () => {
    const firing = render(provider);
    const resolved = { status: "resolved", tone: "success", title: "Recovered: media-library" };
    expect(render(provider, resolved, { run: sampleRun({ state: "success" }) })).not.toEqual(firing);
    expect(render(provider, { isTest: true }, { run: undefined })).not.toEqual(firing);
    expect(render(provider, resolved, { previous: { first: "10", last: "11" } })).toEqual(
      render(provider, resolved, { previous: { first: "10", last: "11" } }),
    );
  });

  test.each(Object.entries(HOSTILE_NAMES))(
    "pain 33: hostile names (%s) arrive as one valid message",
    async (_, text) => {
      answerMode = { status: ownAnswersOf(provider.id).takenStatus ?? 200, body: taken(provider) };
      const config = here(provider);
      const own = {
        title: `{{job.name}} ${text.slice(0, 500).replace(/\{\{.*?\}\}/g, "")}`,
        message: "{{title}}\n{{job.name}}",
        values: { job: { name: text }, title: text },
      };
      const fields = Array.from({ length: 30 }, () => ({ label: text, value: text }));
      const more = { title: text, message: text, fields, typeName: text || "Name" };
      for (const extra of [
        { log: text, installation: { name: text, url: null } },
        { own, values: VALUES, because: text },
      ]) {
        const payload = render(provider, more, extra, config);
        expect(JSON.parse(JSON.stringify(payload))).toEqual(payload);
        expectWithin(provider, payload);
        const sent = stringsIn(payload).join("");
        expect(sent.isWellFormed() && !sent.includes("\0")).toBe(true);
        if (provider.transport === "command") continue;
        expect(await provider.send(payload, config, io)).toMatchObject({ kind: "sent" });
      }
    },
  );

  const pieces = { ascii: "a", emoji: "🙂", combining: "e\u0301" };
  test.each(Object.entries(pieces))("pain 34: declared limits hold at their edge in %s", (_, piece) => {
    for (const [name, limit] of Object.entries(provider.limits)) {
      const size = measure(piece, limit.unit);
      for (const count of [
        Math.floor(limit.max / size) - 1,
        Math.floor(limit.max / size),
        Math.floor(limit.max / size) + 1,
      ]) {
        const text = piece.repeat(count);
        const payload = render(
          provider,
          { title: text, message: text, fields: [{ label: text, value: text }] },
          { log: text },
        );
        expectWithin(provider, payload);
        if (name !== "title") continue;
        const [title] = provider.parts(payload).title ?? [];
        if (count * size <= limit.max) expect(title).toBe(text);
        else expect(title?.endsWith("…")).toBe(true);
      }
    }
  });

  test("pain 37: no secret is shown: payload, answer, reason", async () => {
    const config = here(provider);
    const secrets = secretsOf(provider, config);
    // A command has no secrets: its settings are in the operator's list.
    expect(secrets.length > 0).toBe(provider.transport !== "command");
    const redact = redactor(secrets);
    const hide = (view: unknown) => {
      const text = JSON.stringify(redactDeep(view, redact));
      for (const secret of secrets) expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
    };
    const payload = render(provider, {}, {}, config);
    hide(payload);
    hide(provider.preview(payload, config));
    if (provider.transport === "command") return;
    answerMode = "echo";
    hide(await deliver(provider, config));
    answerMode = { status: 302, headers: { location: `${origin}/next` } };
    hide(await deliver(provider, config));
    // Belfry's own sentences contain no secret even before redaction.
    const away = pointedAt(provider, { origin: "http://127.0.0.1:1", host: "127.0.0.1", port: 1 });
    const words = JSON.stringify(await deliver(provider, away));
    for (const secret of secretsOf(provider, away)) expect(words).not.toContain(secret);
  });

  test("a message has its action and keeps its limits; nothing that is kept of it has the address", async () => {
    const token = `${"Sig-_".repeat(9).slice(0, 43)}.01kvwxyz0123456789abcd.tn3k2x`;
    const url = `https://backup.example.org/acknowledge/${token}`;
    const hide = redactor([url], [], ACKNOWLEDGE_MARK);
    const config = here(provider);
    const actions = [{ label: "Acknowledge", url }];
    const short = { title: "media-library failed", message: "", link: undefined };
    for (const more of [{}, short, { message: "a".repeat(300_000), fields: [] }, { title: "é".repeat(2_000) }]) {
      const payload = render(provider, { ...more, actions }, { log: "one" }, config);
      expectWithin(provider, payload);
      const isShown = JSON.stringify(payload).includes(token);
      if (provider.purpose === "monitor" || provider.closesAlerts) expect(isShown).toBe(false);
      // A text message has it only where that costs nothing.
      else if (provider.id !== "twilio" || more === short) expect(isShown).toBe(true);
      const kept = JSON.stringify(redactDeep(payload, hide));
      expect(kept).not.toContain(token);
      expect(kept.includes(ACKNOWLEDGE_MARK)).toBe(isShown);
      expect(JSON.stringify(provider.preview(redactDeep(payload, hide), config))).not.toContain(token);
    }
    if (provider.transport === "command") return;
    answerMode = "echo";
    const outcome = await provider.send(render(provider, { actions }, {}, config), config, io);
    expect(JSON.stringify(redactDeep(outcome, hide))).not.toContain(token);
  });

  if (provider.transport === "command") return;

  test("nothing listens, no such name: retried, with one sentence", async () => {
    const closed = pointedAt(provider, { origin: "http://127.0.0.1:1", host: "127.0.0.1", port: 1 });
    expect(await deliver(provider, closed)).toMatchObject({
      kind: "retry",
      reason: expect.stringMatching(/refuses the connection/),
    });
    const unknown = pointedAt(provider, {
      origin: "http://no-such-name.invalid",
      host: "no-such-name.invalid",
      port: 25,
    });
    expect(await deliver(provider, unknown)).toMatchObject({
      kind: "retry",
      reason: expect.stringMatching(/no-such-name\.invalid.* resolved/),
    });
  });

  if (speaksSmtp(provider)) {
    test.each([
      [421, "retry"],
      [450, "retry"],
      [452, "retry"],
      [550, "rejected"],
      [552, "rejected"],
      [554, "rejected"],
    ])("pain 12: SMTP %i is %s, with the server's words", async (code, kind) => {
      smtp.manners.refuseData = [code, "because of the moon"];
      const outcome = await deliver(provider, here(provider));
      smtp.manners.refuseData = null;
      expect(outcome).toMatchObject({ kind, status: code, reason: expect.stringContaining("because of the moon") });
    });
  } else {
    const own = ownAnswersOf(id);
    const isByStatus = provider.answers.every(({ proof }) => "byStatus" in proof);
    test("fault B14: the service's own yes is sent, and 204 where it has no other", async () => {
      const status = own.takenStatus ?? 200;
      answerMode = { status, body: own.taken, headers: own.headers };
      const answer = own.taken ? { answer: own.taken } : {};
      expect(await deliver(provider, here(provider))).toMatchObject({ kind: "sent", status, ...answer });
      answerMode = { status: 204 };
      // Apprise's own server means by it that the message went nowhere.
      const kind = own.takesEmpty && id !== "apprise" ? "sent" : "rejected";
      expect(await deliver(provider, here(provider))).toMatchObject({ kind, status: 204 });
    });
    test("fault B14: it declares by which answer a delivery is proved", () => {
      expect(provider.answers.length).toBeGreaterThan(0);
      for (const { service, proof, isOwn } of provider.answers) {
        expect(service).toMatch(/^\w/);
        if ("byStatus" in proof) expect(proof.byStatus).toMatch(/^[A-Z].{20,}\.( https:\/\/\S+)?$/);
        else {
          expect(proof.expected).toMatch(/^\S.*[^.]$/);
          for (const body of [...Object.values(FOREIGN_PAGES), "", "null", "[]", "{}"]) {
            const headers = { "content-type": "text/html" };
            if (body) expect(proof.holds({ kind: "answer", status: 200, headers, body }), body).toBe(false);
            expect(isOwn({ kind: "answer", status: 404, headers, body }), body).toBe(false);
          }
        }
      }
    });
    test.skipIf(isByStatus).each(Object.entries(FOREIGN_PAGES))(
      "fault B14: a web page with status 200 is not sent (%s)",
      async (_, body) => {
        answerMode = { status: 200, body, headers: { "content-type": "text/html; charset=utf-8" } };
        expect(await deliver(provider, here(provider))).toMatchObject({
          kind: "retry",
          status: 200,
          reason: expect.stringMatching(/answered with a web page/),
          advice: expect.stringMatching(/a sign-in page, a proxy, or the wrong path/),
        });
      },
    );
    test.each([302, 400, 401, 403, 404, 405, 410])(
      "fault B7: a web page of a relay with status %i is retried, and the channel stays",
      async (status) => {
        for (const body of Object.values(FOREIGN_PAGES)) {
          answerMode = { status, body, headers: { "content-type": "text/html" } };
          const outcome = await deliver(provider, here(provider));
          expect(outcome.kind).toBe(status === 302 && isByStatus ? "rejected" : "retry");
          if (status !== 302) expect(outcome.advice).toMatch(/proxy/);
        }
      },
    );
    test.skipIf(!own.later)("pain 07: its own words for later are a retry, whatever their status", async () => {
      answerMode = { ...(own.later ?? { status: 0 }), headers: own.headers ?? {} };
      expect(await deliver(provider, here(provider))).toMatchObject({ kind: "retry", status: own.later?.status });
    });
    test.skipIf(!own.gone)("fault B7: the target is gone when the service itself says so", async () => {
      answerMode = own.gone ?? "hang";
      expect(await deliver(provider, here(provider))).toMatchObject({ kind: "gone", status: own.gone?.status });
    });
    test.each([
      [400, /^rejected$/],
      [401, /^rejected$/],
      [403, /^rejected$/],
      // For some services it means that the target is permanently gone.
      [404, own.gone?.status === 404 ? /^(rejected|gone)$/ : /^rejected$/],
      [408, /^retry$/],
      [425, /^retry$/],
      [429, /^retry$/],
      [500, /^retry$/],
      [503, /^retry$/],
    ])("pain 12: status %i is %s, and the service's answer is kept", async (status, kind) => {
      const isBusy = status >= 500 || [408, 425, 429].includes(status);
      const headers = { ...own.headers, "retry-after": "3" };
      answerMode = { status, body: (isBusy && own.busy) || own.refused, headers };
      const outcome = await deliver(provider, here(provider));
      expect(outcome.kind).toMatch(kind);
      expect(outcome.status).toBe(status);
      expect(outcome.answer).toContain("words of the service");
      if (outcome.kind === "retry") expect(outcome.afterMs).toBe(3_000);
      if (outcome.kind !== "sent") expect(outcome.reason).toContain("words of the service");
    });
    test.each(["hang", "reset"] as const)("a %s is retried", async (kind) => {
      answerMode = kind;
      requestTimeoutMs = 100;
      const outcome = await deliver(provider, here(provider));
      requestTimeoutMs = 10_000;
      expect(outcome).toMatchObject({ kind: "retry" });
    });
  }
});

function expectWithin(provider: Provider, payload: unknown): void {
  for (const [name, texts] of Object.entries(provider.parts(payload))) {
    const limit = provider.limits[name];
    if (!limit) throw new Error(`${provider.id} declares no limit called ${name}`);
    for (const text of texts) expect(measure(text, limit.unit), name).toBeLessThanOrEqual(limit.max);
  }
}

describe("the registry", () => {
  test("finds each by its id and nothing else", () => {
    for (const provider of allProviders()) expect(providerOf(provider.id)).toBe(provider);
    expect(providerOf("constructor")).toBeUndefined();
  });
  test("knows every file that defines a provider", () => {
    const defining = readdirSync("lib/providers", { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .filter((name) => / = defineProvider\(/.test(readFileSync(join("lib/providers", name), "utf8")));
    expect(defining).toHaveLength(allProviders().length);
    for (const name of defining)
      expect(existsSync(join("lib/providers", name.replace(".ts", ".test.ts"))), name).toBe(true);
  });
  test("no file outside the providers depends on a provider's id", () => {
    const ids = allProviders().map(({ id }) => id);
    // Words with other meanings as well: a mail address, a command line.
    const anywhere = ids.filter((id) => !["email", "command"].includes(id)).join("|");
    const asks = new RegExp(
      `[!=]==\\s*"(${anywhere})"|case "(${anywhere})":|provider(\\.id|Id)?\\s*[!=]==\\s*"(${ids.join("|")})"`,
    );
    const found = ["lib", "app", "components", "db"].flatMap((room) =>
      readdirSync(room, { recursive: true, encoding: "utf8" })
        .map((file) => join(room, file))
        .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.startsWith("lib/providers/"))
        .filter((file) => asks.test(readFileSync(file, "utf8"))),
    );
    expect(found).toEqual([]);
  });
});
