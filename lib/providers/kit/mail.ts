import type { Transporter } from "nodemailer";
import type { ResolveName } from "./connect";
import type { Egress } from "./egress";
import { type MailAuth, mailAuthOf } from "./mail-auth";
import type { MailAnswer, MailServerConfig } from "./mail-exchange";
import { failedAnswer, isSignInRefusal, refusedOf, type SmtpError } from "./mail-failure";
import { type MailTimeouts, openMailPool } from "./mail-pool";
import type { TokenSource } from "./oauth2-token";
import { ServerSlots } from "./server-slots";
import { oneLine } from "./text";
import { createTrust } from "./trust";

/** The only way for Belfry to send mail. It never throws: every end is an answer. */
export interface MailIo {
  send(server: MailServerConfig, message: MailMessage): Promise<MailAnswer>;
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
  /** For the whole exchange where somebody waits for its end, milliseconds; half an hour by default. */
  limitMs?: number;
}

/**
 * On every mail of a program. Automatic replies stay away; reports about mails that could not be delivered must come,
 * so bounces (`DR`, `NDR`) are not suppressed (RFC 3834, section 5; MS-OXCMAIL 2.1.3.2.17).
 */
export const AUTOMATIC_HEADERS = {
  "Auto-Submitted": "auto-generated",
  "X-Auto-Response-Suppress": "OOF, AutoReply",
} as const;

export interface Mail extends MailIo {
  close(): Promise<void>;
}

/**
 * The limits of RFC 5321, section 4.5.3.2: 5 minutes for the greeting, 10 for the reply to the end of the message. A
 * server that checks a message, or holds off strangers, takes that time; who gives up earlier sends it twice.
 */
export const MAIL_TIMEOUTS: MailTimeouts = {
  connectMs: 30_000,
  nextAddressMs: 3_000,
  greetingMs: 5 * 60_000,
  replyMs: 10 * 60_000,
  totalMs: 30 * 60_000,
};
const SLOTS = { most: 5, slowAfterMs: 30_000, mostWithSlow: 20 };
const POOLS_MAX = 50;

export interface MailOptions {
  egress: Egress;
  timeouts?: Partial<MailTimeouts>;
  /** Milliseconds after which a mail that waits for its server no longer keeps others back. */
  slowAfterMs?: number;
  resolve?: ResolveName;
  /** Access tokens for servers that want one in place of a password. */
  tokens?: TokenSource;
  /** PEM certificates of authorities that are trusted besides the usual ones. */
  authorities?: readonly string[];
}

interface ServerPool {
  auth: MailAuth;
  transport: Promise<Transporter>;
  slots: ServerSlots;
}

/** Mail over pooled SMTP connections, one pool per server, closed when idle. nodemailer is loaded on first use. */
export function createMail(options: MailOptions): Mail {
  const timeouts = { ...MAIL_TIMEOUTS, ...options.timeouts };
  const slots = { ...SLOTS, slowAfterMs: options.slowAfterMs ?? SLOTS.slowAfterMs };
  const trust = createTrust(options.authorities);
  const pools = new Map<string, ServerPool>();

  function poolOf(server: MailServerConfig): ServerPool {
    const key = JSON.stringify(server);
    let pool = pools.get(key);
    if (!pool) {
      const auth = mailAuthOf(server, options.tokens);
      const transport = openMailPool(server, auth.options, {
        ...options,
        trust,
        timeouts,
        maxConnections: slots.mostWithSlow,
      });
      pool = { auth, transport, slots: new ServerSlots(slots) };
      if (pools.size >= POOLS_MAX) closeOldest(pools);
      pools.set(key, pool);
    }
    return pool;
  }

  return {
    async send(server, message) {
      // Set once the server has been handed the whole message.
      const progress = { isHandedOver: false };
      try {
        const pool = poolOf(server);
        const transport = await pool.transport;
        const send = () => exchange(transport, message, progress, message.limitMs ?? timeouts.totalMs);
        const info = await pool.slots.hold(() =>
          send().catch((error: SmtpError) => {
            if (isSignInRefusal(error) && pool.auth.renewToken()) return send();
            throw error;
          }),
        );
        return {
          kind: "sent",
          receipt: oneLine(info.response ?? ""),
          accepted: info.accepted ?? [],
          refused: (info.rejectedErrors ?? []).map(refusedOf),
        };
      } catch (error) {
        return failedAnswer(error as SmtpError, server, progress.isHandedOver);
      }
    },
    async close() {
      for (const { transport } of pools.values()) (await transport).close({ force: true });
      pools.clear();
    },
  };
}

interface SentInfo {
  response?: string;
  accepted?: string[];
  rejectedErrors?: SmtpError[];
}

async function exchange(
  transport: Transporter,
  message: MailMessage,
  progress: { isHandedOver: boolean },
  limitMs: number,
): Promise<SentInfo> {
  // A server that answers with one byte a minute is never silent for long.
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  try {
    return (await transport.sendMail({
      from: message.from,
      // As objects, so that a comma in an address adds no recipient.
      to: message.to.map((address) => ({ name: "", address })),
      ...(message.replyTo ? { replyTo: message.replyTo } : {}),
      subject: oneLine(message.subject),
      text: message.text,
      html: message.html,
      messageId: message.messageId,
      headers: message.headers,
      signal: limit.signal,
      progress,
    } as Parameters<Transporter["sendMail"]>[0])) as SentInfo;
  } finally {
    clearTimeout(timer);
  }
}

function closeOldest(pools: Map<string, ServerPool>): void {
  const [key, pool] = pools.entries().next().value ?? [];
  if (key !== undefined) pools.delete(key);
  // Sends in flight finish first: a pool closes its connections when they are free.
  void pool?.transport.then((transport) => transport.close());
}
