import type { Server, Socket } from "node:net";
import type { SMTPServerAddress, SMTPServerDataStream, SMTPServerSession } from "smtp-server";
import { readIpAddress } from "@/lib/core/client-address";
import { isAppError, messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { type MailAddress, mailDomain, readMailAddress } from "@/lib/receivers/mail-address";
import type { AddressedJob } from "@/lib/services/receivers/addressed-job";
import { mayBeKnown } from "@/lib/services/receivers/known-addresses";
import { findAddressed, takeRequest } from "@/lib/services/receivers/take-request";
import { BodyBudget, type BudgetShare } from "./body-budget";
import { MailWorker } from "./mail-worker";
import { MissLimit } from "./miss-limit";
import { type ReadMail, readMail } from "./read-mail";

const log = loggerOf("mail");

const MB = 1024 * 1024;
/** Of one mail: what is larger is no report. */
const MAIL_BYTES = 10 * MB;
/** Of all that arrive at the same time. */
const TOGETHER_BYTES = 40 * MB;
const CLIENTS = 50;
const CLIENTS_OF_ADDRESS = 20;
const RECIPIENTS = 10;
/** Of one connection: nobody signs in, and a mail takes four. */
const COMMANDS = 1_000;
/** Without a word from the client. */
const SILENCE_MS = 60_000;
/** However busy it keeps the connection. */
const CONNECTION_MS = 300_000;
const CLOSE_MS = 3_000;

interface MailListenerOptions {
  /** The only domains that it takes mail for, in lower case; none: any. */
  domains: readonly string[];
  /** A certificate with its key, for STARTTLS; none: it is not offered. */
  pem: string | null;
}

/** A listener for mail, before it listens. */
export interface MailListener {
  /** To listen with. */
  server: Server;
  close(): Promise<void>;
}

interface Recipient extends AddressedJob {
  address: MailAddress;
}

/**
 * Takes mail to the addresses of external jobs, and no other: it passes nothing on and knows no accounts. A mail is stored before it is
 * answered 250; while it cannot be, the answer is 451, so that the sender tries again.
 */
export async function createMailListener({ domains, pem }: MailListenerOptions): Promise<MailListener> {
  const { SMTPServer } = await import("smtp-server");
  const misses = new MissLimit();
  const intake = { budget: new BodyBudget(TOGETHER_BYTES), worker: new MailWorker() };
  const recipients = new WeakMap<SMTPServerAddress, Recipient>();
  const connections = new Map<string, number>();
  const smtp = new SMTPServer({
    name: domains[0] ?? "belfry",
    banner: "Belfry takes reports of external jobs",
    disabledCommands: pem === null ? ["AUTH", "STARTTLS"] : ["AUTH"],
    ...(pem !== null && { key: pem, cert: pem }),
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    size: MAIL_BYTES,
    maxClients: CLIENTS,
    maxRecipients: RECIPIENTS,
    maxAllowedUnauthenticatedCommands: COMMANDS,
    socketTimeout: SILENCE_MS,
    closeTimeout: CLOSE_MS,
    onConnect: (session, done) => done(admit(connections, callerOf(session))),
    onClose: (session) => leave(connections, callerOf(session)),
    onRcptTo: (address, session, done) => {
      findRecipient(address, session, { domains, misses }).then((recipient) => {
        recipients.set(address, recipient);
        done();
      }, done);
    },
    onData: (stream, session, done) => {
      const found = session.envelope.rcptTo.flatMap((address) => recipients.get(address) ?? []);
      takeMail(stream, session, found, intake).then(() => done(null, "2.0.0 Stored"), done);
    },
  });
  // Of connections: each was answered already. What keeps it from listening, its caller hears as well.
  smtp.on("error", (error) => log.debug("a mail connection failed", { reason: messageOf(error) }));
  smtp.server.on("connection", limitTime);
  return {
    server: smtp.server,
    close: async () => {
      await new Promise<void>((resolve) => smtp.close(resolve));
      await intake.worker.close();
    },
  };
}

/** One that sends a letter a minute would stay for ever. */
function limitTime(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), CONNECTION_MS);
  socket.once("close", () => clearTimeout(timer));
}

/** An answer that is no success. */
function reply(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

function callerOf({ remoteAddress }: SMTPServerSession): string {
  return readIpAddress(remoteAddress) ?? "unknown";
}

function admit(connections: Map<string, number>, caller: string): Error | null {
  const open = (connections.get(caller) ?? 0) + 1;
  connections.set(caller, open);
  return open > CLIENTS_OF_ADDRESS
    ? reply(421, "4.7.0 Too many connections from your address. Try again later.")
    : null;
}

function leave(connections: Map<string, number>, caller: string): void {
  const left = (connections.get(caller) ?? 1) - 1;
  if (left > 0) connections.set(caller, left);
  else connections.delete(caller);
}

async function findRecipient(
  { address: written }: SMTPServerAddress,
  session: SMTPServerSession,
  { domains, misses }: { domains: readonly string[]; misses: MissLimit },
): Promise<Recipient> {
  if (domains.length > 0 && !domains.includes(mailDomain(written)))
    throw reply(550, "5.7.1 Mail for that domain is not taken here.");
  const now = Date.now();
  const caller = callerOf(session);
  const address = readMailAddress(written);
  const wait = misses.waitOf(caller, now);
  if (wait > 0 && !(address && (await mayBeKnown(address).catch(throwLater))))
    throw reply(450, `4.7.1 Too many unknown addresses. Try again in ${wait} seconds.`);
  const found = address && (await findAddressed(address, now).catch(throwLater));
  if (address && found) return { ...found, address };
  misses.count(caller, now);
  throw reply(550, "5.1.1 No job has this address. Copy it from the page of the job.");
}

/** Nothing was stored: the sender is asked to try again. */
function throwLater(error: unknown): never {
  const isExpected = isAppError(error);
  if (!isExpected) log.error("failed to take a mail", { error });
  const reason = isExpected ? messageOf(error) : "This is a defect of Belfry; its log names the reason.";
  throw reply(451, `4.3.0 Not stored: ${reason.replace(/\s+/g, " ")}`);
}

async function takeMail(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  recipients: readonly Recipient[],
  { budget, worker }: { budget: BodyBudget; worker: MailWorker },
): Promise<void> {
  const receivedAt = Date.now();
  const caller = callerOf(session);
  let isDropped = false;
  const share = budget.open(caller, () => {
    isDropped = true;
    share.release();
  });
  try {
    const raw = await receiveMail(stream, share, () => isDropped);
    share.settle();
    const parsed = await worker.parse(raw).catch((error) => {
      throw reply(554, `5.6.0 The mail cannot be read: ${messageOf(error).replace(/\s+/g, " ").slice(0, 200)}`);
    });
    const mail = readMail(parsed);
    for (const recipient of recipients) await storeMail(mail, recipient, { caller, receivedAt });
  } finally {
    share.release();
  }
}

/** @param isDropped whether others have taken its room */
async function receiveMail(
  stream: SMTPServerDataStream,
  share: BudgetShare,
  isDropped: () => boolean,
): Promise<Buffer> {
  let chunks: Buffer[] = [];
  let hasRoom = true;
  // To its end, also where it is not kept: nobody reads an answer before.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hasRoom &&= !stream.sizeExceeded && !isDropped() && share.take(chunk.length);
    if (hasRoom) chunks.push(chunk);
    else {
      chunks = [];
      share.release();
    }
  }
  if (stream.sizeExceeded) throw reply(552, `5.3.4 The mail is larger than ${MAIL_BYTES / MB} MB.`);
  if (!hasRoom || isDropped()) throw reply(452, "4.3.1 Too much mail at the same time. Try again later.");
  return Buffer.concat(chunks);
}

async function storeMail(
  { repeatKey, from, ...mail }: ReadMail,
  { job, isNew, address }: Recipient,
  { caller, receivedAt }: { caller: string; receivedAt: number },
): Promise<void> {
  const request = {
    method: "MAIL",
    path: address.path,
    query: "",
    header: () => undefined,
    receivedAt,
    body: Buffer.from(JSON.stringify(mail)),
    isCut: false,
  };
  const sender = {
    userAgent: from || null,
    address: caller === "unknown" ? null : caller,
    ...(repeatKey !== null && { repeatKey: `${address.path} ${repeatKey}` }),
  };
  const answer = await takeRequest({ job, isNew }, "mail", request, sender).catch(throwLater);
  if (answer.status >= 400) throw reply(554, `5.6.0 ${answer.body}`);
}
