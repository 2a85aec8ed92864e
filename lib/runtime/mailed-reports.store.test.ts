import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { createTransport, type SendMailOptions } from "nodemailer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { reportSnippets } from "@/components/job/report-snippets";
import { database, databaseHandle } from "@/db/client";
import { selfSigned } from "@/e2e/support/certificate";
import { systemActor } from "@/lib/auth/access/actor";
import { SignalCounting } from "@/lib/jobs/reported-runs/signal-counting";
import { createMailListener, type MailListener } from "@/lib/server/mail-listener";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsGet } from "@/lib/services/jobs/get";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { signalsList } from "@/lib/services/receivers/list-signals";
import { runsList } from "@/lib/services/runs/list";
import { runsLog } from "@/lib/services/runs/log";
import { openClientFixture } from "./testing/clients-fixture";

const run = promisify(execFile);

let fixture: Awaited<ReturnType<typeof openClientFixture>>;
let counting: SignalCounting;
let listener: MailListener;
let port: number;

async function listen(options: Parameters<typeof createMailListener>[0] = { domains: [], pem: null }): Promise<void> {
  listener = await createMailListener(options);
  listener.server.listen(0, "127.0.0.1");
  await once(listener.server, "listening");
  port = (listener.server.address() as AddressInfo).port;
}

beforeEach(async () => {
  fixture = await openClientFixture();
  counting = new SignalCounting({ leads: () => true });
  await counting.start();
  await listen();
});
afterEach(async () => {
  await listener.close();
  await counting.stop();
  await fixture.close();
});

const addJob = async (more: object = {}) =>
  (await jobsCreate.call(systemActor, {
    kind: "external",
    name: "nas",
    notifications: [],
    ...more,
  })) as ExternalJobView;

/** Sends by a connection of its own. @throws with the server's answer as `response` */
async function send(mail: SendMailOptions, { pem }: { pem?: string } = {}): Promise<string> {
  const tls = pem ? { requireTLS: true, tls: { ca: pem, servername: "localhost" } } : { ignoreTLS: true };
  const transport = createTransport({ host: "127.0.0.1", port, ...tls });
  try {
    return (await transport.sendMail({ from: "root@nas.example", ...mail })).response;
  } finally {
    transport.close();
  }
}

/** A client without a library. @returns what it heard, and how it goes on */
async function speak(): Promise<{
  heard(): string;
  say(line: string): void;
  hear(part: string): Promise<void>;
  end(text: string): Promise<void>;
}> {
  const socket = connect(port, "127.0.0.1");
  const closed = once(socket, "close");
  let text = "";
  socket.on("data", (chunk) => (text += chunk));
  const hear = (part: string) => expect.poll(() => text).toContain(part);
  await hear("220 ");
  socket.write("EHLO nas\r\n");
  await hear("\r\n250 ");
  return {
    heard: () => text,
    say: (line) => void socket.write(`${line}\r\n`),
    hear,
    end: async (last) => {
      socket.end(last);
      await closed;
    },
  };
}

const refusal = (mail: SendMailOptions) =>
  send(mail).then(
    () => "taken",
    (error: { response?: string }) => error.response ?? String(error),
  );

/** Everything that has arrived is counted. */
async function settled(): Promise<void> {
  const { orm, t } = database();
  for (;;) {
    fixture.clock.now += 1_500;
    fixture.clock.passed += 1_500;
    await counting.tick();
    const rows = await orm.select({ foldedAt: t.signals.foldedAt }).from(t.signals);
    if (rows.every(({ foldedAt }) => foldedAt !== null)) return;
  }
}

const runsOf = async (jobId: string) => (await runsList.call(systemActor, { jobId })).items;
const signals = async () => (await signalsList.call(systemActor, {})).items;
const pause = () => {
  fixture.clock.now += 60_000;
  fixture.clock.passed += 60_000;
};

test("a mail of a NAS that failed, and one that succeeded, are runs with their text as log", async () => {
  const job = await addJob();
  const to = `${job.uuid}@belfry.example`;
  await send({ to, subject: "[nas] Backup task A failed", text: "Connecting\nNo space left on device\n" });
  await settled();
  expect(await runsOf(job.id)).toMatchObject([
    { status: "failure", error: "[nas] Backup task A failed: Connecting: No space left on device" },
  ]);
  expect((await runsLog.call(systemActor, { id: (await runsOf(job.id))[0]?.id })).text).toContain("Connecting");
  pause();
  await send({ to, subject: "[nas] Backup task A completed successfully", html: "<p>All <b>good</b></p>" });
  await settled();
  expect((await runsOf(job.id)).map(({ status }) => status)).toEqual(["success", "failure"]);
  expect(await signals()).toMatchObject([
    { receiver: "mail", receiverName: "Mail", method: "MAIL", userAgent: "root@nas.example", address: "127.0.0.1" },
    { state: "failure" },
  ]);
});

test("the address says how it went, and the token does as well as the UUID", async () => {
  const job = await addJob({ methods: "post" });
  const mail = { subject: "Cron <root@nas> backup", text: "sent 12 bytes" };
  await send({ to: `${job.uuid?.toUpperCase()}+start@x`, ...mail });
  pause();
  await send({ to: `${job.token}+2@[192.0.2.1]`, ...mail });
  await settled();
  expect(await runsOf(job.id)).toMatchObject([{ status: "failure" }]);
  expect((await signals()).map(({ state, exitCode }) => [state, exitCode])).toEqual([
    ["failure", 2],
    ["start", null],
  ]);
});

test("the output of cron is only noted until the keywords of the job say what it means", async () => {
  const cron = { subject: "Cron <root@nas> backup", text: "Transferred 3 files" };
  const job = await addJob({ keywords: { failure: ["0 files"], warning: [], success: ["Transferred"] } });
  const other = await addJob({ name: "other" });
  await send({ to: [`${job.uuid}@x`, `${other.uuid}@x`], ...cron });
  pause();
  await send({ to: `${job.uuid}@x`, ...cron, text: "Transferred 0 files" });
  await settled();
  expect((await runsOf(job.id)).map(({ status }) => status)).toEqual(["failure", "success"]);
  expect(await runsOf(other.id)).toEqual([]);
});

test("a mail that is sent again is counted once, and one that looks the same is not", async () => {
  const job = await addJob();
  const mail = { to: `${job.uuid}@x`, subject: "Backup OK", text: "x", messageId: "<1@nas>" };
  await send({ ...mail, date: "Fri, 27 Nov 2026 02:00:00 +0000" });
  pause();
  await send({ ...mail, date: "Fri, 27 Nov 2026 02:00:00 +0000" });
  await settled();
  expect(await runsOf(job.id)).toHaveLength(1);
  await send({ ...mail, date: "Sat, 28 Nov 2026 02:00:00 +0000" });
  await settled();
  expect(await runsOf(job.id)).toHaveLength(2);
});

test("what was answered is counted by the next process", async () => {
  const job = await addJob();
  await counting.stop();
  await send({ to: `${job.uuid}@x`, subject: "Backup failed" });
  expect(await runsOf(job.id)).toEqual([]);
  counting = new SignalCounting({ leads: () => true });
  await counting.start();
  await settled();
  expect(await runsOf(job.id)).toMatchObject([{ status: "failure" }]);
});

test("unknown recipients are refused, and a caller that goes on with them has to wait; known ones are heard", async () => {
  const job = await addJob();
  expect(await refusal({ to: "root@belfry.example" })).toMatch(/^550 5\.1\.1 No job has this address/);
  const client = await speak();
  client.say("MAIL FROM:<>");
  const unknown = Array.from(
    { length: 70 },
    (_, index) => `RCPT TO:<aaaabbbb-1111-4111-8111-5555555555${10 + index}@x>`,
  );
  client.say(unknown.join("\r\n"));
  await expect.poll(() => client.heard().match(/550 5\.1|450 4\.7/g)).toHaveLength(70);
  expect(client.heard().match(/450 4\.7\.1 Too many unknown addresses/g)).toHaveLength(11);
  client.say(`RCPT TO:<${job.uuid}@x>`);
  await expect.poll(() => client.heard()).toMatch(/450 [^\n]*\n250 [^\n]*\n$/);
  await client.end("QUIT\r\n");
  expect(await signals()).toEqual([]);
});

test("it relays nothing, knows no accounts, and takes mail for its domains alone", async () => {
  const job = await addJob();
  await listener.close();
  const { key, cert } = selfSigned();
  await listen({ domains: ["belfry.example"], pem: key + cert });
  expect(await refusal({ to: `${job.uuid}@elsewhere.example`, subject: "OK" })).toMatch(/^550 5\.7\.1/);
  expect(await send({ to: `${job.uuid}@Belfry.Example`, subject: "Backup OK" }, { pem: cert })).toMatch(/^250 2\.0\.0/);
  const client = await speak();
  await client.end("AUTH PLAIN AGEAYg==\r\nVRFY root\r\nQUIT\r\n");
  expect(client.heard()).toContain("STARTTLS");
  expect(client.heard()).not.toMatch(/250[ -]AUTH|235 /);
});

test("a mail that is too large, or that nobody can read, is refused; hostile ones are understood or refused", async () => {
  const job = await addJob();
  const to = `${job.uuid}@x`;
  expect(await refusal({ to, subject: "Backup OK", text: "x".repeat(50 * 1024 * 1024) })).toMatch(
    /^552 5\.3\.4 The mail is larger than 10 MB/,
  );
  const raw = (lines: string[]) => refusal({ envelope: { from: "a@nas", to }, raw: lines.join("\r\n") });
  const parts = Array.from({ length: 1_000 }, (_, index) => [
    `--b${index}`,
    `Content-Type: multipart/mixed; boundary=b${index + 1}`,
    "",
  ]);
  expect(
    await raw(["Subject: Backup failed", "Content-Type: multipart/mixed; boundary=b0", "", ...parts.flat()]),
  ).toMatch(/^554 5\.6\.0 The mail cannot be read/);
  const taken = [
    ["Subject: =?x-unknown?B?////?= Backup failed", "Content-Type: text/plain; charset=x-none", "", "\u00ff\u0000"],
    ["Subject: =?utf-8?Q?Backup=0D=0ABcc:_x@y_failed?=", "Content-Transfer-Encoding: base64", "", "!!!!"],
    ["Subject: Backup failed", "Content-Type: multipart/mixed", "", "--"],
    ["Subject: Backup failed", `Content-Type: text/html`, "", "<div>".repeat(20_000)],
    [`Subject: Backup failed ${"x".repeat(100_000)}`, "", ""],
  ];
  for (const lines of taken) expect(await raw(lines)).toBe("taken");
  expect(await raw(["", ""])).toMatch(/^554 5\.6\.0 The mail has neither/);
  const states = (await signals()).map(({ state }) => state);
  expect(states).toEqual(taken.map(() => "failure"));
});

test("while it cannot be stored, the sender is asked to try again, and then it is stored once", async () => {
  const job = await addJob();
  const mail = { to: `${job.uuid}@x`, subject: "Backup failed", messageId: "<1@nas>" };
  const handle = databaseHandle();
  const change = async (statement: string) =>
    handle.kind === "sqlite" ? handle.raw.exec(statement) : await handle.pool.query(statement);
  await change("alter table signals rename to away");
  expect(await refusal(mail)).toMatch(/^451 4\.3\.0 Not stored: /);
  await change("alter table away rename to signals");
  expect(await send(mail)).toMatch(/^250 /);
  expect(await signals()).toHaveLength(1);
});

test("a mail that breaks off is not stored", async () => {
  const job = await addJob();
  const client = await speak();
  client.say(`MAIL FROM:<>\r\nRCPT TO:<${job.uuid}@x>\r\nDATA`);
  await client.hear("354 ");
  await client.end("Subject: Backup OK\r\n\r\nx");
  await send({ to: `${job.uuid}@x`, subject: "Backup failed" });
  expect(await signals()).toMatchObject([{ state: "failure" }]);
});

test("curl and msmtp, as Debian has them", async () => {
  const job = await addJob();
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-mail-"));
  try {
    const file = path.join(folder, "mail");
    writeFileSync(file, "Subject: Backup failed\n\nrepository is locked\n");
    const address = `${job.uuid}@belfry.example`;
    const to = ["--mail-from", "root@nas.example", "--mail-rcpt", address, "--upload-file", file];
    await run("curl", ["-sS", `smtp://127.0.0.1:${port}`, ...to]);
    pause();
    const config = path.join(folder, "msmtprc");
    writeFileSync(config, `account default\nhost 127.0.0.1\nport ${port}\nfrom root@nas.example\n`, { mode: 0o600 });
    const msmtp = run("msmtp", ["-C", config, address.replace("@", "+0@")]);
    msmtp.child.stdin?.end("Subject: backup\n\nsaved 3 files\n");
    await msmtp;
    await settled();
    expect((await runsOf(job.id)).map(({ status }) => status)).toEqual(["success", "failure"]);
    const unknown = run("msmtp", ["-C", config, "root@belfry.example"]);
    unknown.child.stdin?.end("Subject: x\n\nx\n");
    await expect(unknown).rejects.toThrow("No job has this address");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("what the console offers to copy for mail: msmtp around a command, and cron, which mails what its command writes", async () => {
  const job = await addJob();
  const secrets = { token: job.token ?? "", uuid: job.uuid ?? "" };
  const mailTo = { address: `${job.uuid}@belfry.example`, port };
  const made = reportSnippets("http://127.0.0.1", secrets, { timezone: "UTC", mailTo });
  const text = (id: string) => made.find((one) => one.id === id)?.text ?? "";
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-mail-snippets-"));
  try {
    const [config = "", script = ""] = text("mail-msmtp").split(/\n\n(?=your-backup-command)/);
    writeFileSync(path.join(folder, ".msmtprc"), `${config}\n`, { mode: 0o600 });
    for (const code of [0, 3]) {
      writeFileSync(path.join(folder, "your-backup-command"), `#!/bin/sh\necho saved\nexit ${code}\n`, { mode: 0o755 });
      const env = { HOME: folder, PATH: `${folder}:${process.env.PATH}`, NODE_ENV: "test" as const };
      await run("sh", ["-c", script], { cwd: folder, env });
      pause();
    }
    const cron = /^MAILTO=(.+)$/m.exec(text("mail-cron"))?.[1] ?? "";
    await send({ to: cron, from: "root@nas", subject: "Cron <root@nas> /usr/local/bin/backup.sh", text: "no space" });
    await settled();
    expect((await runsOf(job.id)).map(({ status }) => status)).toEqual(["failure", "failure", "success"]);
    expect(text("mail-nas")).toContain(`Recipient: ${mailTo.address}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the page of a job has its address for mail only while mail is taken", async () => {
  const { id } = await addJob();
  const view = () => jobsGet.call(systemActor, { id }) as Promise<ExternalJobView>;
  expect((await view()).urls).not.toHaveProperty("mailTo");
});
