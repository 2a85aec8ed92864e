import { connect, isIP, type Socket } from "node:net";
import type { Transporter } from "nodemailer";
import { EGRESS_REFUSED, type Egress, egressError, guardedLookup, refusalOf } from "./egress";
import { oneLine } from "./text";

/** A recipient of a multi-recipient transaction that the service refused. */
export interface RefusedRecipient {
  recipient: string;
  reason: string;
  retryable: boolean;
}

/** The only way for Belfry to send mail. It never throws: every end is an answer. */
export interface MailIo {
  send(server: MailServerConfig, message: MailMessage): Promise<MailAnswer>;
}

export interface MailServerConfig {
  host: string;
  port: number;
  /** `ssl` speaks TLS from the first byte; `starttls` requires the upgrade and never continues without it; `none` never upgrades. */
  security: "none" | "ssl" | "starttls";
  user?: string;
  password?: string;
  /** Accept an untrusted certificate. For loopback servers any certificate is accepted. */
  acceptAnyCertificate?: boolean;
}

export interface MailMessage {
  from: string;
  to: string[];
  replyTo?: string;
  subject: string;
  html: string;
  text: string;
  /** With angle brackets; the same on every attempt, so that receivers drop duplicates. */
  messageId: string;
  headers: Record<string, string>;
}

export type MailAnswer =
  | { kind: "sent"; receipt: string; refused: RefusedRecipient[] }
  | {
      kind: "failed";
      reason: string;
      /** SMTP reply code, when there was one. */
      status?: number;
      retryable: boolean;
      /** nodemailer's or the system's code: `EAUTH`, `ETLS`, `ECONNREFUSED` … */
      code?: string;
    };

export interface Mail extends MailIo {
  close(): Promise<void>;
}

/** Milliseconds: until connected, until the server greets, of silence in between. */
export interface MailTimeouts {
  connectMs: number;
  greetingMs: number;
  socketMs: number;
}

const TIMEOUTS: MailTimeouts = { connectMs: 10_000, greetingMs: 10_000, socketMs: 30_000 };
const IDLE_MS = 30_000;

/** Mail over pooled SMTP connections, one pool per server, closed when idle. nodemailer is loaded on first use. */
export function createMail(options: { egress: Egress; timeouts?: Partial<MailTimeouts> }): Mail {
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const pools = new Map<string, Promise<Transporter>>();

  async function poolOf(server: MailServerConfig): Promise<Transporter> {
    const key = JSON.stringify(server);
    let pool = pools.get(key);
    if (!pool) {
      pool = openPool(server, options.egress, timeouts);
      if (pools.size >= 50) closeOldest(pools);
      pools.set(key, pool);
    }
    return pool;
  }

  return {
    async send(server, message) {
      try {
        const pool = await poolOf(server);
        const info = (await pool.sendMail({
          from: message.from,
          // As objects, so that a comma in an address adds no recipient.
          to: message.to.map((address) => ({ name: "", address })),
          ...(message.replyTo ? { replyTo: message.replyTo } : {}),
          subject: oneLine(message.subject),
          text: message.text,
          html: message.html,
          messageId: message.messageId,
          headers: message.headers,
        })) as SentInfo;
        return {
          kind: "sent",
          receipt: oneLine(info.response ?? ""),
          refused: (info.rejectedErrors ?? []).map(refusedOf),
        };
      } catch (error) {
        return failedAnswer(error as SmtpError, server);
      }
    },
    async close() {
      for (const pool of pools.values()) (await pool).close();
      pools.clear();
    },
  };
}

function closeOldest(pools: Map<string, Promise<Transporter>>): void {
  const [key, pool] = pools.entries().next().value ?? [];
  if (key !== undefined) pools.delete(key);
  // Sends in flight finish first: a pool closes its connections when they are free.
  void pool?.then((transport) => transport.close());
}

async function openPool(server: MailServerConfig, egress: Egress, timeouts: MailTimeouts): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  const { host, port, security } = server;
  return createTransport({
    pool: true,
    host,
    port,
    secure: security === "ssl",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(server.user ? { auth: { user: server.user, pass: server.password ?? "" }, forceAuth: true } : {}),
    tls: { rejectUnauthorized: !server.acceptAnyCertificate && !isLoopback(host), minVersion: "TLSv1.2" },
    maxConnections: 5,
    maxMessages: Number.POSITIVE_INFINITY,
    // A message in flight when a connection broke may have arrived: the outbox decides, not the pool.
    maxRequeues: 0,
    idleTimeout: IDLE_MS,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.socketMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_: unknown, callback: (error: Error | null, result?: { connection: Socket }) => void) =>
      openSocket({ host, port, egress, timeoutMs: timeouts.connectMs }, callback),
  });
}

/** Connects through the address guard, so that the checked address is the one in use. */
function openSocket(
  { host, port, egress, timeoutMs }: { host: string; port: number; egress: Egress; timeoutMs: number },
  callback: (error: Error | null, result?: { connection: Socket }) => void,
): void {
  const literal = host.replace(/^\[|\]$/g, "");
  const refusal = isIP(literal) ? refusalOf(literal, egress) : null;
  if (refusal) {
    callback(egressError(refusal));
    return;
  }
  const socket = connect({ host: literal, port, lookup: guardedLookup(egress), keepAlive: true });
  const timer = setTimeout(
    () => socket.destroy(Object.assign(new Error("timed out"), { code: "ETIMEDOUT" })),
    timeoutMs,
  );
  const failed = (error: Error) => {
    clearTimeout(timer);
    callback(error);
  };
  socket.once("error", failed);
  socket.once("connect", () => {
    clearTimeout(timer);
    socket.off("error", failed);
    callback(null, { connection: socket });
  });
}

/** No certificate names this machine's own address, and nobody is in between. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

interface SmtpError extends Error {
  code?: string;
  response?: string;
  responseCode?: number;
  recipient?: string;
  rejectedErrors?: SmtpError[];
}

interface SentInfo {
  response?: string;
  rejectedErrors?: SmtpError[];
}

function isTransient(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500;
}

function refusedOf(error: SmtpError): RefusedRecipient {
  return {
    recipient: error.recipient ?? "",
    reason: oneLine(error.response ?? error.message),
    retryable: isTransient(error.responseCode),
  };
}

function failedAnswer(error: SmtpError, server: MailServerConfig): MailAnswer {
  const where = `${server.host}:${server.port}`;
  const refused = error.rejectedErrors ?? [];
  const status = error.responseCode ?? refused[0]?.responseCode;
  const reason = reasonOf(error, where);
  const retryable = refused.length > 0 ? refused.some((one) => isTransient(one.responseCode)) : isRetryable(error);
  return {
    kind: "failed",
    reason,
    retryable,
    ...(status ? { status } : {}),
    ...(error.code ? { code: error.code } : {}),
  };
}

/** By the reply code when there is one; otherwise network errors are temporary and wrong settings permanent. */
function isRetryable(error: SmtpError): boolean {
  if (error.responseCode) return isTransient(error.responseCode);
  if (isProtocolMismatch(error)) return false;
  return ![EGRESS_REFUSED, "EAUTH", "ENOAUTH", "EENVELOPE", "EMESSAGE", "ECONFIG"].includes(error.code ?? "");
}

function isProtocolMismatch(error: Error): boolean {
  return /wrong version number|packet length too long|unknown protocol|http request/i.test(error.message);
}

const SENTENCES: Record<string, (where: string) => string> = {
  ECONNREFUSED: (where) => `${where} refuses the connection: no mail server listens there.`,
  ECONNRESET: (where) => `${where} closed the connection.`,
  ENOTFOUND: (where) => `The name of ${where} cannot be resolved.`,
  EAI_AGAIN: (where) => `The name of ${where} cannot be resolved at the moment.`,
  EHOSTUNREACH: (where) => `${where} cannot be reached: no route to it.`,
  ENETUNREACH: (where) => `${where} cannot be reached: no route to its network.`,
};

function reasonOf(error: SmtpError, where: string): string {
  const refused = (error.rejectedErrors ?? []).map(
    (one) => `${one.recipient}: ${oneLine(one.response ?? one.message)}`,
  );
  if (refused.length > 0) return `The mail server refused every recipient. ${refused.join("; ")}`;
  if (error.code === EGRESS_REFUSED) return error.message;
  const systemCode = /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\b/.exec(
    `${error.code} ${error.message}`,
  )?.[1];
  if (systemCode) return SENTENCES[systemCode]?.(where) ?? error.message;
  if (isProtocolMismatch(error)) return `${where} does not speak TLS from the start of the connection.`;
  if (error.code === "ETIMEDOUT") return timeoutOf(error, where);
  if (error.code === "ETLS") return `No encrypted connection to ${where}: ${oneLine(error.response || error.message)}`;
  return oneLine(error.response || error.message);
}

function timeoutOf(error: SmtpError, where: string): string {
  if (/greeting/i.test(error.message)) return `${where} accepted the connection but sent no greeting.`;
  return `${where} did not answer in time.`;
}
