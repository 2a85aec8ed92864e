import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { type SmtpServer, startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import { startServerThatRefusesTls } from "@/e2e/support/smtp-refusing-tls";
import type { SendResult } from "../contract";
import { createHttp } from "../kit/http";
import { createMail, MAIL_TIMEOUTS, type MailMessage } from "../kit/mail";
import { MAIL_PRESETS, mailServerFields } from "../kit/mail-server";
import { measure } from "../kit/text";
import { email } from "./email";

const mail = createMail({ egress: "any" });
const io = { http: createHttp({ egress: "any", userAgent: "Belfry/test" }), mail };
/** For servers that never greet, and for those that never answer: they are given up at once. */
const hastyGreeting = createMail({ egress: "any", timeouts: { greetingMs: 100 } });
const hastyAnswer = createMail({ egress: "any", timeouts: { replyMs: 500 } });
const LOST = /took the whole message and .+ it may have been delivered/;
let server: SmtpServer;

beforeAll(async () => {
  server = await startSmtpServer({ security: "starttls", user: "backups", password: "s3same-öpen" });
});
afterEach(() => {
  Object.assign(server.manners, { refuseSender: null, refuseData: null, dropAfterData: false, hangAfterData: false });
  Object.assign(server.manners, { holdReplies: false, greetAfter: null });
  server.manners.refuse.clear();
});
afterAll(async () => {
  await mail.close();
  await hastyGreeting.close();
  await hastyAnswer.close();
  await server.close();
});

const settings = (more: Record<string, unknown> = {}) => ({
  host: "127.0.0.1",
  port: server.port,
  user: "backups",
  password: "s3same-öpen",
  from: "Backups <backups@example.org>",
  to: ["ops@example.org"],
  ...more,
});

function rendered(
  more: Parameters<typeof sampleNotification>[0] = {},
  context = sampleContext(),
  extra: Record<string, unknown> = {},
): MailMessage {
  return email.render(sampleNotification(more), email.parse(settings(extra)), context) as MailMessage;
}

async function deliver(
  extra: Record<string, unknown> = {},
  more: Parameters<typeof sampleNotification>[0] = {},
  context = sampleContext(),
  via = mail,
): Promise<SendResult> {
  const config = email.parse(settings(extra));
  return email.send(email.render(sampleNotification(more), config, context), config, { ...io, mail: via });
}
function last() {
  const arrived = server.mails.at(-1);
  if (!arrived) throw new Error("nothing arrived");
  return arrived;
}

describe("a mail arrives", () => {
  test("over STARTTLS, signed in, in both parts, with the server's own receipt", async () => {
    const outcome = await deliver();
    expect(outcome).toMatchObject({
      kind: "sent",
      receipt: expect.stringMatching(/^250 .*queued as 1/),
      advice: expect.stringMatching(/spam/),
    });
    const { parsed, isEncrypted, user, from, to } = last();
    expect({ isEncrypted, user, from, to }).toEqual({
      isEncrypted: true,
      user: "backups",
      from: "backups@example.org",
      to: ["ops@example.org"],
    });
    expect(parsed.subject).toBe("media-library could not be backed up");
    expect(parsed.messageId).toBe("<dlv_01@example.org>");
    expect(parsed.headers.get("auto-submitted")).toBe("auto-generated");
    // Not a name of its own: the machine's, or its address.
    expect(last().helo).toMatch(/\.|^\[127\.0\.0\.1\]$/);
    for (const part of [parsed.html || "", parsed.text ?? ""]) {
      expect(part).toContain("connection refused by nas.lan:22");
      expect(part).toContain("20 November 2026, 03:09 CET");
      expect(part).toContain("https://backup.example.org/runs/run_01");
      expect(part).toContain("Times are Europe/Berlin.");
    }
    expect(parsed.html).not.toMatch(/<img|src=|@import|url\(/);
  });
  test("fixed addresses share one transaction; a person gets a copy alone", async () => {
    const count = server.mails.length;
    await deliver({ to: ["a@example.org", "b@example.org"] });
    expect(server.mails.length).toBe(count + 1);
    expect(last().to).toEqual(["a@example.org", "b@example.org"]);
    await deliver(
      { to: ["a@example.org"] },
      {},
      sampleContext({ recipient: "me@example.org", timezone: "America/New_York" }),
    );
    expect(last().to).toEqual(["me@example.org"]);
    expect(last().parsed.text).toContain("19 November 2026, 21:09 EST");
  });
  test("the mails of one alert form a thread", async () => {
    await deliver({}, {}, sampleContext({ deliveryId: "dlv_t1" }));
    const first = last().parsed;
    await deliver({}, { status: "resolved" }, sampleContext({ deliveryId: "dlv_t2", isFirst: false }));
    const second = last().parsed;
    expect(first.inReplyTo).toBeUndefined();
    expect(second.inReplyTo).toBe(first.references);
    expect(second.messageId).not.toBe(first.messageId);
  });
  test("connections are kept between mails", async () => {
    const before = server.connections;
    for (let i = 0; i < 5; i++) await deliver();
    expect(server.connections - before).toBeLessThanOrEqual(1);
  });
});

test("fault C4: automatic replies stay away, and bounces do not", async () => {
  await deliver();
  const { headers } = last().parsed;
  expect(headers.get("x-auto-response-suppress")).toBe("OOF, AutoReply");
  expect(headers.get("auto-submitted")).toBe("auto-generated");
});

test("the name that Belfry greets with is a setting", async () => {
  await deliver({ heloName: "backups.example.org" });
  expect(last().helo).toBe("backups.example.org");
  for (const heloName of ["a b", "x\r\nMAIL FROM:<a@b>", "-a.example", "[127.0.0.1", "a..b"]) {
    expect(email.configSchema.safeParse(settings({ heloName })).success, heloName).toBe(false);
  }
  for (const heloName of ["", "nas", "nas.local.", "[192.0.2.1]", "[IPv6:2001:db8::1]"]) {
    expect(email.configSchema.safeParse(settings({ heloName })).success, heloName).toBe(true);
  }
});

describe("pain 33: no text becomes a header, a command or markup", () => {
  const evil = 'x\r\nBcc: evil@example.org\r\n\r\n.\r\nRSET\0 <script>alert(1)</script> "日本" 🙂 \u202e';
  test("hostile title, message, fields, log, installation and recipient", async () => {
    const context = sampleContext({
      deliveryId: "dlv>\r\nX-Evil: 1",
      log: evil,
      because: evil,
      installation: { name: evil, url: "javascript:alert(1)" },
    });
    expect(
      await deliver(
        {},
        { title: evil, typeName: evil, message: evil, fields: [{ label: evil, value: evil }] },
        context,
      ),
    ).toMatchObject({ kind: "sent" });
    const { parsed, to } = last();
    expect(to).toEqual(["ops@example.org"]);
    expect(parsed.bcc).toBeUndefined();
    expect(parsed.headers.get("x-evil")).toBeUndefined();
    expect(parsed.subject).toBe('x Bcc: evil@example.org . RSET <script>alert(1)</script> "日本" 🙂');
    expect(parsed.html).not.toContain("<script");
    expect(parsed.text).toContain("<script>");
    const count = server.mails.length;
    const outcome = await deliver({}, {}, sampleContext({ recipient: "a@example.org, b@example.org" }));
    expect(outcome.kind === "sent" ? last().to : []).not.toContain("b@example.org");
    expect(server.mails.length - count).toBeLessThanOrEqual(1);
  });
  test.each(["a@b\r\nRCPT TO:<c@d>", "a b@c", "a@b, c@d", "<a@b>", "no-address", "a@"])(
    "the address %j is refused when saving",
    (address) => {
      expect(email.configSchema.safeParse(settings({ to: [address] })).error?.issues[0]?.path.slice(0, 1)).toEqual([
        "to",
      ]);
      if (address !== "<a@b>") expect(email.configSchema.safeParse(settings({ from: address })).success).toBe(false);
    },
  );
  test("a custom text: markup in it is text, too", () => {
    const own = { title: "<b>{{job.name}}</b>", message: "{{title}}", values: { job: { name: "<i>" }, title: "&" } };
    const { html, subject } = rendered({}, sampleContext({ own }));
    expect(subject).toBe("<b><i></b>");
    expect(html).toContain("&lt;b&gt;&lt;i&gt;&lt;/b&gt;");
  });
});

test("pain 34: long texts are cut with a mark, and the log keeps both ends", () => {
  for (const piece of ["a", "🙂", "e\u0301", "<"]) {
    const long = piece.repeat(200_000);
    const { subject, text, html } = rendered(
      { title: long, message: long, fields: Array.from({ length: 90 }, () => ({ label: long, value: long })) },
      sampleContext({ log: `START ${long} END` }),
    );
    expect(measure(subject, "codepoints")).toBeLessThanOrEqual(150);
    expect(subject.endsWith("…")).toBe(true);
    expect(text).toMatch(/START/);
    expect(text).toMatch(/END/);
    expect(Buffer.byteLength(text) + Buffer.byteLength(html)).toBeLessThan(5_000_000);
  }
});

describe("pain 35: encryption is what was chosen", () => {
  test("STARTTLS that is not offered fails, before user and password are shown", async () => {
    const plain = await startSmtpServer({ security: "none", user: "backups", password: "s3same-öpen" });
    const outcome = await deliver({ port: plain.port });
    expect(outcome).toMatchObject({ kind: "rejected", advice: expect.stringMatching(/offers no STARTTLS/) });
    expect(plain.mails).toHaveLength(0);
    await plain.close();
  });
  test.each([
    ["454 4.7.0 TLS not available due to local problem", "retry"],
    ["502 5.5.1 Command not implemented", "rejected"],
  ])(
    "STARTTLS that is offered and then refused (%s) fails, before user, password or mail are shown",
    async (words, kind) => {
      const refusing = await startServerThatRefusesTls(words);
      const outcome = await deliver({ port: refusing.port });
      expect(outcome).toMatchObject({ kind, reason: expect.stringContaining(words) });
      expect(refusing.lines.map((line) => line.split(" ")[0])).not.toContain("MAIL");
      expect(refusing.lines.join("\n")).toMatch(/^EHLO .+\nSTARTTLS(\nQUIT)?$/);
      // The same server accepts mail without encryption: only the setting prevented it.
      expect(await deliver({ port: refusing.port, security: "none" })).toMatchObject({ kind: "sent" });
      await refusing.close();
    },
  );
  test("none goes plain even where STARTTLS is offered", async () => {
    const open = await startSmtpServer({ security: "starttls" });
    expect(await deliver({ port: open.port, security: "none", user: "" })).toMatchObject({ kind: "sent" });
    expect(open.mails[0]?.isEncrypted).toBe(false);
    await open.close();
  });
  test("SSL speaks TLS from the start; each mix-up says what to choose", async () => {
    const ssl = await startSmtpServer({ security: "ssl", user: "backups", password: "s3same-öpen" });
    expect(await deliver({ port: ssl.port, security: "ssl" })).toMatchObject({ kind: "sent" });
    expect(ssl.mails[0]?.isEncrypted).toBe(true);
    await ssl.close();
    expect(await deliver({ security: "ssl" })).toMatchObject({
      kind: "rejected",
      advice: expect.stringMatching(/choose STARTTLS/),
    });
  });
  test("STARTTLS on an SSL port ends in time with advice", async () => {
    const ssl = await startSmtpServer({ security: "ssl" });
    expect(await deliver({ port: ssl.port, user: "" }, {}, sampleContext(), hastyGreeting)).toMatchObject({
      kind: "retry",
      advice: expect.stringMatching(/SSL/),
    });
    await ssl.close();
  });
  test("an untrusted certificate is accepted only on this machine, or when allowed", async () => {
    // A spelling of this machine that the mail code does not know as loopback.
    const host = "127.1";
    const count = server.mails.length;
    expect(await deliver({ host })).toMatchObject({ kind: "retry", advice: expect.stringMatching(/certificate/) });
    expect(server.mails).toHaveLength(count);
    expect(await deliver({ host, acceptAnyCertificate: true })).toMatchObject({ kind: "sent" });
  });
});

describe("answers", () => {
  test("wrong sign-in is refused with the server's words and the preset's help", async () => {
    const outcome = await deliver({ password: "wrong" });
    expect(outcome).toMatchObject({
      kind: "rejected",
      status: 535,
      reason: expect.stringContaining("5.7.8 Authentication credentials invalid"),
      advice: expect.stringMatching(/User or password is wrong/),
    });
    expect(JSON.stringify(outcome)).not.toContain('wrong"');
  });
  test("refused recipients are named, the others get the mail", async () => {
    server.manners.refuse.set("gone@example.org", [550, "5.1.1 No such user"]);
    server.manners.refuse.set("later@example.org", [450, "4.2.0 Greylisted"]);
    const outcome = await deliver({ to: ["gone@example.org", "ops@example.org", "later@example.org"] });
    expect(outcome).toMatchObject({ kind: "sent" });
    expect(outcome.kind === "sent" && outcome.refused).toEqual([
      { recipient: "gone@example.org", reason: "550 5.1.1 No such user", retryable: false },
      { recipient: "later@example.org", reason: "450 4.2.0 Greylisted", retryable: true },
    ]);
    expect(last().to).toEqual(["ops@example.org"]);
    server.manners.refuse.clear();
    await deliver(
      { to: ["gone@example.org", "ops@example.org", "later@example.org"] },
      {},
      sampleContext({ onlyRecipients: ["later@example.org"] }),
    );
    expect(last().to).toEqual(["later@example.org"]);
  });
  test("one of three is refused for good: two have the mail, and it is not tried again", async () => {
    server.manners.refuse.set("gone@example.org", [550, "5.1.1 No such user"]);
    const outcome = await deliver({ to: ["ops@example.org", "gone@example.org", "night@example.org"] });
    expect(outcome).toMatchObject({
      kind: "sent",
      refused: [{ recipient: "gone@example.org", reason: "550 5.1.1 No such user", retryable: false }],
    });
    expect(last().to).toEqual(["ops@example.org", "night@example.org"]);
  });
  test("all recipients refused: for good, or worth another try when one is", async () => {
    server.manners.refuse.set("a@example.org", [550, "5.1.1 No such user"]);
    expect(await deliver({ to: ["a@example.org"] })).toMatchObject({
      kind: "rejected",
      status: 550,
      reason: expect.stringContaining("a@example.org: 550 5.1.1 No such user"),
    });
    server.manners.refuse.set("b@example.org", [451, "4.7.1 Try later"]);
    expect(await deliver({ to: ["a@example.org", "b@example.org"] })).toMatchObject({ kind: "retry" });
  });
  test("sender refused", async () => {
    server.manners.refuseSender = [553, "5.7.1 Sender address rejected: not owned by user"];
    expect(await deliver()).toMatchObject({ kind: "rejected", status: 553, advice: expect.stringMatching(/as From/) });
    server.manners.refuseSender = [451, "4.3.0 Temporary"];
    expect(await deliver()).toMatchObject({ kind: "retry", status: 451 });
  });
  test("message refused", async () => {
    server.manners.refuseData = [552, "5.3.4 Message too big"];
    expect(await deliver()).toMatchObject({ kind: "rejected", status: 552 });
    server.manners.refuseData = [452, "4.3.1 Insufficient system storage"];
    expect(await deliver()).toMatchObject({ kind: "retry", status: 452 });
  });
  test("a reply lost after the message is tried again, with the same Message-ID, and not by the pool", async () => {
    server.manners.dropAfterData = true;
    const count = server.mails.length;
    expect(await deliver({}, {}, sampleContext({ deliveryId: "dlv_lost" }))).toMatchObject({
      kind: "retry",
      mayHaveArrived: true,
      reason: expect.stringMatching(LOST),
      advice: expect.stringMatching(/once more, 15 minutes later and with the same Message-ID/),
    });
    expect(server.mails.length).toBe(count + 1);
    server.manners.dropAfterData = false;
    expect(await deliver({}, {}, sampleContext({ deliveryId: "dlv_lost" }))).toMatchObject({ kind: "sent" });
    expect(server.mails.slice(count).map(({ parsed }) => parsed.messageId)).toEqual([
      "<dlv_lost@example.org>",
      "<dlv_lost@example.org>",
    ]);
  });
  test("a server that takes the message and never answers is given up", async () => {
    server.manners.hangAfterData = true;
    const result = await deliver({}, {}, sampleContext(), hastyAnswer);
    expect(result).toMatchObject({ kind: "retry", mayHaveArrived: true, reason: expect.stringMatching(LOST) });
  });
  test.each(["MAIL", "RCPT", "DATA"])(
    "fault B12: what failed before the whole message was there has not arrived: closed at %s",
    async (verb) => {
      const closing = await startServerThatCloses(verb);
      const outcome = await deliver({ port: closing.port, security: "none", user: "" });
      expect(outcome).toMatchObject({ kind: "retry" });
      expect(outcome).not.toHaveProperty("mayHaveArrived");
      await closing.close();
    },
  );
  test("fault B12: a server may take the time of RFC 5321 for its greeting and for its last reply", async () => {
    expect(MAIL_TIMEOUTS.greetingMs).toBeGreaterThanOrEqual(5 * 60_000);
    expect(MAIL_TIMEOUTS.replyMs).toBeGreaterThanOrEqual(10 * 60_000);
    let greet = () => {};
    const slow = await startSmtpServer({ security: "none" });
    slow.manners.greetAfter = new Promise((done) => {
      greet = done;
    });
    slow.manners.holdReplies = true;
    const delivered = deliver({ port: slow.port, security: "none", user: "" });
    await expect.poll(() => slow.connections).toBe(1);
    greet();
    await expect.poll(() => slow.mails.length).toBe(1);
    slow.answerHeld();
    expect(await delivered).toMatchObject({ kind: "sent" });
    expect(slow.mails).toHaveLength(1);
    await slow.close();
  });
  test("fault B12: mails that wait for their reply keep no other mail to that server back", async () => {
    const slow = await startSmtpServer({ security: "none" });
    const via = createMail({ egress: "any", slowAfterMs: 50 });
    slow.manners.holdReplies = true;
    const one = () => deliver({ port: slow.port, security: "none", user: "" }, {}, sampleContext(), via);
    const waiting = Array.from({ length: 7 }, one);
    await expect.poll(() => slow.mails.length).toBe(7);
    slow.manners.holdReplies = false;
    expect(await one()).toMatchObject({ kind: "sent" });
    slow.answerHeld();
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(Array(7).fill("sent"));
    expect(slow.mails).toHaveLength(8);
    await via.close();
    await slow.close();
  });
  test("fault B12: an exchange that never ends is given up at last", async () => {
    const via = createMail({ egress: "any", timeouts: { totalMs: 300 } });
    server.manners.hangAfterData = true;
    const outcome = await deliver({}, {}, sampleContext(), via);
    expect(outcome).toMatchObject({ kind: "retry", reason: expect.stringMatching(/did not answer in time/) });
    // And earlier where a person waits.
    const impatient = {
      host: "127.0.0.1",
      port: server.port,
      security: "starttls" as const,
      user: "backups",
      password: "s3same-öpen",
    };
    const answer = await mail.send(impatient, { ...rendered(), limitMs: 300 });
    expect(answer).toMatchObject({ kind: "failed", reason: expect.stringMatching(/did not answer in time/) });
    await via.close();
  });
  test("no server, no name, a server that closes at once", async () => {
    const closed = createServer((socket) => void socket.destroy());
    await new Promise<void>((done) => closed.listen(0, "127.0.0.1", done));
    const { port } = closed.address() as AddressInfo;
    expect(await deliver({ port })).toMatchObject({ kind: "retry" });
    await new Promise((done) => closed.close(done));
    expect(await deliver({ port })).toMatchObject({
      kind: "retry",
      reason: expect.stringMatching(/refuses the connection/),
      advice: expect.stringMatching(/host and port/),
    });
    expect(await deliver({ host: "no-such-name.invalid" })).toMatchObject({
      kind: "retry",
      reason: expect.stringMatching(/cannot be resolved/),
    });
  });
  test("every address of the server's name is tried, and the reason names each of them", async () => {
    const via = createMail({
      egress: "any",
      resolve: async () => [
        { address: "127.0.0.9", family: 4 },
        { address: "::1", family: 6 },
        { address: "127.0.0.1", family: 4 },
      ],
    });
    const host = "mail.example";
    expect(await deliver({ host, acceptAnyCertificate: true }, {}, sampleContext(), via)).toMatchObject({
      kind: "sent",
    });
    const free = await startSmtpServer({ security: "none" });
    await free.close();
    expect(await deliver({ host, port: free.port }, {}, sampleContext(), via)).toMatchObject({
      kind: "retry",
      reason: [
        `mail.example:${free.port} cannot be reached at any of its 3 addresses: 127.0.0.9 refuses the connection: no mail server listens there`,
        "::1 refuses the connection: no mail server listens there",
        "127.0.0.1 refuses the connection: no mail server listens there.",
      ].join("; "),
      advice: expect.stringMatching(/host and port/),
    });
    await via.close();
  });
  test("addresses that Belfry may not reach are refused, names too", async () => {
    const publicOnly = createMail({ egress: "public" });
    for (const host of ["127.0.0.1", "localhost", "169.254.169.254"]) {
      const config = email.parse(settings({ host }));
      const outcome = await email.send(email.render(sampleNotification(), config, sampleContext()), config, {
        ...io,
        mail: publicOnly,
      });
      expect(outcome.kind, host).toBe("rejected");
    }
    await publicOnly.close();
  });
});

describe("configuration", () => {
  const problems = (value: unknown) =>
    (email.configSchema.safeParse(value).error?.issues ?? []).map(({ path }) => path.join("."));
  test("needs a server, a sender and somebody to write to", () => {
    expect(problems({})).toEqual(["host", "from", "to"]);
    expect(problems({ useSystemServer: true, to: ["a@example.org"] })).toEqual([]);
    expect(problems({ host: "h", from: "a@b", toAdmins: true })).toEqual([]);
    expect(problems({ host: "smtp://h", from: "a@b", toAdmins: true })).toEqual(["host"]);
    expect(problems({ host: "h", from: "a@b", toAdmins: true, port: 70_000 })).toEqual(["port"]);
  });
  test("audience: the fixed list once, administrators one by one", () => {
    expect(email.audience(email.parse(settings()))).toEqual({
      fixed: [""],
      admins: false,
      mailsTo: ["ops@example.org"],
    });
    expect(email.audience(email.parse(settings({ to: [], toAdmins: true })))).toEqual({
      fixed: [],
      admins: true,
      mailsTo: [],
    });
  });
  test("every preset fills the form with valid values", () => {
    for (const { values } of MAIL_PRESETS)
      expect(problems({ host: "h", ...values, from: "a@b", to: ["c@d"] })).toEqual([]);
    expect(MAIL_PRESETS.find(({ id }) => id === "sendgrid")?.values.user).toBe("apikey");
  });
  test("the fields of a server are shown on the channel only while it has its own", () => {
    const { properties } = email.formSchema() as { properties: Record<string, { showWhen?: unknown; label: string }> };
    for (const name of Object.keys(mailServerFields)) {
      // What depends on the sign-in is hidden with it.
      const isOfSignIn = [
        "password",
        "tenant",
        "clientId",
        "clientSecret",
        "serviceKey",
        "refreshToken",
        "oauth2Url",
        "scope",
      ];
      const condition = isOfSignIn.includes(name)
        ? { field: "signIn", is: expect.any(Array) }
        : { field: "useSystemServer", is: [false] };
      expect(properties[name]?.showWhen).toEqual(condition);
    }
    expect(mailServerFields.host.meta()).toEqual({ label: "Host", placeholder: "smtp.example.org" });
  });
  test("without a system mail server it says so", async () => {
    const config = email.parse({ useSystemServer: true, to: ["a@example.org"] });
    expect(await email.send(email.render(sampleNotification(), config, sampleContext()), config, io)).toMatchObject({
      kind: "rejected",
      advice: expect.stringMatching(/Settings → Email/),
    });
  });
});

/** A mail server that closes the connection at a command. */
async function startServerThatCloses(at: string): Promise<{ port: number; close(): Promise<void> }> {
  const closing = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write("220 mail.example ESMTP\r\n");
    socket.on("data", (chunk) => {
      if (chunk.toString().startsWith(at)) socket.destroy();
      else socket.write("250 Ok\r\n");
    });
  });
  await new Promise<void>((done) => closing.listen(0, "127.0.0.1", done));
  const { port } = closing.address() as AddressInfo;
  return { port, close: () => new Promise((done) => closing.close(() => done())) };
}
