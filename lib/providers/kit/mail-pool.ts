import type { Socket } from "node:net";
import type { Transporter } from "nodemailer";
import { connectToHost, type ResolveName } from "./connect";
import { type Egress, isThisMachine } from "./egress";
import type { MailAuth } from "./mail-auth";
import type { MailServerConfig } from "./mail-exchange";
import type { TlsTrust } from "./trust";

/** Milliseconds. */
export interface MailTimeouts {
  /** Until one of the addresses of the server's name answers. */
  connectMs: number;
  /** How long an address is waited for alone before the next one is tried beside it. */
  nextAddressMs: number;
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
  resolve?: ResolveName;
  trust: TlsTrust;
}

const IDLE_MS = 30_000;

/** What a message knows of its way: nodemailer passes it through to the plugin below. */
interface WithProgress {
  progress?: { isHandedOver: boolean };
}

/** The connections to one mail server. A message may carry `progress`, which is noted when the server has all of it. */
export async function openMailPool(
  server: MailServerConfig,
  auth: MailAuth["options"],
  options: PoolOptions,
): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  const { host, port, security } = server;
  const { timeouts, egress, resolve } = options;
  const { connectMs: timeoutMs, nextAddressMs } = timeouts;
  const secureContext = options.trust.contextOf(server.tls);
  const transport = createTransport({
    pool: true,
    host,
    port,
    secure: security === "ssl",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(server.heloName ? { name: server.heloName } : {}),
    ...auth,
    tls: {
      rejectUnauthorized: !server.acceptAnyCertificate && !isThisMachine(host),
      minVersion: "TLSv1.2",
      ...(secureContext ? { secureContext } : {}),
    },
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
      connectToHost({ host, port, egress, timeoutMs, nextAddressMs, resolve }).then(
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
