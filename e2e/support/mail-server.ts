import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { ImapFlow } from "imapflow";
import { type ParsedMail, simpleParser } from "mailparser";
import { isRoot, runProgram, startProgram, until } from "./child";
import { freePort } from "./free-port";
import { dovecotSettings, postfixMain, postfixMaster } from "./mail-settings";

export interface MailServer {
  /** `localhost`, which the certificate names. */
  host: string;
  /** SMTP: STARTTLS and sign-in are both asked for. */
  port: number;
  /** Trust this to believe the server's certificate: `NODE_EXTRA_CA_CERTS`. */
  caFile: string;
  /** What stands behind the @ of each mailbox. */
  domain: string;
  /** Signs in to SMTP and IMAP for each mailbox. */
  password: string;
  /** `anna` → `anna@mail.test`. */
  addressOf(name: string): string;
  /** Everything in a mailbox, oldest first. */
  read(name: string): Promise<ParsedMail[]>;
  /** Waits until a mailbox holds so many. @throws when it does not in time */
  waitFor(name: string, count: number, timeoutMs?: number): Promise<ParsedMail[]>;
  /** The servers' own logs. */
  words(): string;
  stop(): Promise<void>;
}

const DOMAIN = "mail.test";
const PASSWORD = "quite-secret";

/**
 * A real mail server in a temporary folder: Postfix takes mail by SMTP, Dovecot keeps it and lets it be read back.
 * Nothing leaves the machine, and nothing of it is left after `stop`.
 * @param names the mailboxes; mail to any other is refused with 550
 */
export async function startMailServer(names: string[]): Promise<MailServer> {
  if (!isRoot) throw new Error("Postfix and Dovecot start as root only: run these tests as root.");
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-mail-"));
  chmodSync(folder, 0o755);
  const [port, imapPort] = [await freePort(), await freePort()];
  layOut(folder, names, port, imapPort);
  const logs = () => ["postfix.log", "dovecot.log"].map((name) => readIfThere(path.join(folder, name))).join("\n");
  const dovecot = startProgram("dovecot", ["-F", "-c", path.join(folder, "dovecot.conf")]);
  const postfix = startProgram("postfix", ["-c", path.join(folder, "postfix"), "start-fg"]);
  const words = () => [postfix.words(), dovecot.words(), logs()].join("\n");
  const stop = async () => {
    // The program we started is a script; the server is its child and has a process id on file.
    const master = Number(readIfThere(path.join(folder, "queue/pid/master.pid")));
    if (master) process.kill(master, "SIGTERM");
    await Promise.all([postfix.stop(), dovecot.stop()]);
    if (master) await until("Postfix is gone", () => !existsSync(`/proc/${master}`));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const each of [port, imapPort]) await until(`port ${each} answers`, () => isOpen(each), { words });
  } catch (error) {
    await stop();
    throw error;
  }
  const addressOf = (name: string) => `${name}@${DOMAIN}`;
  const read = (name: string) => readMailbox(imapPort, addressOf(name));
  return {
    host: "localhost",
    port,
    caFile: path.join(folder, "cert.pem"),
    domain: DOMAIN,
    password: PASSWORD,
    addressOf,
    read,
    async waitFor(name, count, timeoutMs = 60_000) {
      let mails: ParsedMail[] = [];
      const isThere = async () => {
        mails = await read(name);
        return mails.length >= count;
      };
      await until(`${name} has ${count} mails`, isThere, { timeoutMs, everyMs: 100, words });
      return mails;
    },
    words,
    stop,
  };
}

function layOut(folder: string, names: string[], port: number, imapPort: number): void {
  for (const name of ["postfix", "queue", "postfix-data", "mail", "dovecot", "dovecot-state"]) {
    mkdirSync(path.join(folder, name));
  }
  runProgram("chown", ["postfix", path.join(folder, "postfix-data")]);
  runProgram("chown", ["mail:mail", path.join(folder, "mail")]);
  // Postfix lays out its own queue; Dovecot needs this folder of it to exist.
  mkdirSync(path.join(folder, "queue/private"), { mode: 0o700 });
  runProgram("chown", ["postfix", path.join(folder, "queue/private")]);
  const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem"];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  runProgram("openssl", ["req", "-x509", "-days", "2", ...key, ...subject], { cwd: folder });
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
  write("recipients", names.map((name) => `${name}@${DOMAIN} ok\n`).join(""));
  write("passwords", names.map((name) => `${name}@${DOMAIN}:${PASSWORD}\n`).join(""));
  write("postfix/main.cf", postfixMain(folder, DOMAIN));
  write("postfix/master.cf", postfixMaster(port));
  write("dovecot.conf", dovecotSettings(folder, imapPort));
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
    socket.setTimeout(500, () => {
      socket.destroy();
      resolve(false);
    });
  });
}

async function readMailbox(port: number, address: string): Promise<ParsedMail[]> {
  const auth = { user: address, pass: PASSWORD };
  const client = new ImapFlow({ host: "127.0.0.1", port, secure: false, doSTARTTLS: false, auth, logger: false });
  await client.connect();
  try {
    const box = await client.mailboxOpen("INBOX");
    if (box.exists === 0) return [];
    const sources = (await client.fetchAll("1:*", { source: true })).map(({ source }) => source);
    return await Promise.all(sources.filter((source) => source !== undefined).map((source) => simpleParser(source)));
  } finally {
    await client.logout();
  }
}
