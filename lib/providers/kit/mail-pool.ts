import type { Socket } from "node:net";
import type { Transporter } from "nodemailer";
import { type ConnectTimes, connectToAny } from "./connect-any";
import type { Egress, Resolve } from "./egress";
import type { MailServerConfig } from "./mail-exchange";

/** Milliseconds. */
export interface MailTimeouts extends ConnectTimes {
  /** Until the server greets, and until it has begun TLS. */
  greetingMs: number;
  /** Of silence, where a reply is due. */
  replyMs: number;
  /** For the whole exchange of one message. */
  totalMs: number;
}

interface PoolOptions {
  egress: Egress;
  timeouts: MailTimeouts;
  maxConnections: number;
  resolve?: Resolve;
}

const IDLE_MS = 30_000;

/** What a message knows of its way: nodemailer passes it through to the plugin below. */
interface WithProgress {
  progress?: { isHandedOver: boolean };
}

/** The connections to one mail server. A message may carry `progress`, which is noted when the server has all of it. */
export async function openMailPool(server: MailServerConfig, options: PoolOptions): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  const { host, port, security } = server;
  const { timeouts, egress, resolve } = options;
  const target = { host, port, egress, ...timeouts, ...(resolve ? { resolve } : {}) };
  const transport = createTransport({
    pool: true,
    host,
    port,
    secure: security === "ssl",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(server.heloName ? { name: server.heloName } : {}),
    ...(server.user ? { auth: { user: server.user, pass: server.password ?? "" }, forceAuth: true } : {}),
    tls: { rejectUnauthorized: !server.acceptAnyCertificate && !isLoopback(host), minVersion: "TLSv1.2" },
    maxConnections: options.maxConnections,
    maxMessages: Number.POSITIVE_INFINITY,
    // A message in flight when a connection broke may have arrived: the outbox decides, not the pool.
    maxRequeues: 0,
    idleTimeout: IDLE_MS,
    // nodemailer measures this one over connecting, the greeting and the upgrade together.
    connectionTimeout: timeouts.connectMs + 2 * timeouts.greetingMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.replyMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_: unknown, callback: (error: Error | null, result?: { connection: Socket }) => void) => {
      connectToAny(target).then(
        (connection) => callback(null, { connection }),
        (error: Error) => callback(error),
      );
    },
  });
  transport.use("stream", (mail, done) => {
    const { progress } = mail.data as WithProgress;
    // The stream is read only after the server asked for the message: at its end the last byte is on its way.
    if (progress) {
      mail.message.processFunc((stream) =>
        stream.once("end", () => {
          progress.isHandedOver = true;
        }),
      );
    }
    done();
  });
  return transport;
}

/** No certificate names this machine's own address, and nobody is in between. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
